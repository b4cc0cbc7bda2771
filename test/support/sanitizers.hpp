//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_SANITIZERS_HPP
#define FANOUT_TEST_SUPPORT_SANITIZERS_HPP

// Which sanitizer this is built with: clang says so by __has_feature, g++ by macros.

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FANOUT_TEST_ADDRESS_SANITIZER
#endif
#if __has_feature(thread_sanitizer)
#define FANOUT_TEST_THREAD_SANITIZER
#endif
#if __has_feature(memory_sanitizer)
#define FANOUT_TEST_MEMORY_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define FANOUT_TEST_ADDRESS_SANITIZER
#endif
#if defined(__SANITIZE_THREAD__)
#define FANOUT_TEST_THREAD_SANITIZER
#endif

#endif // FANOUT_TEST_SUPPORT_SANITIZERS_HPP
