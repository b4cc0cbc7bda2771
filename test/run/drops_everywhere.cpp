//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: a child that is destroyed along with a context of its own ends with operation_aborted,
// whatever it is and whatever runs it; an operation whose own context is destroyed calls nothing.

#include <fanout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/drops.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace drops_everywhere {

namespace asio = boost::asio;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::drive;
using fanout_test::dropped_children;
using fanout_test::for_each_operation;
using fanout_test::how_it_ended;
using fanout_test::poll;

using children = dropped_children<asio::io_context>;

enum class moment { before_the_start, during_the_wait, stopped };

// What an operation on one context ends with when that of its child is destroyed.
template <class Verb, class Kind>
std::string ends_with(Verb const& verb, Kind const& kind, moment when, bool cancellable) {
  asio::io_context here;
  std::optional<asio::io_context> there(std::in_place);
  children made(*there);
  asio::cancellation_signal signal;
  std::string text;
  auto const done = [&text](std::exception_ptr error, std::string ended) {
    text = error ? how_it_ended(error) : std::move(ended);
  };
  auto coroutine = verb.run([&] { return kind.make(made); });
  if (cancellable)
    asio::co_spawn(here, std::move(coroutine), asio::bind_cancellation_slot(signal.slot(), done));
  else
    asio::co_spawn(here, std::move(coroutine), done);
  poll(here);
  if (when != moment::before_the_start) {
    poll(*there);
    poll(here);
  }
  if (when == moment::stopped) {
    there->stop();
    poll(here);
  }
  if (!text.empty()) return "too early: " + text;
  there.reset();
  if (!text.empty()) return "in the destructor: " + text;
  drive(here);
  return text;
}

BOOST_AUTO_TEST_SUITE(drops_everywhere_test)

BOOST_AUTO_TEST_CASE(a_child_whose_context_is_destroyed_ends_with_operation_aborted) {
  int points = 0;
  for_each_operation([&](auto const& verb, auto const& kind) {
    for (auto const when : {moment::before_the_start, moment::during_the_wait, moment::stopped})
      for (bool const cancellable : {false, true}) {
        BOOST_TEST_CONTEXT(verb.name << " of " << kind.name << " at " << static_cast<int>(when)
                                     << ", cancellable " << cancellable) {
          BOOST_TEST(ends_with(verb, kind, when, cancellable) == verb.expected);
          BOOST_TEST(counted::live == 0);
        }
        ++points;
      }
  });
  BOOST_TEST_MESSAGE(points << " points");
  BOOST_TEST(points == (14 * 2 + 3 * 7) * 3 * 2);
}

BOOST_AUTO_TEST_CASE(an_operation_whose_own_context_is_destroyed_calls_nothing) {
  int points = 0;
  for_each_operation([&](auto const& verb, auto const& kind) {
    for (bool const started : {false, true}) {
      BOOST_TEST_CONTEXT(verb.name << " of " << kind.name << ", started " << started) {
        int calls = 0;
        {
          asio::io_context all;
          children made(all);
          asio::co_spawn(all, verb.run([&] { return kind.make(made); }), counted_handler{&calls});
          if (started) poll(all);
        }
        BOOST_TEST(calls == 0);
        BOOST_TEST(counted::live == 0);
      }
      ++points;
    }
  });
  BOOST_TEST_MESSAGE(points << " points");
  BOOST_TEST(points == (14 * 2 + 3 * 7) * 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace drops_everywhere
