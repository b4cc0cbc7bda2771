// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What a stranger writes who also wants errors in words.

#include <fanout/gather.hpp>
#include <fanout/text.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <tuple>

namespace asio = boost::asio;

asio::awaitable<int> fails() {
  throw std::runtime_error("no luck");
  co_return 0;
}

int main() {
  asio::io_context ctx;
  std::string words;
  fanout::gather(ctx, fails())(
      [&](std::exception_ptr e, std::tuple<int>) { words = fanout::describe(e); });
  ctx.run();
  std::cout << words << '\n';
  return words == "std::runtime_error: no luck" ? 0 : 1;
}
