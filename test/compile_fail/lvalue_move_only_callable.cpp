//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A callable with move-only captures is moved in.
// expect: fanout: this child cannot be copied: move it

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>

struct download {
  std::unique_ptr<int> owned;
  boost::asio::awaitable<int> operator()();
};

auto operation(download d) { return fanout::gather(d); }
