//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A lambda has no executor, of a range either.
// expect: fanout: the completion handler has no executor to run children on: name an executor or context first, as in f(executor, ...), or bind_executor the token

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <utility>
#include <vector>

void run(std::vector<boost::asio::awaitable<int>> children) {
  fanout::gather(std::move(children))([](std::exception_ptr, std::vector<int>) {});
}
