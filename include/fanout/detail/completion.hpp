//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_COMPLETION_HPP
#define FANOUT_DETAIL_COMPLETION_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace fanout::detail {

/// A function object with an allocator for whoever stores it.
template <class Allocator, class F>
struct allocating {
  using allocator_type = Allocator;

  Allocator allocator;
  F f;

  allocator_type get_allocator() const noexcept { return allocator; }
  void operator()() { f(); }
};

template <class Allocator, class F>
allocating<Allocator, F> with_allocator(Allocator const& allocator, F f) {
  return {allocator, std::move(f)};
}

/// A call that keeps an executor busy until it is made.
template <class Work, class F>
struct busy_call {
  Work work;
  F f;

  void operator()() { f(); }
};

/// The completion handler, and how it is called.
template <class Handler, class Outcome>
class completion {
public:
  explicit completion(Handler&& handler) : handler_(std::move(handler)) {}

  auto slot() const { return asio::get_associated_cancellation_slot(handler_); }

  /// Something that calls a function on the handler's own executor, or else on this one, and keeps
  /// that busy until then.
  template <class Executor>
  auto on_own_executor(Executor const& executor) const {
    auto own = asio::get_associated_executor(handler_, executor);
    auto work = asio::prefer(own, asio::execution::outstanding_work.tracked);
    return [own, work, allocator = asio::get_associated_allocator(handler_)]<class F>(F call) {
      using busy = busy_call<std::decay_t<decltype(work)>, F>;
      asio::dispatch(own, with_allocator(allocator, busy{work, std::move(call)}));
    };
  }

  /// Has the handler called, through `call_on`, with the error or with what `values` gives.
  /// `operation`, which owns what `values` reads and tracks work, is let go right before, so that
  /// its memory can be used again.
  template <class CallOn, class Values, class Operation>
  void complete(CallOn const& call_on, std::exception_ptr error, Values const& values,
                Operation operation) {
    using result = typename Outcome::type;
    if constexpr (std::is_void_v<result>) {
      if (!error) values();
      finish(call_on, std::move(operation), std::move(error));
    } else {
      result r = [&]() -> result {
        try {
          if (!error) return values();
        } catch (...) {
          error = std::current_exception();
        }
        return result();
      }();
      finish(call_on, std::move(operation), std::move(error), std::move(r));
    }
  }

private:
  template <class CallOn, class Operation, class... Args>
  void finish(CallOn const& call_on, Operation operation, Args... args) {
    call_on([operation = std::move(operation), handler = std::move(handler_),
             ... args = std::move(args)]() mutable {
      operation.reset();
      auto slot = asio::get_associated_cancellation_slot(handler);
      if (slot.is_connected()) slot.clear();
      std::move(handler)(std::move(args)...);
    });
  }

  Handler handler_;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_COMPLETION_HPP
