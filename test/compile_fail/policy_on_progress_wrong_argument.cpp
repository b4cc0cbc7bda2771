//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The callable of on_progress takes a progress.
// expect: fanout::on_progress: pass a callable that takes a fanout::progress const&

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() {
  return fanout::gather(child(), fanout::on_progress([](int, int) {}));
}
