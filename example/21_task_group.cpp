//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task group: tasks that belong together. with_task_group cancels all of them at the first error,
// waits for their end, and throws that error; nothing is left running.

#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>

using boost::asio::awaitable;
using fanout::task_group;
using namespace std::chrono_literals;

awaitable<int> paint(std::string room, std::chrono::milliseconds duration) {
  co_await fanout::sleep(duration);
  if (room == "attic") throw std::runtime_error("the attic has no door");
  fmt::print("{} is painted\n", room);
  co_return static_cast<int>(room.size());
}

awaitable<void> async_main() {
  // [with_task_group]
  auto const flat = [](task_group& group) -> awaitable<int> {
    auto const kitchen = group.create_task(paint("kitchen", 40ms));
    auto const hall = group.create_task(paint("hall", 80ms));
    co_return co_await kitchen + co_await hall;
  };
  int const litres = co_await fanout::with_task_group(flat);
  fmt::print("{} litres\n", litres);
  // [end]

  auto const house = [](task_group& group) -> awaitable<void> {
    group.create_task(paint("attic", 40ms));
    group.create_task(paint("cellar", 10s));
    co_await fanout::sleep(10s);
  };
  try {
    co_await fanout::with_task_group(house);
  } catch (std::runtime_error const& e) {
    fmt::print("{}\n", e.what());
  }
}

int main() { fanout::run(async_main()); }
