//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The vocabulary: results, values, errors and their texts, and what the policies refuse.

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace vocabulary {

namespace asio = boost::asio;
namespace sys = boost::system;
using namespace std::chrono_literals;
using fanout::is_cancelled;
using fanout::is_timed_out;
using fanout::result;
using fanout::values;

struct pinned_number { // movable, and nothing else
  explicit pinned_number(int n) : number(std::make_unique<int>(n)) {}
  std::unique_ptr<int> number;
};

template <class E>
std::exception_ptr thrown(E e) {
  return std::make_exception_ptr(std::move(e));
}

std::exception_ptr thrown_code(sys::error_code const& code) {
  return thrown(sys::system_error(code));
}

// What the text of a system_error ends with.
std::string ending(std::string const& message, int code) {
  return ": " + message + " [fanout:" + std::to_string(code) + "]";
}

BOOST_AUTO_TEST_SUITE(vocabulary_test)

// ---- result

BOOST_AUTO_TEST_CASE(a_result_gives_its_value) {
  result<int> const r(sys::in_place_value, 7);
  BOOST_TEST(r.has_value());
  BOOST_TEST(r.value() == 7);
}

BOOST_AUTO_TEST_CASE(a_result_rethrows_the_very_exception) {
  std::exception_ptr const error = thrown(std::runtime_error("boom"));
  result<int> const r(sys::in_place_error, error);
  BOOST_TEST((r.error() == error));
  FANOUT_CHECK_THROWS(std::runtime_error, "boom", r.value());
}

BOOST_AUTO_TEST_CASE(a_result_of_nothing_rethrows_too) {
  result<void> const fine(sys::in_place_value);
  BOOST_CHECK_NO_THROW(fine.value());
  result<void> const bad(sys::in_place_error, thrown(std::logic_error("bad")));
  FANOUT_CHECK_THROWS(std::logic_error, "bad", bad.value());
}

BOOST_AUTO_TEST_CASE(a_result_holds_an_exception_as_its_value) {
  result<std::exception_ptr> const r(sys::in_place_value, thrown(std::runtime_error("a value")));
  BOOST_TEST(r.has_value());
  fanout_test::check_error<std::runtime_error>(r.value(), "a value");
}

BOOST_AUTO_TEST_CASE(a_result_holds_what_can_only_be_moved) {
  result<pinned_number> r(sys::in_place_value, 3);
  pinned_number const taken = std::move(r).value();
  BOOST_TEST(*taken.number == 3);
}

// ---- values

BOOST_AUTO_TEST_CASE(values_are_read_by_structured_bindings) {
  values<int, std::string> v(std::in_place, 1, "two");
  auto& [a, b] = v;
  BOOST_TEST(a == 1);
  BOOST_TEST(b == "two");
  a = 5;
  BOOST_TEST(get<0>(v) == 5);
  static_assert(std::tuple_size_v<values<int, std::string>> == 2);
  static_assert(std::is_same_v<std::tuple_element_t<1, values<int, std::string>>, std::string>);
}

BOOST_AUTO_TEST_CASE(values_are_moved_out_by_structured_bindings) {
  auto [n, s] = values<pinned_number, int>(std::in_place, 4, 5);
  BOOST_TEST(*n.number == 4);
  BOOST_TEST(s == 5);
}

BOOST_AUTO_TEST_CASE(values_are_read_by_get) {
  values<int, pinned_number> v(std::in_place, 1, 2);
  values<int, pinned_number> const& constant = v;
  BOOST_TEST(get<0>(v) == 1);
  BOOST_TEST(constant.get<0>() == 1);
  BOOST_TEST(*get<1>(constant).number == 2);
  pinned_number const moved = get<1>(std::move(v));
  BOOST_TEST(*moved.number == 2);
  static_assert(std::is_same_v<decltype(get<1>(v)), pinned_number&>);
  static_assert(std::is_same_v<decltype(get<1>(constant)), pinned_number const&>);
  static_assert(std::is_same_v<decltype(get<1>(std::move(v))), pinned_number&&>);
}

BOOST_AUTO_TEST_CASE(values_become_a_tuple) {
  values<int, pinned_number> v(std::in_place, 1, 2);
  std::tuple<int, pinned_number> const t = std::move(v);
  BOOST_TEST(std::get<0>(t) == 1);
  BOOST_TEST(*std::get<1>(t).number == 2);
}

BOOST_AUTO_TEST_CASE(values_tell_whether_they_are_empty) {
  BOOST_TEST(!values<pinned_number>().has_value());
  BOOST_TEST(values<pinned_number>(std::in_place, 1).has_value());
  BOOST_TEST(values<>(std::in_place).has_value());
}

BOOST_AUTO_TEST_CASE(reading_empty_values_throws_invalid_state) {
  std::string const text =
      "the values of an operation that failed were read" + ending("invalid state", 1);
  values<int, pinned_number> v;
  values<int, pinned_number> const& constant = v;
  FANOUT_CHECK_THROWS(fanout::invalid_state, text, get<0>(v));
  FANOUT_CHECK_THROWS(fanout::invalid_state, text, get<0>(constant));
  FANOUT_CHECK_THROWS(fanout::invalid_state, text, get<0>(std::move(v)));
  FANOUT_CHECK_THROWS(fanout::invalid_state, text, v.tuple());
  FANOUT_CHECK_THROWS(fanout::invalid_state, text,
                      static_cast<void>(std::tuple<int, pinned_number>(std::move(v))));
}

// ---- is_cancelled, is_timed_out

BOOST_AUTO_TEST_CASE(an_error_code_is_cancelled_if_it_is_operation_aborted) {
  BOOST_TEST(is_cancelled(sys::error_code(asio::error::operation_aborted)));
  BOOST_TEST(!is_cancelled(sys::error_code()));
  BOOST_TEST(!is_cancelled(sys::error_code(asio::error::timed_out)));
  BOOST_TEST(!is_cancelled(make_error_code(fanout::errc::invalid_state)));
}

BOOST_AUTO_TEST_CASE(an_exception_is_cancelled_if_its_code_is_operation_aborted) {
  BOOST_TEST(is_cancelled(thrown_code(asio::error::operation_aborted)));
  BOOST_TEST(!is_cancelled(std::exception_ptr()));
  BOOST_TEST(!is_cancelled(thrown_code(asio::error::eof)));
  BOOST_TEST(!is_cancelled(thrown(fanout::deadline_exceeded())));
  BOOST_TEST(!is_cancelled(thrown(std::runtime_error("operation aborted"))));
  BOOST_TEST(!is_cancelled(thrown(42)));
}

BOOST_AUTO_TEST_CASE(a_result_is_cancelled_if_its_exception_is) {
  std::exception_ptr const aborted = thrown_code(asio::error::operation_aborted);
  BOOST_TEST(is_cancelled(result<int>(sys::in_place_error, aborted)));
  BOOST_TEST(is_cancelled(result<void>(sys::in_place_error, aborted)));
  BOOST_TEST(!is_cancelled(result<int>(sys::in_place_value, 1)));
  BOOST_TEST(!is_cancelled(result<void>(sys::in_place_value)));
  BOOST_TEST(!is_cancelled(result<std::exception_ptr>(sys::in_place_value, aborted)));
  BOOST_TEST(!is_cancelled(result<int>(sys::in_place_error, thrown(std::runtime_error("no")))));
}

BOOST_AUTO_TEST_CASE(an_error_code_is_timed_out_if_it_says_so) {
  BOOST_TEST(is_timed_out(sys::error_code(asio::error::timed_out)));
  BOOST_TEST(!is_timed_out(sys::error_code()));
  BOOST_TEST(!is_timed_out(sys::error_code(asio::error::operation_aborted)));
}

BOOST_AUTO_TEST_CASE(an_exception_is_timed_out_by_its_type_not_by_its_code) {
  BOOST_TEST(is_timed_out(thrown(fanout::deadline_exceeded())));
  BOOST_TEST(!is_timed_out(thrown_code(asio::error::timed_out)));
  BOOST_TEST(!is_timed_out(std::exception_ptr()));
  BOOST_TEST(!is_timed_out(thrown_code(asio::error::operation_aborted)));
  BOOST_TEST(!is_timed_out(thrown(42)));
}

BOOST_AUTO_TEST_CASE(a_result_is_timed_out_if_its_exception_is) {
  std::exception_ptr const late = thrown(fanout::deadline_exceeded());
  BOOST_TEST(is_timed_out(result<int>(sys::in_place_error, late)));
  BOOST_TEST(is_timed_out(result<void>(sys::in_place_error, late)));
  BOOST_TEST(!is_timed_out(result<int>(sys::in_place_value, 1)));
  BOOST_TEST(!is_timed_out(result<std::exception_ptr>(sys::in_place_value, late)));
}

// ---- errors

BOOST_AUTO_TEST_CASE(every_code_has_its_message) {
  using fanout::errc;
  BOOST_TEST(make_error_code(errc::invalid_state).message() == "invalid state");
  BOOST_TEST(make_error_code(errc::broken_promise).message() == "broken promise");
  BOOST_TEST(make_error_code(errc::all_failed).message() == "all alternatives failed");
  BOOST_TEST(make_error_code(errc::interrupted).message() == "interrupted");
  BOOST_TEST(fanout::error_category().message(99) == "unknown fanout error 99");
}

BOOST_AUTO_TEST_CASE(the_category_has_a_name_and_is_one) {
  BOOST_TEST(std::string(fanout::error_category().name()) == "fanout");
  BOOST_TEST((fanout::error_category() == fanout::error_category()));
  sys::error_code const converted = fanout::errc::broken_promise;
  BOOST_TEST((converted.category() == fanout::error_category()));
  BOOST_TEST(converted.value() == 2);
}

BOOST_AUTO_TEST_CASE(run_time_errors_are_system_errors_of_their_code) {
  fanout::invalid_state const state("f");
  fanout::broken_promise const promise("g");
  fanout::deadline_exceeded const late;
  fanout::interrupted const signal(2);
  BOOST_TEST((state.code() == fanout::errc::invalid_state));
  BOOST_TEST((promise.code() == fanout::errc::broken_promise));
  BOOST_TEST((late.code() == asio::error::timed_out));
  BOOST_TEST((signal.code() == fanout::errc::interrupted));
  static_assert(std::is_base_of_v<sys::system_error, fanout::invalid_state>);
  static_assert(std::is_base_of_v<sys::system_error, fanout::broken_promise>);
  static_assert(std::is_base_of_v<sys::system_error, fanout::all_failed>);
  static_assert(std::is_base_of_v<sys::system_error, fanout::deadline_exceeded>);
  static_assert(std::is_base_of_v<sys::system_error, fanout::interrupted>);
}

BOOST_AUTO_TEST_CASE(the_texts_of_the_errors_name_what_failed) {
  BOOST_TEST(std::string(fanout::invalid_state("f").what()) == "f" + ending("invalid state", 1));
  BOOST_TEST(std::string(fanout::broken_promise("g").what()) == "g" + ending("broken promise", 2));
  BOOST_TEST(std::string(fanout::deadline_exceeded().what()) == "deadline exceeded");
}

BOOST_AUTO_TEST_CASE(interrupted_names_the_signal) {
  BOOST_TEST(fanout::interrupted(15).signal() == 15);
  std::string const end = ending("interrupted", 4);
  BOOST_TEST(std::string(fanout::interrupted(2).what()) ==
             "interrupted by signal 2 (SIGINT)" + end);
  BOOST_TEST(std::string(fanout::interrupted(15).what()) ==
             "interrupted by signal 15 (SIGTERM)" + end);
  BOOST_TEST(std::string(fanout::interrupted(10).what()) == "interrupted by signal 10" + end);
}

BOOST_AUTO_TEST_CASE(all_failed_lists_each_failure_in_its_text) {
  std::exception_ptr const number = thrown(42);
  fanout::all_failed const e(
      {{1, "mirror", thrown(std::runtime_error("refused"))}, {0, "", number}, {2, "none", {}}});
  BOOST_TEST(std::string(e.what()) == "1 'mirror': refused; 0: unknown exception; 2 'none'" +
                                          ending("all alternatives failed", 3));
  BOOST_TEST((e.code() == fanout::errc::all_failed));
  BOOST_REQUIRE(e.failures().size() == 3u);
  BOOST_TEST(e.failures()[0].index == 1u);
  BOOST_TEST(e.failures()[0].name == "mirror");
  BOOST_TEST((e.failures()[1].exception == number));
}

BOOST_AUTO_TEST_CASE(copies_of_all_failed_share_their_list) {
  fanout::all_failed const e(
      std::vector<fanout::failure>{{0, "a", thrown(std::runtime_error("b"))}});
  fanout::all_failed const copy = e;
  BOOST_TEST(&copy.failures() == &e.failures());
}

// ---- the handler of errors that nobody looked at

BOOST_AUTO_TEST_CASE(setting_the_unhandled_error_handler_gives_the_one_before) {
  std::string heard;
  fanout::unhandled_error_handler const before = fanout::set_unhandled_error_handler(
      [&heard](std::string_view name, std::exception_ptr) { heard = name; });
  fanout::unhandled_error_handler const mine = fanout::set_unhandled_error_handler(before);
  BOOST_REQUIRE(mine);
  mine("child 3", nullptr);
  BOOST_TEST(heard == "child 3");
}

BOOST_AUTO_TEST_CASE(there_is_no_unhandled_error_handler_until_one_is_set) {
  fanout::unhandled_error_handler const none = fanout::set_unhandled_error_handler(nullptr);
  BOOST_TEST(!none);
  BOOST_CHECK_NO_THROW(
      fanout::detail::report_unhandled_error("nobody", thrown(std::runtime_error("unheard"))));
}

BOOST_AUTO_TEST_CASE(the_unhandled_error_handler_hears_the_name_and_the_error) {
  std::exception_ptr const error = thrown(std::runtime_error("lost"));
  std::string name;
  std::exception_ptr heard;
  fanout::set_unhandled_error_handler([&](std::string_view n, std::exception_ptr e) {
    name = n;
    heard = e;
  });
  fanout::detail::report_unhandled_error("task 1", error);
  fanout::set_unhandled_error_handler(nullptr);
  BOOST_TEST(name == "task 1");
  BOOST_TEST((heard == error));
}

BOOST_AUTO_TEST_CASE(an_unhandled_error_handler_may_install_another_one) {
  int heard = 0;
  fanout::set_unhandled_error_handler([&heard](std::string_view, std::exception_ptr) {
    fanout::set_unhandled_error_handler(nullptr);
    ++heard;
  });
  fanout::detail::report_unhandled_error("one", nullptr);
  fanout::detail::report_unhandled_error("two", nullptr);
  BOOST_TEST(heard == 1);
}

// ---- what policies refuse

BOOST_AUTO_TEST_CASE(a_limit_below_one_is_refused_with_its_value) {
  auto const text = [](char const* value) {
    return std::string("fanout::limit: at least one child must be able to run, not ") + value;
  };
  FANOUT_CHECK_THROWS(std::invalid_argument, text("0"), fanout::limit(0));
  FANOUT_CHECK_THROWS(std::invalid_argument, text("0"), fanout::limit(0u));
  FANOUT_CHECK_THROWS(std::invalid_argument, text("-1"), fanout::limit(-1));
  BOOST_CHECK_NO_THROW(fanout::limit(1));
}

BOOST_AUTO_TEST_CASE(a_limit_at_compile_time_is_possible) {
  constexpr std::size_t applied = [] {
    fanout::rules r;
    fanout::limit(8).apply(r);
    return r.limit;
  }();
  static_assert(applied == 8);
  static_assert(fanout::rules().limit == fanout::rules::unlimited);
}

template <class Rules>
concept sets_winners = requires(Rules& r) { r.winners = 1; };
template <class Rules>
concept sets_results = requires(Rules& r) { r.return_exceptions = true; };

BOOST_AUTO_TEST_CASE(a_policy_of_a_user_cannot_set_what_the_types_depend_on) {
  static_assert(!sets_winners<fanout::rules> && !sets_results<fanout::rules>);
  static_assert(sets_winners<fanout::detail::all_rules> && sets_results<fanout::detail::all_rules>);
  BOOST_TEST(sizeof(fanout::rules) < sizeof(fanout::detail::all_rules));
}

BOOST_AUTO_TEST_CASE(a_child_timeout_of_nothing_or_less_is_refused_with_its_value) {
  auto const text = [](char const* value) {
    return std::string("fanout::child_timeout: the duration must be positive, not ") + value;
  };
  FANOUT_CHECK_THROWS(std::invalid_argument, text("0 s"), fanout::child_timeout(0s));
  FANOUT_CHECK_THROWS(std::invalid_argument, text("-1500 ms"), fanout::child_timeout(-1500ms));
  FANOUT_CHECK_THROWS(std::invalid_argument, text("-1 ns"), fanout::child_timeout(-1ns));
  BOOST_CHECK_NO_THROW(fanout::child_timeout(1ns));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vocabulary
