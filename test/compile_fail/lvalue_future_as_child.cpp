//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather takes the value of a future that cannot be copied: that is to be seen where it happens.
// expect: fanout: the value of this future cannot be copied: take it, as in f(std::move(future))

#include <fanout/future.hpp>
#include <fanout/gather.hpp>

#include <memory>

auto operation(fanout::future<std::unique_ptr<int>> f) { return fanout::gather(f); }
