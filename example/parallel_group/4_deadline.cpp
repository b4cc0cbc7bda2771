//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Whatever answered within 150 milliseconds.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<std::string> ask(std::string who, std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
  co_return who + " answered";
}

// [deadline_fanout]
void show(fanout::result<std::string> const& answer) {
  fmt::print("{}\n", answer ? *answer : "no answer in time");
}

asio::awaitable<void> async_main() {
  auto const ended =
      co_await fanout::gather(ask("Ceres", 40ms), ask("Pluto", 10s), ask("Eris", 80ms),
                              fanout::deadline(150ms), fanout::return_exceptions);
  auto const& [ceres, pluto, eris] = ended;
  show(ceres);
  show(pluto);
  show(eris);
}
// [end]

int main() { fanout::run(async_main()); }
