// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include <fanout/text.hpp>

#include <boost/asio/error.hpp>
#include <boost/assert/source_location.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>
#include <boost/throw_exception.hpp>

#include <exception>
#include <filesystem>
#include <ios>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

namespace text_describe_test {

struct quote_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct silent : std::exception {
  char const* what() const noexcept override { return ""; }
};

template <class T>
struct box {};

} // namespace text_describe_test

namespace {

struct text_hidden : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A system_error whose text is its own, as those that list several failures have.
struct text_listing : boost::system::system_error {
  using boost::system::system_error::system_error;
  char const* what() const noexcept override { return "2 of 3 failed"; }
};

/// What `f` throws, in words.
template <class F>
std::string text_thrown_by(F f) {
  try {
    f();
  } catch (...) {
    return fanout::describe(std::current_exception());
  }
  return "nothing thrown";
}

template <class E>
std::string text_of(E e) {
  return fanout::describe(std::make_exception_ptr(e));
}

/// Throws `outer` around whatever `inner` throws.
template <class E, class F>
void text_throw_around(E outer, F inner) {
  try {
    inner();
  } catch (...) {
    std::throw_with_nested(outer);
  }
}

boost::system::error_code text_refused() { return {111, boost::system::system_category()}; }

} // namespace

BOOST_AUTO_TEST_SUITE(text)
BOOST_AUTO_TEST_SUITE(describe)

BOOST_AUTO_TEST_CASE(a_null_pointer_is_no_error) {
  BOOST_TEST(fanout::describe(nullptr) == "no error");
}

BOOST_AUTO_TEST_CASE(an_exception_shows_its_type_and_message) {
  BOOST_TEST(text_of(std::runtime_error("connection lost")) ==
             "std::runtime_error: connection lost");
  BOOST_TEST(text_of(std::bad_alloc()) == "std::bad_alloc: std::bad_alloc");
  BOOST_TEST(text_of(text_describe_test::quote_error("no quote")) ==
             "text_describe_test::quote_error: no quote");
}

BOOST_AUTO_TEST_CASE(the_most_derived_type_is_shown) {
  auto const thrown = text_thrown_by([] {
    try {
      throw text_describe_test::quote_error("no quote");
    } catch (std::exception&) {
      throw;
    }
  });
  BOOST_TEST(thrown == "text_describe_test::quote_error: no quote");
}

BOOST_AUTO_TEST_CASE(an_exception_without_a_message_shows_its_type_alone) {
  BOOST_TEST(text_of(text_describe_test::silent()) == "text_describe_test::silent");
  BOOST_TEST(text_of(std::runtime_error("")) == "std::runtime_error");
}

BOOST_AUTO_TEST_CASE(what_is_no_exception_class_shows_its_type) {
  BOOST_TEST(text_of(42) == "int");
  BOOST_TEST(text_of(std::string("text")) == "std::string");
  BOOST_TEST(text_of(text_describe_test::box<std::string>()) ==
             "text_describe_test::box<std::string>");
  BOOST_TEST(text_thrown_by([] { throw "text"; }) == "char const*");
}

BOOST_AUTO_TEST_CASE(an_unnamed_namespace_is_left_out) {
  BOOST_TEST(text_of(text_hidden("seen")) == "text_hidden: seen");
}

BOOST_AUTO_TEST_CASE(names_of_the_standard_library_are_those_people_write) {
  BOOST_TEST(text_of(std::ios_base::failure("bad file")) ==
             "std::ios_base::failure: bad file: iostream error [iostream:1]");
  auto const missing = text_thrown_by([] { (void)std::filesystem::file_size("/no/such/file"); });
  BOOST_TEST(missing ==
             "std::filesystem::filesystem_error: filesystem error: cannot get file size: "
             "No such file or directory [/no/such/file] [generic:2]");
}

BOOST_AUTO_TEST_CASE(a_boost_system_error_shows_its_code_once) {
  using boost::system::system_error;
  BOOST_TEST(text_of(system_error(text_refused())) ==
             "boost::system::system_error: Connection refused [system:111]");
  BOOST_TEST(text_of(system_error(text_refused(), "connect")) ==
             "boost::system::system_error: connect: Connection refused [system:111]");
  BOOST_TEST(text_of(system_error(boost::asio::error::eof)) ==
             "boost::system::system_error: End of file [asio.misc:2]");
}

