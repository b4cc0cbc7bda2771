//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_COMPLETION_HPP
#define FANOUT_DETAIL_COMPLETION_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/post_on.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// A function object with an associated allocator.
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

/// The completion handler of an operation, and the ways to call it.
template <class Handler, class Outcome>
class completion {
public:
  explicit completion(Handler&& handler) : handler_(std::move(handler)) {}

  Handler& handler() noexcept { return handler_; }

  auto slot() const { return asio::get_associated_cancellation_slot(handler_); }
  auto allocator() const { return asio::get_associated_allocator(handler_); }

  /// The handler's own executor, or `fallback` if it has none.
  template <class Executor>
  auto executor(Executor const& fallback) const {
    return asio::get_associated_executor(handler_, fallback);
  }

  /// Calls the handler with the error, or with the result that `values` returns. `operation`, which
  /// owns what `values` refers to, is released before, so that the handler can use the operation's
  /// memory again.
  template <class Values, class Operation>
  void call(std::exception_ptr error, Values const& values, Operation operation) {
    using result = typename Outcome::type;
    if constexpr (std::is_void_v<result>) {
      taken<void>(values, error);
      finish(std::move(operation), std::move(handler_), std::move(error));
    } else {
      auto r = taken<result>(values, error);
      finish(std::move(operation), std::move(handler_), std::move(error), std::move(r));
    }
  }

  /// The same with the error that `conclude` returns: inline if `at_once`, else on the handler's
  /// own executor, or on `executor` if it has none. Work is tracked there before `conclude`
  /// releases the operation's own work. `values` is called where the handler is, since the values
  /// may be large.
  template <class Executor, class Conclude, class Values, class Operation>
  void complete(bool at_once, Executor const& fallback, Conclude const& conclude, Values values,
                Operation operation) {
    if (at_once) return call(conclude(), values, std::move(operation));
    auto const own = executor(fallback);
    auto const with = allocator();
    auto work = asio::prefer(own, asio::execution::outstanding_work.tracked);
    auto error = conclude();
    dispatch_on(own, with,
                [work = std::move(work), error = std::move(error), values = std::move(values),
                 operation = std::move(operation), mine = std::move(*this)]() mutable {
                  mine.call(std::move(error), values, std::move(operation));
                });
  }

  /// Whether the handler is called on a context other than that of `executor`, as far as is known.
  template <class Executor>
  bool is_on_other_context(Executor const& executor) const {
    if constexpr (brings_executor<Handler>)
      return &context_of(asio::get_associated_executor(handler_)) != &context_of(executor);
    else
      return false;
  }

  /// Posts a call of the handler with an error to the handler's own executor.
  void abort(std::exception_ptr (*error)()) noexcept
    requires brings_executor<Handler>
  {
    using result = typename Outcome::type;
    auto const own = asio::get_associated_executor(handler_);
    auto const allocator = asio::get_associated_allocator(handler_);
    try {
      if constexpr (std::is_void_v<result>)
        asio::post(own, with_allocator(allocator, bound(error())));
      else
        asio::post(own, with_allocator(allocator, bound(error(), result())));
    } catch (...) { // without memory the handler cannot be called
    }
  }

private:
  // Returns an empty result if there is an error, or `values` throws one.
  template <class Result, class Values>
  static Result taken(Values const& values, std::exception_ptr& error) {
    try {
      if (!error) return values();
    } catch (...) {
      error = std::current_exception();
    }
    return Result();
  }

  template <class Operation, class... Args>
  static void finish(Operation operation, Handler handler, Args&&... args) {
    operation.reset();
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.clear();
    std::move(handler)(std::forward<Args>(args)...);
  }

  template <class... Args>
  auto bound(Args&&... args) {
    return [handler = std::move(handler_), ... args = std::move(args)]() mutable {
      finish(std::shared_ptr<void>(), std::move(handler), std::move(args)...);
    };
  }

  Handler handler_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_COMPLETION_HPP
