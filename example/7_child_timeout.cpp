//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// child_timeout(d) cancels each child that runs longer than d from its own start. One that then
// ends with operation_aborted counts as deadline_exceeded; one that ends with a value is delivered.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> ask(std::string server, std::chrono::milliseconds duration) {
  co_await fanout::sleep(duration);
  co_return "an answer from " + server;
}

awaitable<std::string> ask_or_guess(std::string server, std::chrono::milliseconds duration) {
  try {
    co_return co_await ask(server, duration);
  } catch (boost::system::system_error const& e) {
    if (!fanout::is_cancelled(e.code())) throw;
  }
  co_return "a guess instead of " + server;
}

void show(fanout::result<std::string> const& answer) {
  if (answer)
    fmt::print("{}\n", *answer);
  else if (fanout::is_timed_out(answer))
    fmt::print("no answer in time\n");
  else
    fmt::print("no answer\n");
}

awaitable<void> async_main() {
  // [child_timeout]
  auto const answers =
      co_await fanout::gather(ask("Ceres", 40ms), ask("Pluto", 10s), ask_or_guess("Eris", 10s),
                              fanout::child_timeout(120ms), fanout::return_exceptions);
  auto const& [ceres, pluto, eris] = answers;
  // [end]
  show(ceres);
  show(pluto);
  show(eris);

  try {
    co_await fanout::gather(ask("Ceres", 40ms), ask("Pluto", 10s), fanout::child_timeout(120ms));
  } catch (fanout::deadline_exceeded const& e) {
    fmt::print("{}\n", e.what());
  }
}

int main() { fanout::run(async_main()); }
