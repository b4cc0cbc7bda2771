//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A range of what are no children.
// expect: fanout: an argument is neither a child (an awaitable, a deferred operation, a future, a callable without parameters that returns one of these, or one of these in bind_executor or named) nor a range of children nor a policy

#include <fanout/gather.hpp>

#include <vector>

auto operation() { return fanout::gather(std::vector<int>{1, 2, 3}); }
