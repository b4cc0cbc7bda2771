//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A policy stands once.
// expect: fanout: a policy is given twice: leave one of them out

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::gather(child(), fanout::limit(2), fanout::limit(3)); }
