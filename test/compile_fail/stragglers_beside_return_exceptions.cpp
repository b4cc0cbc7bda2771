//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// All children are awaited then: there is nobody to adopt.
// expect: fanout: stragglers has nothing to do beside return_exceptions or cancel_on_error: then no child runs any more at the end

#include <fanout/gather.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation(fanout::task_group& group) {
  return fanout::gather(child(), fanout::return_exceptions, fanout::stragglers(group));
}
