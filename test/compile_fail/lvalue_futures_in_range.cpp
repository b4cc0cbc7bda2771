//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// So are the futures of a range.
// expect: fanout: the children in this range cannot be copied: move it, as in gather(std::move(range))

#include <fanout/future.hpp>
#include <fanout/gather.hpp>

#include <memory>
#include <vector>

auto operation(std::vector<fanout::future<std::unique_ptr<int>>> const& all) {
  return fanout::gather(all);
}
