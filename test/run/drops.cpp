//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: a child that is destroyed along with a context of its own ends with operation_aborted,
// and so does a wait for a future on another context. What an operation does about it.

#include <fanout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/drops.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace drops {

using namespace zoo;
using fanout::gather;
using fanout::return_exceptions;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::drive;
using fanout_test::how_it_ended;
using fanout_test::never;
using fanout_test::poll;
using fanout_test::timer_on;

constexpr auto aborted = "Operation canceled [system:125]";

/// The context that lives, and the one that goes.
struct contexts {
  asio::io_context here;
  std::optional<asio::io_context> there{std::in_place};

  void run_both() {
    poll(here);
    poll(*there);
    poll(here);
  }
  void lose() {
    there.reset();
    drive(here);
  }
};

/// What a coroutine on the context that lives has ended with: nothing as long as it runs.
class observed {
public:
  template <class Coroutine>
  observed(contexts& both, Coroutine coroutine) {
    asio::co_spawn(both.here, std::move(coroutine),
                   [to = text_](std::exception_ptr error, std::string text) {
                     *to = error ? how_it_ended(error) : std::move(text);
                   });
  }

  std::string const& text() const { return *text_; }

private:
  std::shared_ptr<std::string> text_ = std::make_shared<std::string>();
};

/// An operation that destroys its handler inside its initiation.
auto forgets_its_handler() {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void()>([](auto) {}, token);
}

BOOST_AUTO_TEST_SUITE(drops_test)

// ---- what an operation does about it

awaitable<std::string> two_with_a_limit(asio::io_context& there) {
  auto const all = co_await gather(asio::bind_executor(there, never()), nothing_at_once(),
                                   fanout::limit(1), return_exceptions);
  co_return how_it_ended(std::get<0>(all)) + ", " + how_it_ended(std::get<1>(all));
}

BOOST_AUTO_TEST_CASE(the_place_of_a_dropped_child_goes_to_the_next) {
  for (bool const started : {false, true}) {
    contexts both;
    observed const ended(both, two_with_a_limit(*both.there));
    if (started)
      both.run_both();
    else
      poll(both.here);
    both.lose();
    BOOST_TEST(ended.text() == std::string(aborted) + ", value");
  }
}

awaitable<void> waits_for_a_timer_there(asio::io_context& there) { co_await timer_on(there); }

awaitable<std::string> coroutines_in_turn(asio::io_context& there) {
  auto const all = co_await gather(waits_for_a_timer_there(there), nothing_at_once(),
                                   fanout::limit(1), return_exceptions);
  co_return how_it_ended(std::get<0>(all)) + ", " + how_it_ended(std::get<1>(all));
}

BOOST_AUTO_TEST_CASE(a_coroutine_at_home_that_waits_for_an_object_that_goes_is_dropped_too) {
  contexts both;
  observed const ended(both, coroutines_in_turn(*both.there));
  both.run_both();
  both.lose();
  BOOST_TEST(ended.text() == std::string(aborted) + ", value");
}

BOOST_AUTO_TEST_CASE(an_operation_that_nobody_can_cancel_hears_of_it_too) {
  contexts both;
  std::string ended;
  gather(both.here, timer_on(*both.there), asio::bind_executor(*both.there, never()),
         waits_for_a_timer_there(*both.there),
         return_exceptions)([&](std::exception_ptr error, auto all) {
    BOOST_TEST(!error);
    ended = how_it_ended(std::get<0>(all)) + ", " + how_it_ended(std::get<1>(all)) + ", " +
            how_it_ended(std::get<2>(all));
  });
  both.run_both();
  both.lose();
  auto const one = std::string(aborted);
  BOOST_TEST(ended == one + ", " + one + ", " + one);
}

