//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What the leak sanitizer, which is a part of the address sanitizer, is told to leave out: nothing
// of this library stands here.

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FANOUT_TEST_LEAK_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define FANOUT_TEST_LEAK_SANITIZER
#endif

#if defined(FANOUT_TEST_LEAK_SANITIZER)
extern "C" char const* __lsan_default_suppressions();

extern "C" char const* __lsan_default_suppressions() {
  return
      // That of Boost 1.92 leaks what it has made if an allocation of it fails.
      "leak:boost::asio::io_context::io_context\n";
}
#endif
