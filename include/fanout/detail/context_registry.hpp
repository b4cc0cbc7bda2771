//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CONTEXT_REGISTRY_HPP
#define FANOUT_DETAIL_CONTEXT_REGISTRY_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/linked_list.hpp>
#include <fanout/detail/listing.hpp>

#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// Base of objects that must be destroyed before their execution context, while pointers to them
/// may live longer.
class context_bound : public list_links {
public:
  context_bound(context_bound const&) = delete;
  context_bound& operator=(context_bound const&) = delete;
  virtual ~context_bound() = default;

  /// The coroutine that is resumed when this object is called, and what that coroutine waits for.
  struct wait {
    coroutine_id coroutine = nullptr;
    std::function<std::string()> what;
  };
  virtual wait awaited() const { return {}; }

protected:
  context_bound() = default;
};

class context_lock;

/// Owns the objects that must be destroyed before their execution context, and destroys them with
/// it. The registry itself outlives the context: each object that refers to a registered one shares
/// the registry, and holds a `context_lock` while it uses the registered object.
class context_registry {
public:
  static std::shared_ptr<context_registry> of(asio::execution_context& context) {
    return asio::use_service<service>(context).shared;
  }

  /// Keeps the context from being destroyed, if it still exists.
  context_lock lock() noexcept;

  bool closed() const noexcept { return (locks_.load() & shut) != 0; }

  /// Lists which coroutines wait for what.
  void list_in(listing& l) {
    std::vector<context_bound::wait> waits;
    {
      std::lock_guard const lock(mutex_);
      for (context_bound const& object : objects_)
        if (auto w = object.awaited(); w.coroutine) waits.push_back(std::move(w));
    }
    for (auto const& w : waits) l.add_wait(w.coroutine, w.what());
  }

  // ---- while a context_lock is held

  void add(std::unique_ptr<context_bound> object) noexcept {
    std::lock_guard const lock(mutex_);
    objects_.push_front(*object.release());
  }

  std::unique_ptr<context_bound> remove(context_bound& object) noexcept {
    std::lock_guard const lock(mutex_);
    objects_.remove(object);
    return std::unique_ptr<context_bound>(&object);
  }

private:
  friend class context_lock;

  struct service : asio::execution_context::service {
    using key_type = service;
    inline static asio::execution_context::id id;

    explicit service(asio::execution_context& context)
        : asio::execution_context::service(context), shared(std::make_shared<context_registry>()) {}

    void shutdown() noexcept override { shared->close(); }

    std::shared_ptr<context_registry> shared;
  };

  static constexpr unsigned shut = 1, one_lock = 2;

  bool try_lock() noexcept {
    if ((locks_.fetch_add(one_lock) & shut) == 0) return true;
    unlock();
    return false;
  }

  void unlock() noexcept {
    if (locks_.fetch_sub(one_lock) == (one_lock | shut)) locks_.notify_all();
  }

  void close() noexcept {
    for (unsigned now = locks_.fetch_or(shut) | shut; now != shut; now = locks_.load())
      locks_.wait(now);
    // The returned pointer destroys the object here. `objects_` needs no mutex: no lock can be
    // granted any more.
    while (!objects_.empty()) remove(objects_.front());
  }

  std::atomic<unsigned> locks_{0}; // `shut`, and `one_lock` for each lock that is held
  std::mutex mutex_;
  linked_list<context_bound> objects_; // the newest first
};

/// Keeps the context of a registry from being destroyed: the context's destructor blocks until no
/// lock is held. The lock is no mutex: any number of locks may be held, also nested on one thread,
/// so what is called under a lock may take another one.
class context_lock {
public:
  explicit context_lock(context_registry& r) noexcept : registry_(r), held_(r.try_lock()) {}
  context_lock(context_lock const&) = delete;
  context_lock& operator=(context_lock const&) = delete;

  ~context_lock() {
    if (held_) registry_.unlock();
  }

  /// Whether the context exists, and stays until this lock is destroyed.
  explicit operator bool() const noexcept { return held_; }

private:
  context_registry& registry_;
  bool const held_;
};

inline context_lock context_registry::lock() noexcept { return context_lock(*this); }

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CONTEXT_REGISTRY_HPP
