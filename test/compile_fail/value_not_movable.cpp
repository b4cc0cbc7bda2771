//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What a child yields is moved into its place.
// expect: fanout: what a child yields must be move-constructible
// within: 40

#include <fanout/gather.hpp>

struct pinned {
  explicit pinned(int);
  pinned(pinned&&) = delete;
};

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<pinned> child();

boost::asio::awaitable<void> run() { co_await fanout::gather(child()); }
