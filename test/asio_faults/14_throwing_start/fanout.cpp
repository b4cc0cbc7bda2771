//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: takes that for the error of its child

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <stdexcept>
#include <tuple>

namespace asio = boost::asio;

auto throws_at_its_start() {
  return asio::async_initiate<asio::deferred_t const, void()>(
      [](auto&&) { throw std::runtime_error("no start"); }, asio::deferred);
}

int main() {
  asio::io_context context;
  bool first_ended = false;
  bool second_failed = false;

  fanout::gather(context, asio::post(context, asio::deferred), throws_at_its_start(),
                 fanout::return_exceptions)(
      [&](std::exception_ptr, std::tuple<fanout::result<void>, fanout::result<void>> const& r) {
        first_ended = std::get<0>(r).has_value();
        second_failed = std::get<1>(r).has_error();
      });
  context.run();
  if (!first_ended || !second_failed) return verdict::wrong("the handler was not called");
  return verdict::right("the first child has ended, and the second failed");
}
