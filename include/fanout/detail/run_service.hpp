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

namespace fanout::inline FANOUT_ABI::detail {

/// What only contexts of `run` have. To ask a context takes its lock and a walk through its
/// services, at every gather, so nobody is asked while there is no such service at all. Where
/// several shared libraries use this one they must count together, hence the visibility.
class [[gnu::visibility("default")]] run_service : public asio::execution_context::service {
public:
  using key_type = run_service;
  inline static asio::execution_context::id id;

  explicit run_service(asio::execution_context& context)
      : asio::execution_context::service(context) {
    count_.fetch_add(1, std::memory_order_relaxed);
  }

  ~run_service() override { count_.fetch_sub(1, std::memory_order_relaxed); }

  /// That of a context, or null if it is not one of `run`'s.
  static run_service* find(asio::execution_context& context) {
    bool const there =
        count_.load(std::memory_order_relaxed) != 0 && asio::has_service<run_service>(context);
    return there ? &asio::use_service<run_service>(context) : nullptr;
  }

  bool many_threads = false;    // run the context
  std::shared_ptr<roster> list; // null before `main` is started

private:
  void shutdown() noexcept override {
    if (list) list->shut_down();
  }

  inline static std::atomic<int> count_ = 0;
};

inline bool is_run_by_many_threads(asio::execution_context& context) {
  auto const* const service = run_service::find(context);
  return service && service->many_threads;
}

/// The roster of a context, or null if the context is not one of `run`'s.
inline std::shared_ptr<roster> roster_of(asio::execution_context& context) {
  auto const* const service = run_service::find(context);
  return service ? service->list : nullptr;
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RUN_SERVICE_HPP
