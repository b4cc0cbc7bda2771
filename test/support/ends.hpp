//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_ENDS_HPP
#define FANOUT_TEST_SUPPORT_ENDS_HPP

// What something has ended with, in a word.

#include <fanout/error.hpp>
#include <fanout/result.hpp>

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <string>
#include <utility>

namespace fanout_test {

inline std::string end_text(std::exception_ptr const& error) {
  if (!error) return "value";
  if (fanout::is_timed_out(error)) return "deadline_exceeded";
  return fanout::is_cancelled(error) ? "operation_aborted" : fanout::detail::what_of(error);
}

template <class Operation>
boost::asio::awaitable<std::string> end_of(Operation operation) {
  try {
    co_await std::move(operation);
  } catch (...) {
    co_return end_text(std::current_exception());
  }
  co_return end_text(nullptr);
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_ENDS_HPP
