//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: takes the lambda itself, and keeps it until its child has ended

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

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

  auto const child = [&](auto owner) {
    return [owner, &watched, &alive]() -> asio::awaitable<void> {
      alive = !watched.expired();
      co_return;
    };
  };
  std::vector<decltype(child(text))> children;
  children.push_back(child(std::move(text)));
  fanout::gather(context, std::move(children))([](std::exception_ptr) {});
  context.run();
  if (!alive) return verdict::wrong("what the lambda has captured had died when it ran");
  return verdict::right("what the lambda has captured was alive when it ran");
}
