//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A context of the caller's is for run_on.
// expect: fanout: run makes its own context: use run_on(context, main, drive) for yours

#include <fanout/run.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::awaitable<int> async_main();

int run(boost::asio::io_context& context) { return fanout::run(context, async_main()); }
