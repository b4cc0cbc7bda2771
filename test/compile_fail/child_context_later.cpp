//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An executor stands first or not at all.
// expect: fanout: this argument is neither a child (an awaitable, a deferred operation, a callable that returns one, or one bound to an executor) nor a policy

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::awaitable<int> child();

auto operation(boost::asio::io_context& context) { return fanout::gather(child(), context); }
