//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Every completion token is accepted, and gives what it should.

#include <fanout/gather.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#if __has_include(<boost/asio/cancel_after.hpp>)
#include <boost/asio/cancel_after.hpp>
#endif

#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace compile_tokens {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;

awaitable<int> number();
awaitable<std::string> text();
awaitable<void> nothing();

using both = std::tuple<int, std::string>;

struct handler {
  void operator()(std::exception_ptr, both) const;
};

template <class Expected, class Got>
void gives(Got&&) {
  static_assert(std::is_same_v<std::remove_cvref_t<Got>, Expected>);
}

awaitable<void> in_a_coroutine(asio::cancellation_slot slot) {
  using asio::as_tuple;
  gives<both>(co_await gather(number(), text()));
  gives<both>(co_await gather(number(), text())(asio::use_awaitable));
  gives<both>(co_await gather(number(), text())(asio::deferred));
  gives<std::tuple<std::exception_ptr, both>>(
      co_await gather(number(), text())(as_tuple(asio::use_awaitable)));
  gives<std::tuple<std::exception_ptr, both>>(
      co_await gather(number(), text())(as_tuple(asio::deferred)));
  gives<both>(
      co_await gather(number(), text())(asio::bind_cancellation_slot(slot, asio::use_awaitable)));
  auto one_shot = gather(number(), text());
  gives<both>(co_await std::move(one_shot));
}

awaitable<void, asio::io_context::executor_type> in_a_coroutine_of_a_context() {
  auto number = []() -> awaitable<int, asio::io_context::executor_type> { co_return 1; };
  gives<std::tuple<int, int>>(co_await gather(number, number));
}

awaitable<void, asio::strand<asio::thread_pool::executor_type>> in_a_coroutine_of_a_strand() {
  gives<both>(
      co_await gather(asio::any_io_executor(co_await asio::this_coro::executor), number(), text()));
}

void with_an_executor_first(asio::io_context& context, asio::thread_pool& pool,
                            asio::any_io_executor executor, asio::cancellation_slot slot) {
  gather(context, number(), text())(handler());
  gather(pool, number(), text())(handler());
  gather(executor, number(), text())(handler());
  gather(asio::make_strand(context), number(), text())(handler());
  gather(context, number(), text())(asio::detached);
  gather(context, number(), text())([](std::exception_ptr, both) {});
  gather(context, number(), text())([](auto...) {});
  gather(context, number(), text())(asio::bind_cancellation_slot(slot, handler()));
  gather(context, number(), text())(asio::bind_allocator(std::allocator<void>(), handler()));
  gather(context, number(),
         text())(asio::any_completion_handler<void(std::exception_ptr, both)>(handler()));
  gives<std::future<both>>(gather(context, number(), text())(asio::use_future));
  gives<std::future<void>>(
      gather(context, std::vector<awaitable<void>>())(asio::use_future)); // of nothing
  gives<awaitable<both>>(gather(context, number(), text())(asio::use_awaitable));
  gather(context, number(), text())(asio::deferred)(handler());
}

void with_an_executor_bound(asio::io_context& context, asio::cancellation_slot slot) {
  auto const ex = context.get_executor();
  gather(number(), text())(asio::bind_executor(ex, handler()));
  gather(number(), text())(asio::bind_executor(ex, asio::detached));
  gather(number(), text())(asio::bind_executor(asio::any_io_executor(ex), handler()));
  gather(number(),
         text())(asio::bind_allocator(std::allocator<void>(), asio::bind_executor(ex, handler())));
  gather(number(), text())(asio::bind_cancellation_slot(slot, asio::bind_executor(ex, handler())));
  gives<std::future<both>>(gather(number(), text())(asio::bind_executor(ex, asio::use_future)));
  gather(number(), text())(asio::deferred)(asio::bind_executor(ex, handler()));
}

void of_other_operations(asio::io_context& context) {
  using namespace std::chrono_literals;
  gives<std::future<int>>(fanout::shield(context, number())(asio::use_future));
  gives<std::future<void>>(fanout::shield(context, nothing())(asio::use_future));
  gives<std::future<void>>(fanout::sleep(context, 1s)(asio::use_future));
  fanout::sleep(1s)(asio::bind_executor(context, [](std::exception_ptr) {}));
  gives<awaitable<void>>(
      fanout::sleep_until(context, std::chrono::steady_clock::now())(asio::use_awaitable));
}

#if __has_include(<boost/asio/cancel_after.hpp>)
// Asio's timer needs an executor that is known before the handler is: name it first, or bring the
// timer along.
awaitable<void> with_a_time(asio::io_context& context, asio::steady_timer& timer) {
  using namespace std::chrono_literals;
  using asio::cancel_after;
  gives<both>(co_await gather(context, number(), text())(cancel_after(1s, asio::use_awaitable)));
  gives<both>(co_await gather(context, number(), text())(cancel_after(1s, asio::deferred)));
  gives<both>(co_await gather(context, number(), text())(cancel_after(1s)));
  gather(context, number(), text())(cancel_after(1s, handler()));
  gives<both>(co_await gather(number(), text())(cancel_after(timer, 1s, asio::use_awaitable)));
  gather(context, number(), text())(cancel_after(timer, 1s, handler()));
}
#endif

} // namespace compile_tokens
