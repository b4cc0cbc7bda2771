//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Children in a range that yield references.
// expect: fanout: a child cannot yield a reference: yield a pointer or a reference_wrapper

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <utility>
#include <vector>

auto operation(std::vector<boost::asio::awaitable<int const&>> children) {
  return fanout::gather(std::move(children));
}
