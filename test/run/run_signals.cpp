//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// How signals end `run`: the first, the second, the third; with children on a pool, and with a loop
// that is blocked.

#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include "../support/answers.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/pool_verbs.hpp"
#include "../support/process.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <signal.h>

namespace run_signals {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;
using fanout::run;
using fanout_test::cleans_up;
using fanout_test::converts;
using fanout_test::counted;
using fanout_test::pool_work;
using fanout_test::verbs;
using namespace std::chrono_literals;
using zoo::oops;

constexpr char const by_sigint[] = "interrupted by signal 2 (SIGINT): interrupted [fanout:4]";
constexpr char const by_sigterm[] = "interrupted by signal 15 (SIGTERM): interrupted [fanout:4]";

using lines = std::vector<std::string>;

awaitable<void> raises(int signal) {
  std::raise(signal);
  co_await fanout::sleep(1h);
}

// Answers no cancellation.
awaitable<int> deaf() {
  counted const here;
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await fanout::sleep(1h);
  co_return 0;
}

awaitable<int> fails(std::string text) {
  throw oops(text);
  co_return 0;
}

// Answers its cancellation by two signals, and no other one.
awaitable<int> raises_twice_at_its_end() {
  bool cancelled = false;
  try {
    co_await fanout::sleep(1h);
  } catch (boost::system::system_error const&) {
    cancelled = true;
  }
  if (cancelled) {
    std::raise(SIGINT);
    std::raise(SIGINT);
  }
  co_return co_await deaf();
}

// Gathers two children and leaves them behind.
template <class A, class B>
awaitable<void> leaves(A a, B b) {
  auto operation = gather(std::move(a), std::move(b), fails("early"));
  try {
    co_await std::move(operation);
  } catch (oops const&) {
  }
}

bool does_by_default(int signal) {
  struct sigaction now{};
  sigaction(signal, nullptr, &now);
  return now.sa_handler == SIG_DFL;
}

// Blocks the thread until the second signal has been heard.
void block() {
  while (!does_by_default(SIGINT) || !does_by_default(SIGTERM)) std::this_thread::yield();
}

BOOST_AUTO_TEST_SUITE(run_signals_test)

// ---- the first

BOOST_AUTO_TEST_CASE(a_signal_cancels_main_and_throws_interrupted) {
  FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(raises(SIGINT)));
  FANOUT_CHECK_THROWS(fanout::interrupted, by_sigterm, run(raises(SIGTERM)));
}

BOOST_AUTO_TEST_CASE(interrupted_tells_the_signal) {
  try {
    run(raises(SIGTERM));
    BOOST_ERROR("no error");
  } catch (fanout::interrupted const& e) {
    BOOST_TEST(e.signal() == SIGTERM);
    BOOST_TEST((e.code() == fanout::errc::interrupted));
  }
}

