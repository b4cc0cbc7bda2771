//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What is kept are results that stand beside errors.
// expect: fanout: keep_results needs return_exceptions: the results there are stand beside the errors of the other children

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::gather(child(), fanout::keep_results); }
