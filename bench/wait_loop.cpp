//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// bench_wait_loop WAY FUTURES: takes the ends of tasks that end one after another, and prints the
// milliseconds of processor time that this took. WAY is `wait`, in a loop in which every wait
// passes over all tasks that are pending, or `as_completed`. wait_loop.py compares both with
// CPython.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/promise.hpp>
#include <fanout/run.hpp>
#include <fanout/wait.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::future;
using fanout::promise;

/// Tasks, each of which ends when it is told to.
struct told_tasks {
  told_tasks(asio::any_io_executor const& executor, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      words.emplace_back(executor);
      tasks.push_back(fanout::create_task(executor, waits_for(words.back().get_future())));
    }
  }

  static awaitable<int> waits_for(future<int> word) { co_return co_await word; }

  std::vector<promise<int>> words;
  std::vector<future<int>> tasks;
};

awaitable<std::size_t> by_wait(told_tasks& all) {
  std::size_t n_ended = 0;
  auto pending = all.tasks;
  while (!pending.empty()) {
    all.words[n_ended].set_value(1);
    auto ended = co_await fanout::wait(std::move(pending), fanout::first_completed);
    n_ended += ended.done.size();
    pending = std::move(ended.pending);
  }
  co_return n_ended;
}

awaitable<std::size_t> by_as_completed(told_tasks& all) {
  std::size_t n_ended = 0;
  auto stream = fanout::as_completed(all.tasks);
  all.words[0].set_value(1);
  while (co_await stream.next())
    if (++n_ended < all.words.size()) all.words[n_ended].set_value(1);
  co_return n_ended;
}

awaitable<double> milliseconds(std::string way, std::size_t n) {
  told_tasks all(co_await asio::this_coro::executor, n);
  std::clock_t const start = std::clock();
  // shape: safe, a number
  std::size_t const ended = way == "wait" ? co_await by_wait(all) : co_await by_as_completed(all);
  if (ended != n) throw std::logic_error("an end is missing");
  co_return static_cast<double>(std::clock() - start) * 1e3 / CLOCKS_PER_SEC;
}

} // namespace

int main(int argc, char* argv[]) {
  std::string const way = argc == 3 ? argv[1] : "";
  if (way != "wait" && way != "as_completed") {
    std::fputs("usage: bench_wait_loop wait|as_completed FUTURES\n", stderr);
    return EXIT_FAILURE;
  }
  try {
    std::printf("%.3f\n", fanout::run(milliseconds(way, std::stoul(argv[2]))));
  } catch (std::exception const& e) {
    std::fprintf(stderr, "bench_wait_loop: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
