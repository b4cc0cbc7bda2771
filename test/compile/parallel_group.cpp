//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An operation of ours is one of Asio's: its own groups take it.

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
// What follows does not compile when it is included first.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <tuple>
#include <utility>
#include <vector>

namespace compile_parallel_group {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;

awaitable<int> number();

void of_gathers(asio::io_context& context) {
  asio::experimental::make_parallel_group(gather(context, number()), gather(context, number()))
      .async_wait(asio::experimental::wait_for_one_error(),
                  [](std::array<std::size_t, 2>, std::exception_ptr, std::tuple<int>,
                     std::exception_ptr, std::tuple<int>) {});
}

void of_a_range_of_gathers(asio::io_context& context) {
  using operation = decltype(gather(context, number()));
  std::vector<operation> operations;
  operations.push_back(gather(context, number()));
  asio::experimental::make_parallel_group(std::move(operations))
      .async_wait(asio::experimental::wait_for_all(),
                  [](std::vector<std::size_t>, std::vector<std::exception_ptr>,
                     std::vector<std::tuple<int>>) {});
}

awaitable<void> of_awaitables() {
  using namespace asio::experimental::awaitable_operators;
  co_await (gather(number())(asio::use_awaitable) && gather(number())(asio::use_awaitable));
}

// And the other way round: a group is a child.
awaitable<void> as_a_child(asio::io_context& context) {
  auto group =
      asio::experimental::make_parallel_group(gather(context, number()), gather(context, number()));
  co_await gather([&group](auto&& token) {
    return std::move(group).async_wait(asio::experimental::wait_for_all(),
                                       std::forward<decltype(token)>(token));
  }(asio::deferred));
}

} // namespace compile_parallel_group
