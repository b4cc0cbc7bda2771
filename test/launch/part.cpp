//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// One of two files of a program, which launch children in different ways: NAME and OWN say how. All
// that they instantiate is the same but for that.

#include "part.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace asio = boost::asio;

static_assert(fanout::detail::has_own_launch == OWN);

static asio::awaitable<int> child(bool& next_turn) {
  co_await asio::post(asio::deferred);
  asio::post(co_await asio::this_coro::executor, [&next_turn] { next_turn = true; });
  co_return 1;
}

// With its own launch the library completes a gather in the turn in which its last child ends.
bool NAME() {
  asio::io_context context(1);
  bool next_turn = false, at_once = false;
  fanout::gather(context, child(next_turn))(completed{next_turn, at_once});
  context.run();
  return at_once;
}
