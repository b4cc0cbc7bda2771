//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: has one place for each argument

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <tuple>
#include <variant>

namespace asio = boost::asio;

asio::awaitable<int> one() { co_return 1; }
asio::awaitable<int> two() { co_return 2; }
asio::awaitable<void> nothing() { co_return; }

int main() {
  asio::io_context context;
  std::tuple<int, std::tuple<int, std::monostate>> seen;

  fanout::gather(context, one(), fanout::gather(two(), nothing()))(
      [&](std::exception_ptr, std::tuple<int, std::tuple<int, std::monostate>> results) {
        seen = results;
      });
  context.run();
  if (seen != std::tuple(1, std::tuple(2, std::monostate())))
    return verdict::wrong("the results are not in their places");
  return verdict::right("each result is in its place, and void has one too");
}
