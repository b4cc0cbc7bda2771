//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_COMPLETIONS_HPP
#define FANOUT_TEST_SUPPORT_COMPLETIONS_HPP

// What tests of as_completed share.

#include <fanout/as_completed.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <string>
#include <vector>

/// What is still to come, one after the other.
#define CHECK_ENDS(stream, ...)                                                                    \
  do {                                                                                             \
    std::vector<std::string> const found_ = co_await fanout_test::all_of(stream);                  \
    BOOST_TEST(found_ == (std::vector<std::string>{__VA_ARGS__}),                                  \
               boost::test_tools::per_element());                                                  \
  } while (false)

namespace fanout_test {

inline std::string text_of(fanout::completed<int> const& c) {
  std::string const index = std::to_string(c.index) + ": ";
  if (c.result) return index + std::to_string(*c.result);
  try {
    std::rethrow_exception(c.result.error());
  } catch (boost::system::system_error const& e) {
    if (e.code() == boost::asio::error::operation_aborted) return index + "aborted";
    return index + e.what();
  } catch (std::exception const& e) {
    return index + e.what();
  }
}

/// Everything that is still to come.
inline boost::asio::awaitable<std::vector<std::string>> all_of(
    fanout::completion_stream<int> stream) {
  std::vector<std::string> found;
  while (auto const next = co_await stream.next()) found.push_back(text_of(*next));
  co_return found;
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_COMPLETIONS_HPP
