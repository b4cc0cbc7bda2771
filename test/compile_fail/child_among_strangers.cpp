//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A number among children.
// expect: fanout: an argument is neither a child (an awaitable, a deferred operation, a future, a callable without parameters that returns one of these, or one of these in bind_executor or named) nor a range of children nor a policy

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::gather(child(), 5); }
