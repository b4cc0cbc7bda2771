//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What a stream yields are results.
// expect: fanout: return_exceptions and keep_results have nothing to do here: an as_completed gives every result that has come, errors too

#include <fanout/as_completed.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::as_completed(child(), fanout::return_exceptions); }
