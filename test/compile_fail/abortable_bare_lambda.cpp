//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A lambda has no executor.
// expect: fanout: the completion handler has no executor to run steps on: name an executor or context first, as in abortable(executor, operation), or bind_executor the token

#include <fanout/abortable.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>

void run(boost::asio::steady_timer& timer) {
  fanout::abortable(timer.async_wait(boost::asio::deferred))([](std::exception_ptr) {});
}
