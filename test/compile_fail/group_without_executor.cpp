//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The tasks of a group need an executor.
// expect: fanout: a task_group takes an executor or context first, as in task_group(executor, limit(3))

#include <fanout/task_group.hpp>

void make() { fanout::task_group group(fanout::limit(3)); }
