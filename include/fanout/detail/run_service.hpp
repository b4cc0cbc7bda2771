//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RUN_SERVICE_HPP
#define FANOUT_DETAIL_RUN_SERVICE_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/roster.hpp>

#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The service that only contexts of `run` have. To look for a service takes the context's lock and
/// a walk through its services, several times in every gather. So no context is searched while no
/// such service exists, and each thread remembers what it has found last. Several shared libraries
/// that use this one must count together, hence the visibility.
class [[gnu::visibility("default")]] run_service : public asio::execution_context::service {
public:
  using key_type = run_service;
  inline static asio::execution_context::id id;

  explicit run_service(asio::execution_context& context)
      : asio::execution_context::service(context) {
    count_.fetch_add(1, std::memory_order_relaxed);
    changes_.fetch_add(1, std::memory_order_relaxed);
  }

  ~run_service() override {
    count_.fetch_sub(1, std::memory_order_relaxed);
    changes_.fetch_add(1, std::memory_order_relaxed);
  }

  /// Whether any such service exists.
  static bool exists() noexcept { return count_.load(std::memory_order_relaxed) != 0; }

  /// The service of a context; null if the context is not one of `run`.
  static run_service* find(asio::execution_context& context) {
    if (!exists()) return nullptr;
    auto const changes = changes_.load(std::memory_order_relaxed);
    if (last_.context != &context || last_.changes != changes) {
      bool const there = asio::has_service<run_service>(context);
      last_ = {&context, changes, there ? &asio::use_service<run_service>(context) : nullptr};
    }
    return last_.service;
  }

  bool many_threads = false;    // several threads run the context
  std::shared_ptr<roster> list; // null before `main` is started

private:
  friend class outside_run;

  void shutdown() noexcept override {
    if (list) list->shut_down();
  }

  // A service that was found. It is valid as long as no other was made or destroyed: a context may
  // have the address of an earlier one.
  struct found {
    asio::execution_context* context;
    unsigned long changes;
    run_service* service;
  };

  inline static thread_local found last_{};
  inline static std::atomic<unsigned long> changes_ = 0;
  inline static std::atomic<int> count_ = 0;
  inline static std::atomic<int> outside_run_ = 0;
};

/// Counts an operation or a task on a context that is not one of `run`: it may refer to objects on
/// a context of `run`. It is counted only while there is a context of `run`.
class outside_run {
public:
  outside_run() = default;
  outside_run(outside_run const&) = delete;
  outside_run& operator=(outside_run const&) = delete;
  ~outside_run() { end(); }

  void begin() noexcept {
    if (counted_ || !run_service::exists()) return;
    counted_ = true;
    run_service::outside_run_.fetch_add(1, std::memory_order_relaxed);
  }

  /// To be called after the last access to anything on a context of `run`.
  void end() noexcept {
    if (std::exchange(counted_, false))
      run_service::outside_run_.fetch_sub(1, std::memory_order_release);
  }

  /// Whether anything is counted. If not, all accesses have happened before.
  static bool any() noexcept {
    return run_service::outside_run_.load(std::memory_order_acquire) != 0;
  }

private:
  bool counted_ = false;
};

inline bool is_run_by_many_threads(asio::execution_context& context) {
  auto const* const service = run_service::find(context);
  return service && service->many_threads;
}

/// The roster of a context; null if the context is not one of `run`.
inline std::shared_ptr<roster> roster_of(asio::execution_context& context) {
  auto const* const service = run_service::find(context);
  return service ? service->list : nullptr;
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RUN_SERVICE_HPP
