//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A container of named awaitables is moved.
// expect: fanout: the children in this range cannot be copied: move it, as in gather(std::move(range))

#include <fanout/gather.hpp>
#include <fanout/named.hpp>

#include <boost/asio/awaitable.hpp>

#include <vector>

boost::asio::awaitable<int> child();

using named_child = decltype(fanout::named("a", child()));

auto operation(std::vector<named_child>& children) { return fanout::gather(children); }
