//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A race has one winner.
// expect: fanout: quorum and stagger are policies of first_success

#include <fanout/first_success.hpp>
#include <fanout/race.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::race(child(), child(), fanout::quorum(2)); }
