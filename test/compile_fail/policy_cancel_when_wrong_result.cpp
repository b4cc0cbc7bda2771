//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A condition says how to cancel, not whether.
// expect: fanout::cancel_when: pass a callable that takes (std::size_t index, std::exception_ptr const&) and returns a cancellation_type

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <exception>

boost::asio::awaitable<int> child();

auto operation() {
  return fanout::gather(
      child(), fanout::cancel_when([](std::size_t, std::exception_ptr const&) { return true; }));
}
