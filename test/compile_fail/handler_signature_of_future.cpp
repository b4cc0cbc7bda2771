//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// So does a future.
// expect: fanout: the completion handler must take a std::exception_ptr first, not an error_code, and then the result

#include <fanout/future.hpp>

#include <boost/system/error_code.hpp>

void run(fanout::future<int> const& future) {
  future([](boost::system::error_code, int) {});
}
