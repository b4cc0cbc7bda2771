//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The first error ends a gather while its siblings run on. A task group adopts them: they can be
// awaited, and their errors are heard.

#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>
#include <fanout/text.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

using boost::asio::awaitable;
using fanout::named;
using namespace std::chrono_literals;

awaitable<void> save(std::string what, std::chrono::milliseconds duration) {
  co_await fanout::sleep(duration);
  if (what != "text") throw std::runtime_error("there is no room for the " + what);
  fmt::print("the text is saved\n");
}

awaitable<void> async_main() {
  auto const show = [](std::string_view name, std::exception_ptr const& error) {
    fmt::print("{}: {}\n", name, fanout::describe(error));
  };
  fanout::task_group background(co_await boost::asio::this_coro::executor, fanout::keep_going,
                                fanout::on_error(show));
  try {
    co_await fanout::gather(save("images", 20ms), named("thumbnails", save("thumbnails", 60ms)),
                            save("text", 100ms), fanout::stragglers(background));
  } catch (std::runtime_error const& e) {
    fmt::print("at once: {}\n", e.what());
  }
  co_await background.join();
  fmt::print("nothing runs any more\n");
}

int main() { fanout::run(async_main()); }
