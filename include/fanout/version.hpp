// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#ifndef FANOUT_VERSION_HPP
#define FANOUT_VERSION_HPP

// The one place that knows the version: CMakeLists.txt reads these three lines.
#define FANOUT_VERSION_MAJOR 0
#define FANOUT_VERSION_MINOR 1
#define FANOUT_VERSION_PATCH 0

// One number to compare with: 0.1.0 is 100, 1.2.3 is 10203.
#define FANOUT_VERSION                                                                             \
  (FANOUT_VERSION_MAJOR * 10000 + FANOUT_VERSION_MINOR * 100 + FANOUT_VERSION_PATCH)

#endif // FANOUT_VERSION_HPP
