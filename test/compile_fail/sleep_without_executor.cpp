//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A lambda has no executor to sleep on.
// expect: fanout: the completion handler has no executor to sleep on: name an executor or context first, as in sleep(executor, duration), or bind_executor the token

#include <fanout/sleep.hpp>

#include <chrono>
#include <exception>

void run() {
  fanout::sleep(std::chrono::seconds(1))([](std::exception_ptr) {});
}
