//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: An empty range never completes, or throws, depending on the version
// see: chriskohlhoff/asio#1375

#include "../verdict.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

namespace asio = boost::asio;

int main() {
  asio::io_context context;
  bool completed = false;
  std::vector<decltype(asio::post(context, asio::deferred))> none;

  try {
    asio::experimental::make_parallel_group(std::move(none))
        .async_wait(asio::experimental::wait_for_all(),
                    [&](std::vector<std::size_t>) { completed = true; });
    context.run();
  } catch (std::exception const&) {
    return verdict::fault("an exception was thrown");
  }
  if (completed) return verdict::mended("completes with nothing");
  return verdict::fault("nothing is left to run, and the handler was not called");
}
