//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Indices go into a container.
// expect: fanout::completion_order: pass a container of std::size_t

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation(int out) { return fanout::gather(child(), fanout::completion_order(out)); }
