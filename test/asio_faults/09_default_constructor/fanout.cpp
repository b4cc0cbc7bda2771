//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: needs values that can be moved, nothing else

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace asio = boost::asio;

struct number {
  explicit number(int v) : value(v) {}
  int value;
};

asio::awaitable<number> yields(int value) { co_return number(value); }

int main() {
  asio::io_context context;
  int sum = 0;

  fanout::gather(context, yields(1),
                 yields(2))([&](std::exception_ptr, fanout::values<number, number> const& numbers) {
    sum = get<0>(numbers).value + get<1>(numbers).value;
  });
  context.run();
  return sum == 3 ? verdict::right("both numbers are there") : verdict::wrong("no numbers");
}
