//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// All children are awaited then: no error is late.
// expect: fanout: on_late_error has nothing to do beside return_exceptions or cancel_on_error: then no child runs any more at the end

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <exception>

boost::asio::awaitable<int> child();

auto operation() {
  return fanout::gather(child(), fanout::on_late_error([](std::size_t, std::exception_ptr) {}),
                        fanout::return_exceptions);
}
