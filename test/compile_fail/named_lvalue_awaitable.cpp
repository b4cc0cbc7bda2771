//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A name does not make an awaitable run twice.
// expect: fanout: an awaitable runs once: move it, as in f(std::move(a))

#include <fanout/named.hpp>

#include <boost/asio/awaitable.hpp>

auto operation(boost::asio::awaitable<int> child) { return fanout::named("a", child); }