BOOST_AUTO_TEST_CASE(a_source_location_in_the_code_is_not_shown) {
  static constexpr boost::source_location here = BOOST_CURRENT_LOCATION;
  boost::system::error_code const located(text_refused(), &here);
  boost::system::system_error const e(located, "connect");
  BOOST_TEST(std::string(e.what()).find("text_describe.cpp") != std::string::npos);
  BOOST_TEST(text_of(e) == "boost::system::system_error: connect: Connection refused [system:111]");
}

BOOST_AUTO_TEST_CASE(a_standard_system_error_shows_its_code_too) {
  std::error_code const refused(111, std::system_category());
  BOOST_TEST(text_of(std::system_error(refused)) ==
             "std::system_error: Connection refused [system:111]");
  BOOST_TEST(text_of(std::system_error(refused, "connect")) ==
             "std::system_error: connect: Connection refused [system:111]");
}

BOOST_AUTO_TEST_CASE(a_system_error_with_a_text_of_its_own_keeps_it_beside_the_code) {
  BOOST_TEST(text_of(text_listing(text_refused())) == "text_listing: 2 of 3 failed [system:111]");
}

BOOST_AUTO_TEST_CASE(the_wrapper_of_throw_exception_is_left_out) {
  auto const thrown =
      text_thrown_by([] { boost::throw_exception(text_describe_test::quote_error("no quote")); });
  BOOST_TEST(thrown == "text_describe_test::quote_error: no quote");
}

BOOST_AUTO_TEST_CASE(a_nested_exception_is_the_cause) {
  auto const refuse = [] { throw boost::system::system_error(text_refused()); };
  auto const lose = [&] { text_throw_around(std::runtime_error("connection lost"), refuse); };
  BOOST_TEST(text_thrown_by(lose) ==
             "std::runtime_error: connection lost, because of "
             "boost::system::system_error: Connection refused [system:111]");
  auto const give_up = [&] { text_throw_around(std::logic_error("no quote"), lose); };
  BOOST_TEST(text_thrown_by(give_up) ==
             "std::logic_error: no quote, because of "
             "std::runtime_error: connection lost, because of "
             "boost::system::system_error: Connection refused [system:111]");
}

BOOST_AUTO_TEST_CASE(an_int_can_be_a_cause) {
  auto const thrown =
      text_thrown_by([] { text_throw_around(std::runtime_error("lost"), [] { throw 7; }); });
  BOOST_TEST(thrown == "std::runtime_error: lost, because of int");
}

BOOST_AUTO_TEST_CASE(what_is_no_exception_class_can_have_a_cause) {
  auto const thrown = text_thrown_by(
      [] { text_throw_around(text_describe_test::box<int>(), [] { throw std::bad_alloc(); }); });
  BOOST_TEST(thrown == "text_describe_test::box<int>, because of std::bad_alloc: std::bad_alloc");
}

BOOST_AUTO_TEST_CASE(a_nest_around_nothing_has_no_cause) {
  struct outside : std::runtime_error, std::nested_exception {
    outside() : std::runtime_error("nothing inside") {}
  };
  BOOST_TEST(text_of(outside()).ends_with("outside: nothing inside"));
}

BOOST_AUTO_TEST_CASE(ten_thousand_causes_cost_no_stack) {
  std::exception_ptr error = std::make_exception_ptr(std::runtime_error("first"));
  for (int i = 0; i < 10'000; ++i) {
    try {
      try {
        std::rethrow_exception(error);
      } catch (...) {
        std::throw_with_nested(std::runtime_error("again"));
      }
    } catch (...) {
      error = std::current_exception();
    }
  }
  auto const text = fanout::describe(error);
  BOOST_TEST(text.starts_with("std::runtime_error: again, because of std::runtime_error: again, "));
  BOOST_TEST(text.ends_with(", because of std::runtime_error: first"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
