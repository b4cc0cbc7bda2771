//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// gather is an Asio operation and takes every completion token: in a program without coroutines a
// callback or a future. Neither brings an executor along, so the one that runs the children is
// named first.

#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <future>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> count(std::string what, std::chrono::milliseconds duration) {
  co_await fanout::sleep(duration);
  co_return static_cast<int>(what.size());
}

int main() {
  asio::io_context context;

  // [callback]
  asio::steady_timer timer(context, 60ms);
  fanout::gather(context, count("apples", 120ms), timer.async_wait(asio::deferred))(
      [](std::exception_ptr error, std::tuple<int, std::monostate> const& results) {
        if (!error) fmt::print("counted {}\n", std::get<0>(results));
      });
  // [end]
  fmt::print("nothing has run yet\n");
  context.run();

  // [future]
  std::future<std::tuple<int, int>> future =
      fanout::gather(context, count("figs", 40ms), count("pears", 80ms))(asio::use_future);
  // [end]
  context.restart();
  context.run();
  auto const [figs, pears] = future.get();
  fmt::print("{} and {}\n", figs, pears);
}
