//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task of a group is a child like those of gather.
// expect: fanout: an argument is neither a child (an awaitable, a deferred operation, a future, a callable without parameters that returns one of these, or one of these in bind_executor or named) nor a range of children nor a policy

#include <fanout/task_group.hpp>

void start(fanout::task_group& group) { group.create_task(7); }
