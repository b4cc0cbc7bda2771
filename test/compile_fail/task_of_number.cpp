//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task is a child like those of gather.
// expect: fanout: an argument is neither a child

#include <fanout/create_task.hpp>

#include <boost/asio/io_context.hpp>

void start(boost::asio::io_context& context) { fanout::create_task(context, 7); }
