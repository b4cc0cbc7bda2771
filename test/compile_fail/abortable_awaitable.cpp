//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An awaitable hears requests by itself.
// expect: fanout: abortable takes a deferred Asio operation, as in abortable(async_read(stream, buffer, deferred)): put it around the operations inside any other child, and inside bind_executor and named

#include <fanout/abortable.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::abortable(child()); }
