//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Neither must it behind a using declaration.
// expect: fanout: sleep takes a duration, as in sleep(5s): a number has no unit

#include <fanout/sleep.hpp>

#include <unistd.h>

void run() {
  using fanout::sleep;
  sleep(5u);
}
