//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What is bound to an executor is the abortable operation.
// expect: fanout: abortable takes a deferred Asio operation, as in abortable(async_read(stream, buffer, deferred)): put it around the operations inside any other child, and inside bind_executor and named

#include <fanout/abortable.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>

auto operation(boost::asio::steady_timer& timer) {
  auto wait = timer.async_wait(boost::asio::deferred);
  return fanout::abortable(boost::asio::bind_executor(timer.get_executor(), wait));
}
