//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An operation that only moves is given as an lvalue.
// expect: fanout: this operation cannot be copied: move it

#include <fanout/abortable.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <utility>

// An operation that only moves.
auto once(boost::asio::io_context& context) {
  boost::asio::deferred_t token;
  return boost::asio::async_initiate<boost::asio::deferred_t, void()>(
      [work = std::make_unique<int>(), &context](auto handler) {
        boost::asio::post(context, std::move(handler));
      },
      token);
}

auto operation(boost::asio::io_context& context) {
  auto inside = once(context);
  return fanout::abortable(context, inside);
}
