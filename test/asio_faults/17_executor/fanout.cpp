//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: gives children without an executor that of the gather

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <tuple>
#include <utility>
#include <variant>

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
  auto const strand = asio::make_strand(context);
  asio::any_io_executor seen;
  auto const done = [](std::exception_ptr, std::tuple<std::monostate>) {};

  fanout::gather(looks_at_its_executor(context.get_executor(), seen))(
      asio::bind_executor(strand, done));
  context.run();
  if (seen != strand) return verdict::wrong("the operation has not seen the strand of the handler");
  return verdict::right("the operation has seen the strand of the handler");
}
