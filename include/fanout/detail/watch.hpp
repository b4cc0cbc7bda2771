//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WATCH_HPP
#define FANOUT_DETAIL_WATCH_HPP

#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/residence.hpp>
#include <fanout/detail/waiters.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Calls a completion handler that watches a future.
template <class Handler, class Executor>
class pending_watch final : public waiter {
public:
  pending_watch(std::shared_ptr<future_core> watched, Handler&& handler, Executor const& executor)
      : coroutine_(coroutine_of(handler)),
        end_(std::make_shared<end>(
            std::move(watched), std::move(handler),
            asio::prefer(executor, asio::execution::outstanding_work.tracked))) {}

  /// Ends the watch before the future ends.
  std::weak_ptr<void> stopping() const noexcept { return end_; }
  static void stop(std::shared_ptr<void> const& stopped) {
    auto& e = *static_cast<end*>(stopped.get());
    asio::post(e.work,
               [handler = std::move(e.handler)]() mutable { std::move(handler)(aborted_error()); });
  }

  wait awaited() const override {
    return {coroutine_, [watched = end_->watched] { return watched->shown(); }};
  }

  void wake(std::shared_ptr<void> const& stay, asio::any_io_executor const* here) override {
    auto call = [stay, watched = end_->watched, handler = std::move(end_->handler)]() mutable {
      std::move(handler)(watched->error());
    };
    if constexpr (is_child_handler<Handler>) {
      if (here) return nesting::run_on(end_->work, std::move(call));
    }
    asio::post(end_->work, std::move(call));
  }

private:
  struct end {
    end(std::shared_ptr<future_core> f, Handler&& h, tracked<Executor> const& w)
        : watched(std::move(f)), handler(std::move(h)), work(w) {}

    std::shared_ptr<future_core> watched;
    Handler handler;
    tracked<Executor> work;
  };

  coroutine_id coroutine_;
  std::shared_ptr<end> end_;
};

struct initiate_watch {
  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<future_core> const& watched) const {
    using handler_type = std::decay_t<Handler>;
    auto const executor = asio::get_associated_executor(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    using watch = pending_watch<handler_type, std::decay_t<decltype(executor)>>;
    auto waiting =
        std::make_unique<watch>(watched, handler_type(std::forward<Handler>(handler)), executor);
    auto const stopping = waiting->stopping();
    auto const id = watched->add(residence::of(context_of(executor)), std::move(waiting));
    if (slot.is_connected())
      slot.assign([watched, id, stopping](asio::cancellation_type) {
        auto const alive = stopping.lock();
        if (watched->remove(id)) watch::stop(alive);
      });
  }
};

/// The end of a task that belongs to the operation of the handler: its error counts as looked at.
template <class Handler>
struct own_task_end {
  std::shared_ptr<future_core> task;
  std::shared_ptr<void> stay;
  Handler handler;

  void operator()() { std::move(handler)(task->look()); }
};

/// Watches a task that belongs to the operation of the handler, whose child it is: who cancels that
/// cancels the task.
struct initiate_own_watch {
  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<future_core> const& task) const {
    using end = own_task_end<std::decay_t<Handler>>;
    auto slot = handler.get_cancellation_slot();
    if (slot.is_connected()) slot.assign(cancel_awaited{task});
    auto home = residence::of(context_of(handler.get_executor()));
    task->add(std::move(home), std::make_unique<waiting_child<end>>(
                                   end{task, nullptr, std::forward<Handler>(handler)}));
  }
};

/// An operation on a future that yields nothing but its end.
template <class Initiation>
class watch_by : public operation_base {
public:
  using result_type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;

  explicit watch_by(std::shared_ptr<future_core> watched) noexcept : watched_(std::move(watched)) {}

  template <class Token>
  auto operator()(Token&& token) const -> decltype(asio::async_initiate<Token, signature>(
      std::declval<Initiation>(), token, std::declval<std::shared_ptr<future_core>>())) {
    return asio::async_initiate<Token, signature>(Initiation(), token,
                                                  std::shared_ptr<future_core>(watched_));
  }

private:
  std::shared_ptr<future_core> watched_;
};

/// Waits for the end of a future, and does not touch it otherwise: neither does it take the value,
/// nor look at the error, nor cancel it.
using watch = watch_by<initiate_watch>;

/// A task of its own, as a child of an operation.
using own_watch = watch_by<initiate_own_watch>;

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WATCH_HPP
