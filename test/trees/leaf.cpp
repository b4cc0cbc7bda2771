//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "play.hpp"

#include <fanout/promise.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace trees {

namespace {

asio::awaitable<value> cleans_up(node& n) {
  std::exception_ptr cancelled;
  try {
    co_await fanout::sleep<clock>(4 * span(n.pause));
  } catch (...) {
    cancelled = std::current_exception();
  }
  if (!cancelled) co_return value_of(n);
  co_await asio::this_coro::reset_cancellation_state();
  co_await fanout::sleep<clock>(span(n.knobs[0]));
  std::rethrow_exception(cancelled);
}

asio::awaitable<value> is_cancelled_in_vain(node& n) {
  auto const ended =
      co_await fanout::sleep<clock>(4 * span(n.pause))(asio::as_tuple(asio::use_awaitable));
  if (n.what == kind::turns_into_error && std::get<0>(ended)) throw failure(n.id);
  co_return value_of(n);
}

asio::awaitable<value> hears_nothing(node& n) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  for (unsigned turns = n.pause % 16; turns > 0; --turns) co_await asio::post(asio::deferred);
  co_return value_of(n);
}

// Where there are other places the promise is set there, by another thread.
asio::awaitable<value> waits_for_promise(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  fanout::promise<value> p(home);
  auto const f = p.get_future();
  auto const& places = t->around().places;
  auto const& there =
      places.empty() || n.confined ? home : places[n.knobs[0] % places.size()].executor;
  auto sets = [p = std::move(p), v = value_of(n), fails = n.knobs[1] % 8 == 0,
               id = n.id]() mutable {
    if (fails)
      p.set_exception(std::make_exception_ptr(failure(id)));
    else
      p.set_value(std::move(v));
  };
  asio::post(there, std::move(sets));
  co_return co_await f;
}

asio::awaitable<value> holds_place(shared_tree t, node& n) {
  auto const place = co_await t->around().limiters[n.limiter].acquire();
  co_await fanout::sleep<clock>(span(n.pause) / 4);
  co_return value_of(n);
}

} // namespace

asio::awaitable<value> leaf(shared_tree t, node& n) {
  switch (n.what) {
  case kind::error_at_once: throw failure(n.id);
  case kind::sleeps: co_await fanout::sleep<clock>(span(n.pause)); break;
  case kind::fails: co_await fanout::sleep<clock>(span(n.pause)); throw failure(n.id);
  case kind::cleans_up: co_return co_await cleans_up(n);
  case kind::swallows:
  case kind::turns_into_error: co_return co_await is_cancelled_in_vain(n);
  case kind::deaf: co_return co_await hears_nothing(n);
  case kind::waits_for_promise: co_return co_await waits_for_promise(std::move(t), n);
  case kind::holds_place: co_return co_await holds_place(std::move(t), n);
  default: break;
  }
  co_return value_of(n);
}

} // namespace trees
