//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_ASIO_FAULTS_VERDICT_HPP
#define FANOUT_TEST_ASIO_FAULTS_VERDICT_HPP

#include <boost/version.hpp>

#include <cstdio>

// The last line of each program. `main` returns it: 0 where all is well.

namespace verdict {

/// Asio behaves as the comment above the program says.
inline int fault(char const* what) {
  std::printf("fault: %s\n", what);
  return 1;
}

/// Asio does not, in this version of Boost.
inline int mended(char const* what) {
  std::printf("mended: Boost %d.%d %s\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, what);
  return 0;
}

inline int right(char const* what) {
  std::printf("right: %s\n", what);
  return 0;
}

inline int wrong(char const* what) {
  std::printf("wrong: %s\n", what);
  return 1;
}

} // namespace verdict

#endif // FANOUT_TEST_ASIO_FAULTS_VERDICT_HPP
