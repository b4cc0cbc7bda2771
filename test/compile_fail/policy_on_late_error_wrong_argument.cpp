//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The callable of on_late_error takes an index and an exception.
// expect: fanout::on_late_error: pass a callable that takes (std::size_t index, std::exception_ptr)

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() {
  return fanout::gather(child(), fanout::on_late_error([](char const*) {}));
}
