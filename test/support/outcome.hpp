//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_OUTCOME_HPP
#define FANOUT_TEST_SUPPORT_OUTCOME_HPP

// An operation that somebody can cancel, seen from outside.

#include "coroutine_test.hpp"
#include "zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace fanout_test {

/// What a completion handler was told, and when.
template <class Value>
struct outcome {
  int calls = 0;
  long long ms = -1; // from the initiation to the end
  std::exception_ptr error;
  Value value;
  bool slot_was_clear = false; // when the handler ran
};

/// Starts an operation that listens to `signal`.
template <class Operation>
auto start(Operation operation, boost::asio::cancellation_signal& signal) {
  using value_type = typename Operation::result_type;
  auto const seen = std::make_shared<outcome<value_type>>();
  std::move(operation)(boost::asio::bind_cancellation_slot(
      signal.slot(),
      [seen, &signal, begin = zoo::now_ms()](std::exception_ptr error, value_type value) {
        ++seen->calls;
        seen->ms = zoo::now_ms() - begin;
        seen->error = error;
        seen->value = std::move(value);
        seen->slot_was_clear = !signal.slot().has_handler();
      }));
  return seen;
}

/// The text of `operation_aborted`.
inline std::string aborted_text() {
  return boost::system::system_error(boost::asio::error::operation_aborted).what();
}

inline void check_aborted(std::exception_ptr const& error) {
  check_error<boost::system::system_error>(error, aborted_text());
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_OUTCOME_HPP
