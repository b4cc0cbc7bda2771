//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A condition hears the index and the error.
// expect: fanout::cancel_when: pass a callable that takes (std::size_t index, std::exception_ptr const&) and returns a cancellation_type

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>

boost::asio::awaitable<int> child();

auto operation() {
  return fanout::gather(child(), fanout::cancel_when([](char const*) {
                          return boost::asio::cancellation_type::terminal;
                        }));
}
