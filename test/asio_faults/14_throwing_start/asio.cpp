//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: An initiating function that throws leaves the children before it running, and the
//       handler is never called

#include "../verdict.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <stdexcept>

namespace asio = boost::asio;

auto throws_at_its_start() {
  return asio::async_initiate<asio::deferred_t const, void()>(
      [](auto&&) { throw std::runtime_error("no start"); }, asio::deferred);
}

int main() {
  asio::io_context context;
  bool thrown = false;
  bool completed = false;

  try {
    asio::experimental::make_parallel_group(asio::post(context, asio::deferred),
                                            throws_at_its_start())
        .async_wait(asio::experimental::wait_for_all(), [&](auto...) { completed = true; });
  } catch (std::runtime_error const&) {
    thrown = true;
  }
  bool const runs_on = context.run() != 0;
  if (completed) return verdict::mended("calls the handler");
  if (!thrown || !runs_on) return verdict::mended("starts no child, or all");
  return verdict::fault("the first child has run on, and the handler was not called");
}
