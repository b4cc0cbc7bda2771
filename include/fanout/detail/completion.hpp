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
#include <boost/asio/executor_work_guard.hpp>

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

/// The completion handler with what it needs until it is called, on its own executor.
template <class Handler, class Executor, class Outcome>
class completion {
public:
  completion(Handler&& handler, Executor const& executor)
      : handler_(std::move(handler)), work_(asio::get_associated_executor(handler_, executor)) {}

  auto slot() const { return asio::get_associated_cancellation_slot(handler_); }

  /// Calls the handler with the error, or with what `values` gives. `keep` is what `values` reads;
  /// it is let go before the handler is called, so that its memory can be used again.
  template <class Values, class Keep>
  void complete(std::exception_ptr error, Values const& values, Keep keep) {
    using result = typename Outcome::type;
    if constexpr (std::is_void_v<result>) {
      keep.reset();
      finish(std::move(error));
    } else {
      result r = [&]() -> result {
        try {
          if (!error) return values();
        } catch (...) {
          error = std::current_exception();
        }
        return result();
      }();
      keep.reset();
      finish(std::move(error), std::move(r));
    }
  }

private:
  template <class... Args>
  void finish(Args... args) {
    auto const executor = work_.get_executor();
    auto const allocator = asio::get_associated_allocator(handler_);
    asio::dispatch(executor, with_allocator(allocator, [handler = std::move(handler_),
                                                        ... args = std::move(args)]() mutable {
                     auto slot = asio::get_associated_cancellation_slot(handler);
                     if (slot.is_connected()) slot.clear();
                     std::move(handler)(std::move(args)...);
                   }));
  }

  Handler handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler, Executor>> work_;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_COMPLETION_HPP