BOOST_AUTO_TEST_CASE(a_signal_lets_main_and_its_children_clean_up) {
  lines log;
  auto const main = [&log]() -> awaitable<void> {
    co_await gather(cleans_up(log), cleans_up(log), raises(SIGINT));
  };
  FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(main));
  BOOST_TEST(log == (lines{"clean", "clean"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_main_that_survives_a_signal_returns_its_value) {
  auto const main = []() -> awaitable<int> {
    std::raise(SIGINT);
    try {
      co_await fanout::sleep(1h);
    } catch (boost::system::system_error const&) {
    }
    co_return 7;
  };
  BOOST_TEST(run(main) == 7);
}

BOOST_AUTO_TEST_CASE(a_main_that_answers_a_signal_by_an_error_throws_that) {
  auto const main = []() -> awaitable<int> {
    std::raise(SIGINT);
    return converts("instead");
  };
  FANOUT_CHECK_THROWS(oops, "instead", run(main));
}

BOOST_AUTO_TEST_CASE(one_signal_ends_every_operation_in_order) {
  for (auto const& v : verbs) {
    for (std::size_t const threads : {1u, 4u}) {
      BOOST_TEST_CONTEXT(v.name << ", threads: " << threads) {
        pool_work w;
        auto const main = [&]() -> awaitable<void> {
          auto const raises_then = [&]() -> awaitable<void> {
            co_await fanout_test::until_work_has_begun(w);
            std::raise(SIGINT);
            w.go_home = true;
          };
          co_await gather(raises_then(), fanout_test::does(v, w));
        };
        FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(main, {.threads = threads}));
        w.returned = true;
        w.pool.join();
        if (std::string(v.name) != "task_group on the pool") BOOST_TEST(w.late == 0);
        BOOST_TEST(w.ended == w.begun);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_signal_after_an_exception_does_not_ask_main_a_second_time) {
  bool clean = false;
  auto const main = [&]() -> awaitable<void> {
    asio::post(co_await asio::this_coro::executor, [] { throw oops("handler"); });
    std::exception_ptr cancelled;
    try {
      co_await fanout::sleep(1h);
    } catch (...) {
      cancelled = std::current_exception();
    }
    std::raise(SIGINT);
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await fanout::sleep(20ms);
    clean = true;
    std::rethrow_exception(cancelled);
  };
  FANOUT_CHECK_THROWS(oops, "handler", run(main));
  BOOST_TEST(clean);
}

// ---- the second

BOOST_AUTO_TEST_CASE(a_second_signal_stops_hard) {
  auto const main = []() -> awaitable<void> {
    counted const here;
    std::raise(SIGINT);
    std::raise(SIGINT);
    co_await deaf();
  };
  FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(main));
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(a_second_signal_stops_hard_while_leftovers_are_awaited) {
  auto const main = []() -> awaitable<int> {
    co_await leaves(deaf(), raises_twice_at_its_end());
    co_return 7;
  };
  BOOST_TEST(run(main) == 7);
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_a_loop_that_is_blocked) {
  for (std::size_t const threads : {1u, 4u}) {
    auto const main = []() -> awaitable<void> {
      std::raise(SIGTERM);
      std::raise(SIGINT);
      block();
      co_await deaf();
    };
    FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(main, {.threads = threads}));
  }
}

BOOST_AUTO_TEST_CASE(an_exception_before_the_second_signal_is_unhandled) {
  fanout_test::unhandled heard;
  auto const main = []() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    asio::post(executor, [executor] {
      asio::post(executor, [] {
        std::raise(SIGINT);
        std::raise(SIGINT);
      });
      throw oops("handler");
    });
    co_await deaf();
  };
  FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(main));
  BOOST_TEST(heard.log == lines{"run: handler"}, boost::test_tools::per_element());
}

// A process of its own: what is kept stays for ever.
BOOST_AUTO_TEST_CASE(two_signals, *boost::unit_test::disabled()) {
  auto const text = fanout_test::this_scenario();
  auto const& v = verbs[std::stoul(text.substr(1))];
  std::size_t const threads = text[0] == '1' ? 1 : 4;
  pool_work w;
  auto const main = [&]() -> awaitable<void> {
    auto const raises_twice = [&]() -> awaitable<int> {
      co_await fanout_test::until_work_has_begun(w);
      std::raise(SIGINT);
      std::raise(SIGINT);
      block();
      co_return co_await deaf();
    };
    co_await gather(raises_twice(), fanout_test::does(v, w));
  };
  try {
    run(main, {.threads = threads});
    std::puts("no error");
  } catch (std::exception const& e) {
    std::puts(e.what());
  }
  BOOST_TEST(w.ended == 0);
  BOOST_TEST(counted::live == 1); // the frames have been kept
  w.go_home = true;
  w.pool.join();
  BOOST_TEST(w.ended == w.begun);
  BOOST_TEST(counted::live == 1);
}

BOOST_AUTO_TEST_CASE(two_signals_keep_what_children_on_a_pool_refer_to) {
  for (std::size_t i = 0; i < std::size(verbs); ++i) {
    for (char const threads : {'1', '4'}) {
      BOOST_TEST_CONTEXT(verbs[i].name << ", threads: " << threads) {
        auto const end =
            fanout_test::run_case("run_signals_test/two_signals", threads + std::to_string(i));
        BOOST_TEST(end.exit_code == 0);
        BOOST_TEST(end.output == std::string(by_sigint) + '\n');
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(two_signals_with_a_stopped_pool, *boost::unit_test::disabled()) {
  {
    asio::thread_pool pool(1);
    pool.stop();
    auto const main = [&]() -> awaitable<void> {
      auto const executor = co_await asio::this_coro::executor;
      auto const raise_twice = []() -> awaitable<void> {
        std::raise(SIGINT);
        co_await fanout::sleep(5ms);
        std::puts("main waits");
        std::raise(SIGINT);
      };
      fanout::create_task(executor, raise_twice);
      gather(asio::bind_executor(pool, deaf()))(asio::bind_executor(
          executor, [of_handler = counted()](std::exception_ptr, std::tuple<int> const&) {}));
      auto operation = gather(asio::bind_executor(pool, deaf()));
      co_await std::move(operation);
    };
    FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(main));
    std::puts("run has ended");
  }
  BOOST_TEST(counted::live == 1); // the handler, although what would have called it has gone
}

BOOST_AUTO_TEST_CASE(a_stopped_pool_holds_main_up_until_the_second_signal) {
  auto const end = fanout_test::run_case("run_signals_test/two_signals_with_a_stopped_pool", "");
  BOOST_TEST(end.exit_code == 0);
  BOOST_TEST(end.output == "main waits\nrun has ended\n");
}

BOOST_AUTO_TEST_CASE(a_value_with_children_left_elsewhere, *boost::unit_test::disabled()) {
  fanout_test::unhandled heard;
  pool_work w;
  auto const main = [&]() -> awaitable<int> {
    co_await leaves(fanout_test::on_pool(w), raises_twice_at_its_end());
    co_await fanout_test::until_work_has_begun(w); // otherwise nothing is left elsewhere
    if (fanout_test::this_scenario() == "error") throw oops("of main");
    co_return 7;
  };
  FANOUT_CHECK_THROWS(fanout::interrupted, by_sigint, run(main));
  w.go_home = true;
  w.pool.join();
  for (auto const& line : heard.log) std::puts(line.c_str());
}

BOOST_AUTO_TEST_CASE(children_that_are_left_elsewhere_are_told_by_interrupted) {
  constexpr auto name = "run_signals_test/a_value_with_children_left_elsewhere";
  auto const value = fanout_test::run_case(name, "value");
  BOOST_TEST(value.exit_code == 0);
  BOOST_TEST(value.output == "");
  auto const error = fanout_test::run_case(name, "error");
  BOOST_TEST(error.exit_code == 0);
  BOOST_TEST(error.output == "main: of main\n");
}

// ---- the third

BOOST_AUTO_TEST_CASE(three_signals, *boost::unit_test::disabled()) {
  auto const main = []() -> awaitable<void> {
    int const signal = std::stoi(fanout_test::this_scenario());
    std::raise(signal);
    std::raise(signal);
    block();
    std::puts("blocked");
    std::fflush(stdout);
    std::raise(signal);
    co_await deaf();
  };
  run(main);
}

BOOST_AUTO_TEST_CASE(the_third_signal_ends_the_process) {
  for (int const signal : {SIGINT, SIGTERM}) {
    auto const end =
        fanout_test::run_case("run_signals_test/three_signals", std::to_string(signal));
    BOOST_TEST(end.exit_code == -1);
    BOOST_TEST(end.signal == signal);
    BOOST_TEST(end.output == "blocked\n");
  }
}

// ---- whose they are

std::sig_atomic_t volatile signals_of_the_user = 0;

BOOST_AUTO_TEST_CASE(without_the_option_signals_are_the_users) {
  auto const before = std::signal(SIGINT, [](int) { signals_of_the_user = 1; });
  auto const main = []() -> awaitable<int> {
    std::raise(SIGINT);
    co_await fanout::sleep(1ms);
    co_return 7;
  };
  BOOST_TEST(run(main, {.threads = 1, .signals = false}) == 7);
  std::signal(SIGINT, before);
  BOOST_TEST(signals_of_the_user == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace run_signals
