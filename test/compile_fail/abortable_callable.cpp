//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A callable is no operation.
// expect: fanout: abortable takes a deferred Asio operation, as in abortable(async_read(stream, buffer, deferred)): put it around the operations inside any other child, and inside bind_executor and named

#include <fanout/abortable.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>

auto operation(boost::asio::steady_timer& timer) {
  return fanout::abortable([&] { return timer.async_wait(boost::asio::deferred); });
}
