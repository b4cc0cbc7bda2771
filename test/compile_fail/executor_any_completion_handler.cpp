//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A handler of an unknown type may have no executor.
// expect: fanout: the completion handler has no executor to run children on: name an executor or context first, as in f(executor, ...), or bind_executor the token

#include <fanout/gather.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/awaitable.hpp>

#include <exception>
#include <tuple>
#include <utility>

boost::asio::awaitable<int> child();

void run(boost::asio::any_completion_handler<void(std::exception_ptr, std::tuple<int>)> handler) {
  fanout::gather(child())(std::move(handler));
}
