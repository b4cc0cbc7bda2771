//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A group awaits all of its tasks.
// expect: fanout: on_late_error has nothing to do here: no child runs any more at the end

#include <fanout/task_group.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <exception>

void make(boost::asio::io_context& context) {
  fanout::task_group group(context, fanout::on_late_error([](std::size_t, std::exception_ptr) {}));
}
