//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: The executor of the handler is not passed on to the operations of a group
// see: documented

#include "../verdict.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <utility>

namespace asio = boost::asio;

/// An operation that has no executor of its own, and calls its handler where that wants to be
/// called.
auto looks_at_its_executor(asio::any_io_executor fallback, asio::any_io_executor& seen) {
  return asio::async_initiate<asio::deferred_t const, void()>(
      [fallback, &seen](auto handler) {
        seen = asio::get_associated_executor(handler, fallback);
        std::move(handler)();
      },
      asio::deferred);
}

int main() {
  asio::io_context context;
  asio::any_io_executor const strand = asio::make_strand(context);
  asio::any_io_executor seen;

  asio::experimental::make_parallel_group(looks_at_its_executor(context.get_executor(), seen))
      .async_wait(asio::experimental::wait_for_all(), asio::bind_executor(strand, [](auto) {}));
  context.run();
  if (seen == strand) return verdict::mended("passes the strand on");
  return verdict::fault("the operation has not seen the strand of the handler");
}
