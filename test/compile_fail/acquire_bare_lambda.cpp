//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A lambda has no executor.
// expect: fanout: the completion handler has no executor to wait on: name an executor or context first, as in acquire(executor), or bind_executor the token

#include <fanout/limiter.hpp>

#include <exception>

void run(fanout::limiter& limiter) {
  limiter.acquire()([](std::exception_ptr, fanout::limiter::guard) {});
}
