//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An executor stands first or not at all.
// expect: fanout: an executor or context stands first, as in f(executor, a, b)

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::awaitable<int> child();

auto operation(boost::asio::io_context& context) { return fanout::gather(child(), context); }
