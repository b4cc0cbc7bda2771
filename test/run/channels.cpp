//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 2.1: what counts as cancelled. Asio's channels end a cancelled wait with an error of
// their own.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/race.hpp>
#include <fanout/result.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/channel_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/generic_category.hpp>
#include <boost/system/system_category.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace channels {

using namespace zoo;
using namespace std::chrono_literals;
using boost::system::error_code;
using fanout::condition;
using fanout::is_cancelled;
using fanout::is_timed_out;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::unhandled;
using virtual_clock = fanout::virtual_clock;
namespace asio = boost::asio;
namespace errc = asio::experimental::channel_errc;

using channel = asio::experimental::channel<void(error_code, int)>;

/// A channel that nothing is ever sent to.
struct silent {
  explicit silent(asio::any_io_executor const& executor) : ch(executor) {}

  auto read() { return ch.async_receive(asio::deferred); }

  auto reader() {
    return [this]() -> asio::awaitable<int> {
      co_return co_await ch.async_receive(asio::use_awaitable);
    };
  }

  channel ch;
};

void check_channel_cancelled(std::exception_ptr const& error) {
  check_error<boost::system::system_error>(
      error, boost::system::system_error(error_code(errc::channel_cancelled)).what());
}

template <class Operation>
asio::awaitable<std::exception_ptr> error_of(Operation operation) {
  try {
    co_await std::move(operation);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

BOOST_AUTO_TEST_SUITE(channels_test)

// ---- the question

BOOST_AUTO_TEST_CASE(these_codes_mean_cancelled_and_no_others) {
  namespace system = boost::system;
  constexpr int canceled = static_cast<int>(std::errc::operation_canceled);
  error_code const cancelled[]{asio::error::operation_aborted,
                               errc::channel_cancelled,
                               {canceled, system::generic_category()},
                               {canceled, system::system_category()},
                               std::error_code(canceled, std::generic_category()),
                               std::error_code(canceled, std::system_category())};
  for (error_code const& code : cancelled) {
    BOOST_TEST_CONTEXT(code.category().name() << ':' << code.value()) {
      BOOST_TEST(is_cancelled(code));
      BOOST_TEST((code == condition::cancelled));
      BOOST_TEST(is_cancelled(std::make_exception_ptr(system::system_error(code))));
      BOOST_TEST(is_cancelled(std::make_exception_ptr(std::system_error(code))));
      BOOST_TEST(is_cancelled(fanout::result<int>(
          system::in_place_error, std::make_exception_ptr(system::system_error(code)))));
    }
  }
  error_code const others[]{{},
                            errc::channel_closed,
                            asio::error::timed_out,
                            asio::error::eof,
                            fanout::errc::interrupted,
                            {2, system::generic_category()},
                            std::error_code(2, std::generic_category()),
                            std::make_error_code(std::future_errc::broken_promise)};
  for (error_code const& code : others) {
    BOOST_TEST_CONTEXT(code.category().name() << ':' << code.value()) {
      BOOST_TEST(!is_cancelled(code));
      BOOST_TEST((code != condition::cancelled));
      BOOST_TEST(!is_cancelled(std::make_exception_ptr(system::system_error(code))));
      BOOST_TEST(!is_cancelled(std::make_exception_ptr(std::system_error(code))));
    }
  }
  BOOST_TEST(!is_cancelled(std::exception_ptr()));
  BOOST_TEST(!is_cancelled(std::make_exception_ptr(std::runtime_error("Operation canceled"))));
  BOOST_TEST(!is_cancelled(std::make_exception_ptr(2)));
}

// A category says so by itself also where the condition was stored.
BOOST_AUTO_TEST_CASE(a_stored_condition_compares_with_codes_of_boost) {
  namespace system = boost::system;
  constexpr int canceled = static_cast<int>(std::errc::operation_canceled);
  system::error_condition const stored = condition::cancelled;
  BOOST_TEST((error_code(asio::error::operation_aborted) == stored));
  BOOST_TEST((error_code(errc::channel_cancelled) == stored));
  BOOST_TEST((error_code(canceled, system::generic_category()) == stored));
  BOOST_TEST((error_code(canceled, system::system_category()) == stored));
  BOOST_TEST((error_code(errc::channel_closed) != stored));
}

// Another library says by the category of its errors that one of them means this.
struct my_category final : boost::system::error_category {
  char const* name() const noexcept override { return "mine"; }
  std::string message(int) const override { return "given up"; }
  bool equivalent(int code, boost::system::error_condition const& c) const noexcept override {
    return code == 7 && c == fanout::condition::cancelled;
  }
};

FANOUT_TEST(the_category_of_another_library_joins_by_equivalent) {
  static my_category const category;
  BOOST_TEST(is_cancelled(error_code(7, category)));
  BOOST_TEST(!is_cancelled(error_code(8, category)));
  auto const another = []() -> asio::awaitable<void> {
    try {
      co_await zoo::sleep_ms(50);
    } catch (boost::system::system_error const&) {
      throw boost::system::system_error(error_code(7, category));
    }
  };
  auto const error = co_await error_of(fanout::timeout<virtual_clock>(5ms, another));
  BOOST_TEST(is_timed_out(error));
}

BOOST_AUTO_TEST_CASE(the_condition_has_a_name_and_a_text) {
  auto const c = make_error_condition(condition::cancelled);
  BOOST_TEST(std::string(c.category().name()) == "fanout.condition");
  BOOST_TEST(c.message() == "cancelled");
}

// ---- asked to end: a cancellation in every verb

FANOUT_TEST(a_time_limit_explains_the_error_of_a_channel) {
  silent s(co_await asio::this_coro::executor);
  BOOST_TEST(is_timed_out(co_await error_of(fanout::timeout<virtual_clock>(5ms, s.read()))));
  BOOST_TEST(is_timed_out(co_await error_of(fanout::timeout<virtual_clock>(5ms, s.reader()))));
  auto [a, b] = co_await fanout::gather(
      s.read(), s.reader(), fanout::child_timeout<virtual_clock>(5ms), fanout::return_exceptions);
  BOOST_TEST((is_timed_out(a) && is_timed_out(b)));
  auto [c, d] = co_await fanout::gather(s.read(), s.reader(), fanout::deadline<virtual_clock>(5ms),
                                        fanout::return_exceptions);
  BOOST_TEST((is_timed_out(c) && is_timed_out(d)));
}

FANOUT_TEST(a_reader_of_a_channel_has_a_time_limit) {
  auto const timeout = [](auto d, auto child) { // in virtual time, under the name of the manual
    return fanout::timeout<virtual_clock>(d, std::move(child));
  };
  asio::experimental::channel<void(error_code, int)> channel(co_await asio::this_coro::executor);
  bool late = false;
  try {
    auto const next = [&]() -> asio::awaitable<int> {
      co_return co_await channel.async_receive(asio::use_awaitable);
    };
    co_await timeout(5ms, next); // deadline_exceeded
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
}

FANOUT_TEST(the_error_itself_is_never_replaced) {
  auto const executor = co_await asio::this_coro::executor;
  silent s(executor);
  auto const task =
      fanout::create_task(executor, fanout::gather(s.read(), s.reader(), fanout::return_exceptions,
                                                   fanout::keep_results));
  co_await sleep_ms(1);
  task.cancel();
  auto const all = co_await task;
  check_channel_cancelled(std::get<0>(all).error());
  check_channel_cancelled(std::get<1>(all).error());
}

FANOUT_TEST(a_task_that_was_cancelled_is_cancelled) {
  unhandled reported;
  auto const executor = co_await asio::this_coro::executor;
  silent s(executor);
  auto const task = fanout::create_task(executor, s.read());
  auto const other = fanout::create_task(executor, s.reader());
  {
    auto const dropped = fanout::create_task(executor, s.read());
    dropped.cancel();
  }
  co_await sleep_ms(1);
  BOOST_TEST((task.cancel() && other.cancel()));
  co_await sleep_ms(1);
  BOOST_TEST((task.cancelled() && other.cancelled()));
  check_channel_cancelled(co_await error_of(task));
  FANOUT_CHECK_THROWS(boost::system::system_error,
                      boost::system::system_error(error_code(errc::channel_cancelled)).what(),
                      task.exception());
  BOOST_TEST(reported.log.empty());
}

FANOUT_TEST(a_group_forgives_what_it_has_cancelled) {
  auto const executor = co_await asio::this_coro::executor;
  silent s(executor);
  fanout::task_group group(executor);
  auto const task = group.create_task(s.read());
  auto const other = group.create_task(s.reader());
  co_await sleep_ms(1);
  other.cancel();
  co_await sleep_ms(1);
  BOOST_TEST((other.cancelled() && !task.done())); // one that is cancelled does not end the group
  group.cancel();
  co_await group.join();
  BOOST_TEST(group.failures().empty());
  BOOST_TEST(task.cancelled());
}

FANOUT_TEST(a_group_forgives_also_what_ends_between_its_cancellation_and_the_request) {
  auto const executor = co_await asio::this_coro::executor;
  silent s(executor);
  fanout::task_group group(executor);
  auto const task = group.create_task(s.read());
  co_await sleep_ms(1);
  s.ch.cancel();
  group.cancel(); // the request comes a turn later
  co_await group.join();
  BOOST_TEST(group.failures().empty());
  BOOST_TEST(task.cancelled());
}

FANOUT_TEST(races_limits_and_waits_take_it_for_a_cancellation) {
  auto const executor = co_await asio::this_coro::executor;
  silent s(executor);
  auto const won = co_await fanout::race(
      s.read(), s.reader(), fanout::create_task(executor, hop(3)), fanout::return_exceptions);
  BOOST_TEST(won.index == 2u);
  BOOST_TEST((is_cancelled(std::get<0>(won.value)) && is_cancelled(std::get<1>(won.value))));
  auto const first = co_await fanout::first_success(s.reader(), s.read(), hop(4));
  BOOST_TEST(first.index == 2u);
  auto stream = fanout::as_completed(s.read(), s.reader(), hop(5));
  BOOST_TEST((co_await stream.next())->index == 2u);
  co_await stream.close();
  auto const one = co_await stream.next();
  auto const two = co_await stream.next();
  BOOST_TEST((is_cancelled(one->result) && is_cancelled(two->result)));
  auto const task = fanout::create_task(executor, s.read());
  std::vector const tasks{task};
  auto const waited = fanout::create_task(executor, fanout::wait(tasks, fanout::first_exception));
  co_await sleep_ms(1);
  task.cancel();
  co_await sleep_ms(1);
  BOOST_TEST((waited.done() && waited.result().done.size() == 1u));
  // The wait ends here, and not the reading.
  BOOST_TEST(is_timed_out(
      co_await error_of(fanout::timeout<virtual_clock>(5ms, fanout::shield(s.read())))));
}

// ---- not asked: an error like any other

FANOUT_TEST(a_channel_that_the_peer_cancels_is_a_failure) {
  unhandled reported;
  auto const executor = co_await asio::this_coro::executor;
  silent s(executor);
  auto const cancels = [&]() -> asio::awaitable<void> {
    co_await zoo::sleep_ms(1);
    s.ch.cancel();
  };
  auto const task = fanout::create_task(executor, s.read());
  co_await cancels();
  co_await sleep_ms(1);
  BOOST_TEST(!task.cancelled());
  check_channel_cancelled(task.exception());
  check_channel_cancelled(co_await error_of(fanout::gather(s.read(), cancels)));
  check_channel_cancelled(
      co_await error_of(fanout::timeout<virtual_clock>(1h, [&]() -> asio::awaitable<void> {
        auto both = fanout::gather(s.read(), cancels);
        co_await std::move(both);
      })));
  { // the others are cancelled with it, and the group ends with that error
    fanout::task_group group(executor);
    auto const reads = group.create_task(s.read());
    auto const waits = group.create_task(zoo::sleep_ms(1'000));
    co_await cancels();
    check_channel_cancelled(co_await error_of(group.join()));
    BOOST_TEST((!reads.cancelled() && waits.cancelled()));
  }
  {
    fanout::task_group group(executor, fanout::keep_going);
    group.create_task(s.read(), "reader");
    co_await cancels();
    co_await group.join();
    BOOST_TEST(group.failures().size() == 1u);
  }
  {
    auto const dropped = fanout::create_task(executor, s.read(), "dropped");
    co_await cancels();
  }
  co_await sleep_ms(1);
  BOOST_TEST(reported.log.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace channels
