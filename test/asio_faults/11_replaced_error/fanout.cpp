//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: throws the first error, unchanged

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <tuple>
#include <variant>

namespace asio = boost::asio;

asio::awaitable<void> waits() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fails() {
  throw std::runtime_error("mine");
  co_return;
}

int main() {
  asio::io_context context;
  std::exception_ptr error;
  fanout::gather(context, waits(), fails(), fanout::cancel_on_error)(
      [&](std::exception_ptr e, std::tuple<std::monostate, std::monostate>) { error = e; });
  context.run();
  try {
    if (error) std::rethrow_exception(error);
  } catch (std::runtime_error const& e) {
    if (e.what() == std::string("mine")) return verdict::right("my exception was thrown");
  }
  return verdict::wrong("my exception was not thrown");
}
