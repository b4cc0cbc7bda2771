//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// wait waits for futures without touching them: for the first to end, for all, or for some time.

#include <fanout/create_task.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/wait.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> letter(std::string from, std::chrono::milliseconds duration) {
  co_await fanout::sleep(duration);
  co_return "a letter from " + from;
}

awaitable<void> async_main() {
  // [wait]
  auto const ex = co_await boost::asio::this_coro::executor;
  std::vector<fanout::future<std::string>> post{
      fanout::create_task(ex, letter("Rome", 120ms)),
      fanout::create_task(ex, letter("Oslo", 40ms)),
      fanout::create_task(ex, letter("Lima", 10s)),
  };
  while (!post.empty()) {
    auto const ended = co_await fanout::wait(post, fanout::first_completed, 200ms);
    if (ended.done.empty()) break;
    for (auto const& f : ended.done) fmt::print("{}\n", f.result());
    post = ended.pending;
  }
  for (auto const& f : post) f.cancel();
  fmt::print("{} will not come\n", post.size());
  // [end]
}

int main() { fanout::run(async_main()); }
