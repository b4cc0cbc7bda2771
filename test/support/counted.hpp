//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_COUNTED_HPP
#define FANOUT_TEST_SUPPORT_COUNTED_HPP

#include <fanout/testing.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <exception>

namespace fanout_test {

/// Counts how many of it there are.
struct counted {
  static inline std::atomic<int> live = 0;

  counted() { ++live; }
  counted(counted const&) { ++live; }
  counted& operator=(counted const&) = default;
  ~counted() { --live; }
};

/// A completion handler of every signature that counts its calls.
struct counted_handler {
  int* calls;
  counted own = {};

  template <class... Args>
  void operator()(std::exception_ptr, Args&&...) {
    ++*calls;
  }
};

/// Runs one handler, or goes to the next timer; says whether there was any.
inline bool step(boost::asio::io_context& context) {
  for (int silent = 0; silent < 1000; ++silent) {
    context.restart();
    fanout::detail::virtual_time::forget_due();
    if (context.poll_one() != 0 || fanout::detail::virtual_time::jump()) return true;
  }
  return false;
}

/// Runs a context in virtual time for as long as it has anything to do.
inline void drive(boost::asio::io_context& context) {
  while (step(context)) {
  }
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_COUNTED_HPP
