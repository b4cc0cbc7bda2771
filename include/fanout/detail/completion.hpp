//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_COMPLETION_HPP
#define FANOUT_DETAIL_COMPLETION_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/executor.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <exception>
#include <optional>
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

/// The completion handler, and how it is called.
template <class Handler, class Executor, class Outcome>
class completion {
public:
  explicit completion(Handler&& handler) : handler_(std::move(handler)) {}

  /// Keeps the handler's own executor, or else this one, busy until the handler is called.
  void track_work(Executor const& executor) {
    work_.emplace(asio::prefer(asio::get_associated_executor(handler_, executor),
                               asio::execution::outstanding_work.tracked));
  }

  auto slot() const { return asio::get_associated_cancellation_slot(handler_); }

  /// Calls the handler with the error, or with what `values` gives: at once where `here`, and else
  /// on its own executor, if it has one, or this one. `operation`, which owns what `values` reads
  /// and tracks work, is let go right before, so that its memory can be used again.
  template <class Values, class Operation>
  void complete(Executor const& executor, bool here, std::exception_ptr error, Values const& values,
                Operation operation) {
    using result = typename Outcome::type;
    if constexpr (std::is_void_v<result>) {
      finish(executor, here, std::move(operation), std::move(error));
    } else {
      result r = [&]() -> result {
        try {
          if (!error) return values();
        } catch (...) {
          error = std::current_exception();
        }
        return result();
      }();
      finish(executor, here, std::move(operation), std::move(error), std::move(r));
    }
  }

private:
  template <class Operation, class... Args>
  void finish(Executor const& executor, bool here, Operation operation, Args... args) {
    auto const own_executor = asio::get_associated_executor(handler_, executor);
    auto const allocator = asio::get_associated_allocator(handler_);
    auto call = [operation = std::move(operation), handler = std::move(handler_),
                 ... args = std::move(args)]() mutable {
      operation.reset();
      auto slot = asio::get_associated_cancellation_slot(handler);
      if (slot.is_connected()) slot.clear();
      std::move(handler)(std::move(args)...);
    };
    if (here) return call();
    asio::dispatch(own_executor, with_allocator(allocator, [work = std::move(work_),
                                                            call = std::move(call)]() mutable {
                     work.reset();
                     call();
                   }));
  }

  Handler handler_;
  std::optional<tracked<asio::associated_executor_t<Handler, Executor>>> work_;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_COMPLETION_HPP