BOOST_AUTO_TEST_CASE(policies_hear_of_a_dropped_child) {
  contexts both;
  std::vector<std::size_t> order;
  std::string heard, ended;
  gather(both.here, asio::bind_executor(*both.there, never()), after(10, 1), return_exceptions,
         fanout::completion_order(order), fanout::on_progress([&](fanout::progress const& p) {
           heard += std::to_string(p.index) + ":" + std::to_string(p.failed) + " ";
         }))([&](std::exception_ptr error, auto) { ended = how_it_ended(error); });
  both.run_both();
  both.lose();
  BOOST_TEST(ended == "value");
  BOOST_TEST(heard == "0:1 1:1 ");
  BOOST_TEST(order == (std::vector<std::size_t>{0, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_dropped_straggler_is_heard_by_on_late_error) {
  contexts both;
  std::string late, ended;
  gather(both.here, throws_at_once("early"), asio::bind_executor(*both.there, never()),
         fanout::on_late_error([&](std::size_t index, std::exception_ptr const& error) {
           late = std::to_string(index) + " " + how_it_ended(error);
         }))([&](std::exception_ptr error, auto) { ended = how_it_ended(error); });
  both.run_both();
  BOOST_TEST(ended == "early");
  both.lose();
  BOOST_TEST(late == std::string("1 ") + aborted);
}

awaitable<std::string> joins_a_straggler(asio::io_context& there) {
  fanout::task_group group(co_await asio::this_coro::executor);
  std::exception_ptr early;
  try {
    co_await gather(throws_at_once("early"), asio::bind_executor(there, never()),
                    fanout::stragglers(group));
  } catch (oops const&) {
    early = std::current_exception();
  }
  co_await group.join();
  co_return how_it_ended(early) + ", joined";
}

BOOST_AUTO_TEST_CASE(a_group_waits_no_longer_for_a_straggler_that_is_dropped) {
  contexts both;
  observed const ended(both, joins_a_straggler(*both.there));
  both.run_both();
  BOOST_TEST(ended.text() == "");
  both.lose();
  BOOST_TEST(ended.text() == "early, joined");
}

BOOST_AUTO_TEST_CASE(a_dropped_child_gives_back_its_place_of_a_shared_limit) {
  contexts both;
  fanout::limiter one(1);
  std::string ended;
  gather(both.here, asio::bind_executor(*both.there, never()),
         fanout::limit(one))([&](std::exception_ptr error, auto) { ended = how_it_ended(error); });
  both.run_both();
  BOOST_TEST(!one.try_acquire());
  both.lose();
  BOOST_TEST(ended == aborted);
  BOOST_TEST(static_cast<bool>(one.try_acquire()));
}

BOOST_AUTO_TEST_CASE(a_child_that_its_time_limit_had_cancelled_ends_with_that_when_it_is_dropped) {
  contexts both;
  std::string ended;
  fanout::timeout<virtual_clock>(both.here, milliseconds(10),
                                 asio::bind_executor(*both.there, never()))(
      [&](std::exception_ptr error) { ended = how_it_ended(error); });
  both.run_both();
  both.there->stop();
  drive(both.here);
  BOOST_TEST(ended == "");
  both.lose();
  BOOST_TEST(ended == "deadline exceeded");
}

// A request goes to the executor of each child, of which the dropped one has none any more.
BOOST_AUTO_TEST_CASE(a_request_between_the_drop_and_its_report_reaches_nothing_that_has_gone) {
  contexts both;
  asio::cancellation_signal signal;
  std::string ended;
  gather(both.here, asio::bind_executor(asio::make_strand(*both.there), never()),
         timer_on(*both.there),
         asio::co_spawn(asio::make_strand(*both.there), never(), asio::deferred), after(10, 1),
         return_exceptions)(asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr error, auto) { ended = how_it_ended(error); }));
  both.run_both();
  both.there.reset();
  signal.emit(asio::cancellation_type::terminal);
  drive(both.here);
  BOOST_TEST(ended == aborted);
}

BOOST_AUTO_TEST_CASE(a_task_that_is_cancelled_between_the_drop_and_its_report_ends_once) {
  for (bool const of_a_group : {false, true}) {
    contexts both;
    fanout::task_group group(both.here);
    auto const create = [&](auto child) {
      return of_a_group ? group.create_task(std::move(child))
                        : fanout::create_task(both.here, std::move(child));
    };
    auto const f = create(asio::bind_executor(asio::make_strand(*both.there), never()));
    both.run_both();
    both.there.reset();
    BOOST_TEST(!f.done());
    BOOST_TEST(f.cancel());
    drive(both.here);
    BOOST_TEST(f.cancelled());
    FANOUT_CHECK_THROWS(boost::system::system_error, aborted, f.result());
  }
}

BOOST_AUTO_TEST_CASE(a_task_whose_own_context_went_first_is_not_told_of_the_drop) {
  std::optional<asio::io_context> home(std::in_place), child(std::in_place);
  std::optional<fanout::task_group> group(std::in_place, *home);
  auto const in_group = group->create_task(asio::bind_executor(*child, never()));
  auto const alone = fanout::create_task(*home, asio::bind_executor(*child, never()));
  poll(*home);
  poll(*child);
  home.reset();
  child.reset();
  BOOST_TEST(counted::live == 0);
  BOOST_TEST(!in_group.done());
  BOOST_TEST(!alone.done());
}

// ---- initiations

BOOST_AUTO_TEST_CASE(an_initiation_that_destroys_its_handler_has_dropped_its_child) {
  for (bool const cancellable : {false, true}) {
    asio::io_context here;
    asio::cancellation_signal signal;
    std::string ended;
    auto op = gather(here, forgets_its_handler(), nothing_at_once(), return_exceptions);
    auto handler = [&](std::exception_ptr error, auto all) {
      BOOST_TEST(!error);
      ended = how_it_ended(std::get<0>(all)) + ", " + how_it_ended(std::get<1>(all));
    };
    if (cancellable)
      std::move(op)(asio::bind_cancellation_slot(signal.slot(), handler));
    else
      std::move(op)(handler);
    drive(here);
    BOOST_TEST(ended == std::string(aborted) + ", value");
  }
}

BOOST_AUTO_TEST_CASE(a_child_whose_initiation_throws_ends_with_that_and_once) {
  asio::io_context here;
  std::vector<std::string> ends;
  gather(here, throwing_initiation("at its start"), after(10, 1), return_exceptions,
         fanout::on_progress([&](fanout::progress const& p) {
           ends.push_back(std::to_string(p.index) + " of " + std::to_string(p.ended));
         }))([&](std::exception_ptr, auto all) { ends.push_back(how_it_ended(std::get<0>(all))); });
  drive(here);
  BOOST_TEST(ends == (std::vector<std::string>{"0 of 1", "1 of 2", "at its start"}),
             boost::test_tools::per_element());
}

// ---- the context of the operation, and another one of its handler

BOOST_AUTO_TEST_CASE(a_handler_on_another_context_hears_that_the_operation_has_gone) {
  for (bool const started : {false, true}) {
    contexts both;
    std::string ended;
    int value = 7;
    auto const there = both.there->get_executor();
    fanout::race(there, after(10, 1), after(20, 2))(
        asio::bind_executor(both.here, [&](std::exception_ptr error, auto won) {
          ended = how_it_ended(error);
          value = won.value;
        }));
    if (started) poll(*both.there);
    both.there.reset();
    BOOST_TEST(ended == ""); // never inside the destructor
    drive(both.here);
    BOOST_TEST(ended == aborted);
    BOOST_TEST(value == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_handler_on_a_strand_of_the_context_that_goes_hears_nothing) {
  int calls = 0;
  {
    asio::io_context there;
    gather(there, never(),
           never())(asio::bind_executor(asio::make_strand(there), counted_handler{&calls}));
    poll(there);
  }
  BOOST_TEST(calls == 0);
  BOOST_TEST(counted::live == 0);
}

// ---- groups and streams on the context that goes

awaitable<std::string> waits_for_a_slot(std::shared_ptr<fanout::task_group> group) {
  try {
    co_await group->slot();
  } catch (fanout::invalid_state const& e) {
    co_return e.what();
  }
  co_return "a slot";
}

awaitable<std::string> joins(std::shared_ptr<fanout::task_group> group) {
  co_await group->join();
  co_return "joined";
}

BOOST_AUTO_TEST_CASE(who_waits_elsewhere_for_a_group_hears_that_its_context_has_gone) {
  contexts both;
  auto const group = std::make_shared<fanout::task_group>(*both.there, fanout::limit(1));
  group->create_task(never());
  poll(*both.there);
  observed const slot(both, waits_for_a_slot(group));
  poll(both.here);
  observed const joined(both, joins(group));
  poll(both.here);
  both.lose();
  BOOST_TEST(slot.text() ==
             "fanout::task_group: it has ended, or is being cancelled: invalid state "
             "[fanout:1]");
  BOOST_TEST(joined.text() == aborted);
  observed const too_late(both, joins(group));
  drive(both.here);
  BOOST_TEST(too_late.text() == aborted);
}

awaitable<std::string> reads_a_stream(asio::io_context& there) {
  auto stream = fanout::as_completed(there, at_once(1), after(10, 2));
  auto const first = co_await stream.next();
  std::string text = std::to_string(first->index);
  try {
    co_await stream.next();
  } catch (...) {
    text += ", " + how_it_ended(std::current_exception());
  }
  text += (co_await stream.next()) ? ", more" : ", over";
  co_await stream.close();
  co_return text;
}

BOOST_AUTO_TEST_CASE(a_stream_whose_context_goes_ends_with_operation_aborted) {
  contexts both;
  observed const ended(both, reads_a_stream(*both.there));
  both.run_both();
  both.lose();
  BOOST_TEST(ended.text() == std::string("0, ") + aborted + ", over");
}

// ---- futures

BOOST_AUTO_TEST_CASE(who_waits_elsewhere_for_a_future_hears_that_there_will_be_no_end) {
  contexts both;
  auto const f = fanout::create_task(*both.there, after(10, 1), "abandoned");
  fanout::promise<int> p(*both.there);
  std::vector<std::string> ended;
  auto const wait = [&](fanout::future<int> const& one) {
    one(asio::bind_executor(both.here, [&ended](std::exception_ptr error, int value) {
      ended.push_back(how_it_ended(error) + " " + std::to_string(value));
    }));
  };
  wait(f);
  wait(p.get_future());
  wait(f);
  both.run_both();
  both.there.reset();
  BOOST_TEST(ended.empty()); // never inside the destructor
  drive(both.here);
  BOOST_TEST(ended.size() == 3u);
  wait(f);
  wait(p.get_future());
  BOOST_TEST(ended.size() == 3u);
  drive(both.here);
  BOOST_TEST(ended == std::vector<std::string>(5, std::string(aborted) + " 0"),
             boost::test_tools::per_element());
  BOOST_TEST(!f.done()); // the future itself never ends
  BOOST_TEST(!f.cancelled());
  BOOST_TEST(!f.cancel());
}

BOOST_AUTO_TEST_CASE(a_wait_does_not_wait_for_a_future_that_never_ends) {
  contexts both;
  std::vector<fanout::future<int>> const tasks{fanout::create_task(*both.there, after(10, 1)),
                                               fanout::create_task(both.here, after(10, 2))};
  std::size_t done = 0, pending = 0;
  fanout::wait(both.here, tasks, fanout::all_completed)(
      [&](std::exception_ptr error, fanout::wait_result<int> const& ended) {
        BOOST_TEST(!error);
        done = ended.done.size();
        pending = ended.pending.size();
      });
  both.run_both();
  both.lose();
  BOOST_TEST(done == 1u);
  BOOST_TEST(pending == 1u);
}

BOOST_AUTO_TEST_CASE(a_future_that_nobody_refers_to_goes_before_its_context_or_after_it) {
  for (bool const future_first : {false, true}) {
    contexts both;
    std::optional<fanout::promise<int>> p(std::in_place, *both.there);
    int calls = 0;
    p->get_future()(asio::bind_executor(both.here, counted_handler{&calls}));
    if (future_first) p.reset();
    both.there.reset();
    p.reset();
    drive(both.here);
    BOOST_TEST(calls == 1);
    BOOST_TEST(counted::live == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace drops
