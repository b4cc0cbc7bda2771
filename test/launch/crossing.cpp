//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A future crosses from one file to another: GIVES says which of both this is.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

fanout::future<int> give(boost::asio::io_context& context);

#if GIVES
fanout::future<int> give(boost::asio::io_context& context) {
  return fanout::create_task(context, []() -> boost::asio::awaitable<int> { co_return 7; });
}
#else
int main() {
  boost::asio::io_context context(1);
  auto const future = give(context);
  context.run();
  return future.result() == 7 ? 0 : 1;
}
#endif
