//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_HPP
#define FANOUT_HPP

// Vocabulary
#include <fanout/concepts.hpp>
#include <fanout/config.hpp>
#include <fanout/error.hpp>
#include <fanout/fwd.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/task_info.hpp>
#include <fanout/version.hpp>

// One operation
#include <fanout/abortable.hpp>
#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/promise.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

// Many operations
#include <fanout/all_tasks.hpp>
#include <fanout/as_completed.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/named.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#endif // FANOUT_HPP
