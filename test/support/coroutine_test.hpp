//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_COROUTINE_TEST_HPP
#define FANOUT_TEST_SUPPORT_COROUTINE_TEST_HPP

#include "abandonment.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/test/unit_test.hpp>

/// A test case whose body is a coroutine in virtual time. A deadlock fails at once. With
/// FANOUT_ABANDON in the environment the body is also cut after each of its steps.
#define FANOUT_TEST(name)                                                                          \
  static boost::asio::awaitable<void> name##_body();                                               \
  BOOST_AUTO_TEST_CASE(name) { fanout_test::run_case(name##_body); }                               \
  static boost::asio::awaitable<void> name##_body()

/// The exact type and text of what an expression throws, which may await.
#define FANOUT_CHECK_THROWS(type, text, ...)                                                       \
  do {                                                                                             \
    std::exception_ptr thrown_;                                                                    \
    try {                                                                                          \
      __VA_ARGS__;                                                                                 \
    } catch (...) {                                                                                \
      thrown_ = std::current_exception();                                                          \
    }                                                                                              \
    fanout_test::check_error<type>(thrown_, text);                                                 \
  } while (false)

#include <exception>
#include <string>
#include <typeinfo>

namespace fanout_test {

/// Checks that `error` is of exactly this type, and its text.
template <class Type>
void check_error(std::exception_ptr const& error, std::string const& text) {
  BOOST_REQUIRE_MESSAGE(error, "no error where '" << text << "' was expected");
  try {
    std::rethrow_exception(error);
  } catch (Type const& e) {
    BOOST_TEST((typeid(e) == typeid(Type)), "an error of another type: " << typeid(e).name());
    BOOST_TEST(std::string(e.what()) == text);
  } catch (std::exception const& e) {
    BOOST_ERROR("an error of another type: " << typeid(e).name() << ": " << e.what());
  } catch (...) {
    BOOST_ERROR("an error that is no std::exception");
  }
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_COROUTINE_TEST_HPP
