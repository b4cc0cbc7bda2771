//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: The captures of a lambda coroutine die before it runs
// see: chriskohlhoff/asio#1491

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace asio = boost::asio;

int main() {
  asio::io_context context;
  auto text = std::make_shared<int>(1);
  std::weak_ptr const watched = text;
  bool alive = false;

  // An awaitable does not own the lambda that has made it.
  auto const child = [&](auto owner) {
    return [owner, &watched, &alive]() -> asio::awaitable<void> {
      alive = !watched.expired();
      co_return;
    };
  };
  std::vector<decltype(asio::co_spawn(context, child(text)(), asio::deferred))> children;
  children.push_back(asio::co_spawn(context, child(std::move(text))(), asio::deferred));
  asio::experimental::make_parallel_group(std::move(children))
      .async_wait(asio::experimental::wait_for_all(),
                  [](std::vector<std::size_t>, std::vector<std::exception_ptr>) {});
  context.run();
  if (alive) return verdict::mended("keeps the captures");
  return verdict::fault("what the lambda has captured had died when it ran");
}
