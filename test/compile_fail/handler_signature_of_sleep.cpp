//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A sleep yields nothing but an exception.
// expect: fanout: the completion handler must take a std::exception_ptr first, not an error_code, and then the result

#include <fanout/sleep.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>

void run(boost::asio::io_context& context) {
  fanout::sleep(context, std::chrono::seconds(1))([](boost::system::error_code) {});
}
