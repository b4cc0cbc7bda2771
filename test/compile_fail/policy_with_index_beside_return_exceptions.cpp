//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An error that stands in its place has its index already.
// expect: fanout: with_index has nothing to do beside return_exceptions: there every error stands in the place of its child

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::gather(child(), fanout::return_exceptions, fanout::with_index); }
