//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What the sanitizers would report in programs without a fault. Nothing of this library stands
// here.

#include "sanitizers.hpp"

#if defined(FANOUT_TEST_ADDRESS_SANITIZER)
// The leak sanitizer is a part of the address sanitizer.
extern "C" char const* __lsan_default_suppressions();

extern "C" char const* __lsan_default_suppressions() {
  return
      // That of Boost 1.92 leaks what it has made if an allocation of it fails.
      "leak:boost::asio::io_context::io_context\n";
}
#endif

#if defined(FANOUT_TEST_THREAD_SANITIZER)
extern "C" char const* __tsan_default_suppressions();

extern "C" char const* __tsan_default_suppressions() {
  return
      // The references to an exception are counted inside the C++ runtime, which is not
      // instrumented: the last one to let go seems to destroy what another thread has just read.
      "race:std::__exception_ptr::exception_ptr::_M_release\n";
}
#endif
