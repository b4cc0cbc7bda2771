//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What a stream yields has an index.
// expect: fanout: with_index has nothing to do here: every error of an as_completed comes with its index

#include <fanout/as_completed.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::as_completed(child(), child(), fanout::with_index); }
