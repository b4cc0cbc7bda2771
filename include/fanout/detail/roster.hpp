//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ROSTER_HPP
#define FANOUT_DETAIL_ROSTER_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/rare_service.hpp>

#include <boost/asio/execution_context.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace fanout::detail {

/// Lists what this library has started on a context of `run` and what has not ended, so that `run`
/// can cancel it and wait for its end. Thread-safe; outlives the context as long as anybody uses
/// it.
class roster : public std::enable_shared_from_this<roster> {
public:
  class entry {
  public:
    entry() = default;
    entry(entry const&) = delete;
    entry& operator=(entry const&) = delete;

    /// Cancels what still runs. Called on any thread.
    virtual void cancel_leftovers() = 0;

    /// Tells what runs and who waits for it.
    virtual void tell(listing& l) = 0;

  protected:
    /// Leaves the roster: when all that derives from this has gone, and with it everything that
    /// needs the context, which may go then.
    ~entry() {
      if (list_) list_->remove(*this);
    }

    /// Since when it has been on the roster.
    std::chrono::steady_clock::time_point since() const noexcept { return since_; }

  private:
    friend class roster;
    std::shared_ptr<roster> list_;
    std::weak_ptr<entry> self_;
    std::chrono::steady_clock::time_point since_;
    entry* previous_ = nullptr;
    entry* next_ = nullptr;
  };

  /// The roster of a context, or null if the context is not one of `run`'s.
  static std::shared_ptr<roster> find(asio::execution_context& context) {
    return rare_service::is_in<service>(context) ? make(context) : nullptr;
  }

  static std::shared_ptr<roster> make(asio::execution_context& context) {
    return asio::use_service<service>(context).list;
  }

  /// `self` keeps the entry alive while it is told something; null if it does not want to be.
  void add(entry& e, std::shared_ptr<entry> const& self = nullptr) {
    e.list_ = shared_from_this();
    e.self_ = self;
    e.since_ = std::chrono::steady_clock::now();
    std::lock_guard const lock(mutex_);
    e.next_ = first_;
    if (first_) first_->previous_ = &e;
    first_ = &e;
  }

  /// All entries, the oldest first.
  std::vector<std::shared_ptr<entry>> held() {
    std::vector<std::shared_ptr<entry>> held;
    std::lock_guard const lock(mutex_);
    for (entry* e = first_; e; e = e->next_)
      if (auto alive = e->self_.lock()) held.push_back(std::move(alive));
    std::ranges::reverse(held);
    return held;
  }

  void cancel_all() {
    for (auto const& e : held()) e->cancel_leftovers();
  }

  /// Calls `f` when nothing is left, at once if so now. A null `f` forgets the earlier one, which
  /// is not being called any more when this returns.
  void when_empty(std::function<void()> f) {
    std::unique_lock lock(mutex_);
    emptied_ = first_ ? f : nullptr;
    bool const now = !first_;
    lock.unlock();
    std::lock_guard const not_meanwhile(calling_);
    if (now && f) f();
  }

private:
  struct service : rare_service {
    using key_type = service;
    inline static asio::execution_context::id id;

    explicit service(asio::execution_context& context)
        : rare_service(context), list(std::make_shared<roster>()) {}

    void shutdown() noexcept override { list->when_empty(nullptr); }

    std::shared_ptr<roster> list;
  };

  void remove(entry& e) {
    std::unique_lock lock(mutex_);
    (e.previous_ ? e.previous_->next_ : first_) = e.next_;
    if (e.next_) e.next_->previous_ = e.previous_;
    if (first_ || !emptied_) return;
    auto emptied = std::exchange(emptied_, nullptr);
    std::lock_guard const calling(calling_);
    lock.unlock();
    emptied();
    emptied = nullptr; // what it holds goes before anybody may think that it is over
  }

  std::mutex mutex_; // protects what follows
  entry* first_ = nullptr;
  std::function<void()> emptied_;

  std::mutex calling_; // held while `emptied_` is being called
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_ROSTER_HPP
