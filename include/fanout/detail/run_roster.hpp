//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RUN_ROSTER_HPP
#define FANOUT_DETAIL_RUN_ROSTER_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/linked_list.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/run_service.hpp>

#include <boost/asio/execution_context.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// The roster as `run` and `all_tasks` use it.
class run_roster final : public roster {
public:
  static std::shared_ptr<run_roster> make(asio::execution_context& context) {
    auto& service = asio::use_service<run_service>(context);
    if (!service.list) service.list = std::make_shared<run_roster>();
    return find(context);
  }

  /// The roster of a context, or null if the context is not one of `run`'s.
  static std::shared_ptr<run_roster> find(asio::execution_context& context) {
    return std::static_pointer_cast<run_roster>(roster_of(context));
  }

  /// All entries, the oldest first.
  std::vector<std::shared_ptr<entry>> held() {
    std::vector<std::shared_ptr<entry>> held;
    std::lock_guard const lock(mutex_);
    for (entry& e : entries_)
      if (auto alive = e.self_.lock()) held.emplace_back(std::move(alive), &e);
    return held;
  }

  bool empty() {
    std::lock_guard const lock(mutex_);
    return entries_.empty();
  }

  /// Cancels all entries. Calls `threw` where what listens to a cancellation throws.
  template <class F>
  void cancel_all(F const& threw) {
    for (auto const& e : held()) {
      try {
        e->cancel_leftovers();
      } catch (...) {
        threw(std::current_exception());
      }
    }
  }

  /// Calls `f` when the roster is empty, inline if it is. A null `f` removes the earlier function,
  /// and a call of that has returned when this returns.
  void when_empty(std::function<void()> f) {
    std::unique_lock lock(mutex_);
    bool const now = entries_.empty();
    emptied_ = now ? nullptr : f;
    lock.unlock();
    std::lock_guard const not_meanwhile(calling_);
    if (now && f) f();
  }

  void shut_down() override { when_empty(nullptr); }

private:
  void insert(entry& e) override {
    std::lock_guard const lock(mutex_);
    entries_.push_back(e);
  }

  void remove(entry& e) override {
    std::unique_lock lock(mutex_);
    entries_.remove(e);
    if (!entries_.empty() || !emptied_) return;
    auto emptied = std::exchange(emptied_, nullptr);
    std::lock_guard const calling(calling_);
    lock.unlock();
    emptied();
    emptied = nullptr; // destroyed before `when_empty` can return
  }

  std::mutex mutex_;           // protects what follows
  linked_list<entry> entries_; // the oldest first
  std::function<void()> emptied_;

  std::mutex calling_; // held while `emptied_` is called
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RUN_ROSTER_HPP
