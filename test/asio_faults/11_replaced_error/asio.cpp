//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: `&&` replaces your exception by `multiple_exceptions`, because it has cancelled the
//       sibling itself
// see: chriskohlhoff/asio#1715

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>

namespace asio = boost::asio;

asio::awaitable<void> waits() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fails() {
  throw std::runtime_error("mine");
  co_return;
}

asio::awaitable<void> both() {
  using namespace asio::experimental::awaitable_operators;
  co_await (waits() && fails());
}

int main() {
  asio::io_context context;
  std::exception_ptr error;
  asio::co_spawn(context, both(), [&](std::exception_ptr e) { error = e; });
  context.run();
  try {
    if (error) std::rethrow_exception(error);
  } catch (asio::multiple_exceptions const&) {
    return verdict::fault("multiple_exceptions was thrown, and one exception was mine");
  } catch (std::runtime_error const&) {
    return verdict::mended("throws my exception");
  }
  return verdict::fault("nothing was thrown");
}
