//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Nor has a number behind an executor.
// expect: fanout: sleep takes a duration, as in sleep(5s): a number has no unit

#include <fanout/sleep.hpp>

#include <boost/asio/io_context.hpp>

void run(boost::asio::io_context& context) { fanout::sleep(context, 5); }
