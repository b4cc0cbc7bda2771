//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A timeout is around one child.
// expect: fanout: timeout takes one child: gather several, as in timeout(5s, gather(a, b))

#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>

boost::asio::awaitable<int> child();

auto operation() { return fanout::timeout(std::chrono::seconds(5), child(), child()); }
