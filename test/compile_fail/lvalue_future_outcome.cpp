//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The outcome takes the value with it.
// expect: fanout: the value of this future cannot be copied: take it, as in std::move(future).outcome()

#include <fanout/future.hpp>

#include <memory>

void outcome(fanout::future<std::unique_ptr<int>> const& f) { (void)f.outcome(); }
