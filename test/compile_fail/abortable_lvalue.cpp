//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An operation that only moves is given as an lvalue.
// expect: fanout: this operation cannot be copied: move it

#include <fanout/abortable.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/system_executor.hpp>

#include <exception>
#include <memory>
#include <utility>

// An operation that only moves.
struct once {
  std::unique_ptr<int> work;

  template <class Token>
  auto operator()(Token&& token) && {
    auto post = [work = std::move(work)](auto handler) {
      boost::asio::post(boost::asio::system_executor(), std::move(handler));
    };
    return boost::asio::async_initiate<Token, void()>(std::move(post), token);
  }
};

auto operation(boost::asio::io_context& context, once inside) {
  return fanout::abortable(context, inside);
}
