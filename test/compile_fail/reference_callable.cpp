//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A callable of a child that yields a reference.
// expect: fanout: a child cannot yield a reference: yield a pointer or a reference_wrapper

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

auto operation() {
  return fanout::gather([]() -> boost::asio::awaitable<int&> { throw 1; });
}
