//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SHIELDED_WAIT_HPP
#define FANOUT_DETAIL_SHIELDED_WAIT_HPP

// A wait for a future that leaves nothing with the future when it is cancelled: no memory, no look
// at the error, and the value stays there.

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/deferred_gather.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/repeatable_operation.hpp>
#include <fanout/detail/waiters.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The end of such a wait. All members but the constructor are called on the executor of the
/// handler, which is a child of a `shield`: no request can come while the end is delivered.
template <class T, class Handler>
class shielded_end {
public:
  shielded_end(std::shared_ptr<future_state<T>> awaited, Handler handler)
      : awaited_(std::move(awaited)), handler_(std::move(handler)) {}

  auto get_executor() const noexcept { return handler_.get_executor(); }

  void set_id(callback_id id) noexcept { id_ = id; }

  /// Cancels the wait. Returns whether the caller must deliver the end: not if the future has ended
  /// and delivers it.
  bool cancel() {
    cancelled_ = true;
    return awaited_->remove(id_);
  }

  void deliver() {
    auto slot = handler_.get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
    auto ended = cancelled_ ? fanout::result<T>(boost::system::in_place_error, aborted_error())
                            : awaited_->take();
    awaited_.reset();
    detail::deliver(std::move(handler_), std::move(ended));
  }

private:
  std::shared_ptr<future_state<T>> awaited_;
  Handler handler_;
  callback_id id_{};
  bool cancelled_ = false;
};

/// The entry of the wait in the queue of the future.
template <class End>
class shielded_waiter final : public waiter {
public:
  explicit shielded_waiter(std::shared_ptr<End> end) noexcept : end_(std::move(end)) {}

  void wake(std::shared_ptr<void> const& keep_alive,
            asio::any_io_executor const* inline_on) override {
    auto const executor = end_->get_executor();
    auto deliver = [end = std::move(end_), keep_alive] { end->deliver(); };
    if (inline_on)
      nested_dispatch::run_on(executor, std::move(deliver));
    else
      asio::post(executor, std::move(deliver));
  }

private:
  std::shared_ptr<End> end_;
};

/// Stored in the cancellation slot of the handler: cancels the wait, and not the future.
template <class End>
class cancel_shielded_wait {
public:
  explicit cancel_shielded_wait(std::weak_ptr<End> end) noexcept : end_(std::move(end)) {}

  void operator()(asio::cancellation_type type) const {
    if (type == asio::cancellation_type::none) return;
    auto end = end_.lock();
    if (!end || !end->cancel()) return;
    auto const executor = end->get_executor();
    asio::post(executor, [end = std::move(end)] { end->deliver(); });
  }

private:
  std::weak_ptr<End> end_;
};

template <class T>
struct initiate_shielded_wait {
  // `Handler` is a `child_handler`.
  template <class Handler>
  void operator()(Handler&& handler) const {
    using end_type = shielded_end<T, std::decay_t<Handler>>;
    auto const executor = handler.get_executor();
    auto slot = handler.get_cancellation_slot();
    auto const end = std::make_shared<end_type>(awaited, std::forward<Handler>(handler));
    if (slot.is_connected()) slot.assign(cancel_shielded_wait<end_type>(end));
    end->set_id(awaited->add(context_registry::of(context_of(executor)),
                             std::make_unique<shielded_waiter<end_type>>(end)));
  }

  std::shared_ptr<future_state<T>> awaited;
};

template <class T>
using shielded_wait = repeatable_operation<T, initiate_shielded_wait<T>>;

// The wait yields what the future yields.
template <class T>
struct child_traits<repeatable_operation<T, initiate_shielded_wait<T>>> : child_traits<future<T>> {
};

template <bool CancelsWaits>
struct abandon_children {
  constexpr void apply(all_rules& r) const noexcept {
    r.shields_children = true;
    r.cancels_waits = r.keeps_values = CancelsWaits; // a value that a wait has taken is delivered
  }
  static constexpr char const* title() noexcept { return "a shield"; }
};

/// Turns a child of a `shield` into one whose waits for futures can be cancelled without the
/// futures. Other children stay as they are.
template <class C>
struct shielded {
  static constexpr bool waits = false;
  static C make(C child) { return child; }
};

// A shield in a shield cancels its own wait, and shields its child by itself.
template <class Initiation, class Children, bool CancelsWaits>
struct shielded<deferred_gather<Initiation, Children, policy_set<abandon_children<CancelsWaits>>>> {
  using operation =
      deferred_gather<Initiation, Children, policy_set<abandon_children<CancelsWaits>>>;
  static constexpr bool waits = true;
  static operation make(operation inner) { return inner; }
};

template <class C>
  requires shielded<C>::waits
struct shielded<named_child<C>> {
  static constexpr bool waits = true;
  static auto make(named_child<C> named) {
    auto inner = shielded<C>::make(std::move(named.child));
    return named_child<decltype(inner)>{std::move(named.name), std::move(inner)};
  }
};

template <class C, class Executor>
  requires shielded<C>::waits
struct shielded<asio::executor_binder<C, Executor>> {
  static constexpr bool waits = true;
  static auto make(asio::executor_binder<C, Executor> bound) {
    return asio::bind_executor(bound.get_executor(), shielded<C>::make(std::move(bound.get())));
  }
};

template <callable_child C>
  requires shielded<typename child_traits<C>::made>::waits
struct shielded<C> {
  static constexpr bool waits = true;
  static auto make(C callable) {
    return [callable = std::move(callable)]() mutable {
      return shielded<typename child_traits<C>::made>::make(callable());
    };
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_SHIELDED_WAIT_HPP
