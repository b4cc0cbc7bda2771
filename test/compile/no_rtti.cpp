//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The core needs no run-time type information: this file is compiled with -fno-rtti.

#include <fanout.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <exception>
#include <tuple>
#include <vector>

namespace compile_no_rtti {

boost::asio::awaitable<int> number();

boost::asio::awaitable<void> main() {
  co_await fanout::gather(number(), number());
  co_await fanout::gather(std::vector<boost::asio::awaitable<int>>(), fanout::return_exceptions,
                          fanout::child_timeout(std::chrono::seconds(1)), fanout::limit(2));
}

void with_executor(boost::asio::any_io_executor executor) {
  fanout::gather(executor, number())([](std::exception_ptr, std::tuple<int>) {});
}

void tasks(boost::asio::any_io_executor executor) {
  auto const task = fanout::create_task(executor, number());
  task.add_done_callback([](fanout::future<int> const&) {});
  fanout::promise<int>(executor).set_value(1);
}

void run() { fanout::run(main); }

} // namespace compile_no_rtti
