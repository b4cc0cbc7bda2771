//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: `run` on several threads; and the handler of unhandled errors among threads.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <mutex>
#include <ranges>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace threads_run {

namespace asio = boost::asio;
using asio::any_io_executor;
using asio::awaitable;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout_test::crowd;
using fanout_test::meeting;
using namespace std::chrono_literals;
using zoo::oops;

constexpr fanout::run_options four{4, true};

asio::io_context& context_of(any_io_executor const& executor) {
  return static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
}

awaitable<int> counts(int& plain, int n) {
  for (int i = 0; i < n; ++i) {
    ++plain;
    co_await asio::post(asio::deferred);
  }
  co_return n;
}

awaitable<bool> meets(meeting& others) {
  co_await asio::post(asio::deferred);
  co_return others.attend();
}

awaitable<any_io_executor> executor_of_child() { co_return co_await asio::this_coro::executor; }

awaitable<int> sleeps(crowd& here) {
  crowd::visit const visit(here);
  co_await fanout::sleep(1h);
  co_return 0;
}

awaitable<int> fails() {
  throw oops("failed");
  co_return 0;
}

BOOST_AUTO_TEST_SUITE(threads_run_test)

BOOST_AUTO_TEST_CASE(main_and_its_children_stay_on_one_strand) {
  int plain = 0;
  auto const main = [&plain]() -> awaitable<int> {
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 6; ++i) children.push_back(counts(plain, 100));
    auto const counted = co_await gather(std::move(children));
    co_return static_cast<int>(counted.size());
  };
  BOOST_TEST(fanout::run(main, four) == 6);
  BOOST_TEST(plain == 600);
}

BOOST_AUTO_TEST_CASE(main_and_its_children_have_the_same_strand_as_executor) {
  using strand = asio::strand<asio::io_context::executor_type>;
  auto const main = []() -> awaitable<bool> {
    auto const mine = co_await asio::this_coro::executor;
    auto const both =
        co_await gather(executor_of_child(), executor_of_child(), fanout::cancel_on_error);
    co_return mine.target<strand>() && both == std::tuple(mine, mine);
  };
  BOOST_TEST(fanout::run(main, four));
}

BOOST_AUTO_TEST_CASE(children_bound_to_the_context_run_in_parallel) {
  meeting m(2);
  auto const main = [&m]() -> awaitable<bool> {
    auto& context = context_of(co_await asio::this_coro::executor);
    auto const met = co_await gather(asio::bind_executor(context, meets(m)),
                                     asio::bind_executor(context, meets(m)));
    co_return met == std::tuple(true, true);
  };
  BOOST_TEST(fanout::run(main, four));
}

BOOST_AUTO_TEST_CASE(a_context_of_several_threads_is_not_serial_but_its_children_are) {
  auto const main = []() -> awaitable<bool> {
    auto& context = context_of(co_await asio::this_coro::executor);
    any_io_executor const outer = context.get_executor();
    auto const both =
        co_await gather(asio::bind_executor(context, executor_of_child()),
                        asio::bind_executor(context, executor_of_child()), fanout::cancel_on_error);
    auto const& [a, b] = both;
    co_return a != outer&& b != outer&& a != b;
  };
  BOOST_TEST(fanout::run(main, four));
}

BOOST_AUTO_TEST_CASE(a_context_of_one_thread_is_serial) {
  auto const main = []() -> awaitable<bool> {
    auto& context = context_of(co_await asio::this_coro::executor);
    any_io_executor const outer = context.get_executor();
    auto const both = co_await gather(asio::bind_executor(context, executor_of_child()),
                                      executor_of_child(), fanout::cancel_on_error);
    co_return both == std::tuple(outer, outer);
  };
  BOOST_TEST(fanout::run(main));
}

BOOST_AUTO_TEST_CASE(leftovers_on_several_threads_are_cancelled_and_awaited) {
  for (int round = 0; round < 20; ++round) {
    crowd here;
    auto const main = [&here]() -> awaitable<void> {
      auto& context = context_of(co_await asio::this_coro::executor);
      co_await gather(sleeps(here), asio::bind_executor(context, sleeps(here)),
                      asio::bind_executor(context, sleeps(here)), fails());
    };
    FANOUT_CHECK_THROWS(oops, "failed", fanout::run(main, four));
    BOOST_TEST(here.most() > 0);
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_signal_cancels_children_on_all_threads) {
  crowd here;
  auto const main = [&here]() -> awaitable<void> {
    auto& context = context_of(co_await asio::this_coro::executor);
    asio::post(context, [] { std::raise(SIGTERM); });
    co_await gather(sleeps(here), asio::bind_executor(context, sleeps(here)),
                    asio::bind_executor(context, sleeps(here)), sleeps(here));
  };
  FANOUT_CHECK_THROWS(fanout::interrupted,
                      "interrupted by signal 15 (SIGTERM): interrupted [fanout:4]",
                      fanout::run(main, four));
  BOOST_TEST(here.inside() == 0);
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_a_handler_stops_all_threads_and_leaves_run) {
  auto const main = []() -> awaitable<void> {
    asio::post(context_of(co_await asio::this_coro::executor), [] { throw oops("handler"); });
    co_await fanout::sleep(1h);
  };
  FANOUT_CHECK_THROWS(oops, "handler", fanout::run(main, four));
}

// ---- the handler of unhandled errors

BOOST_AUTO_TEST_CASE(the_unhandled_error_handler_may_be_set_and_called_by_all_threads) {
  std::atomic<int> heard = 0, wrong = 0;
  auto const before = fanout::set_unhandled_error_handler(nullptr);
  auto const work = [&] {
    for (int i = 0; i < 200; ++i) {
      fanout::set_unhandled_error_handler([&](std::string_view name, std::exception_ptr e) {
        ++heard;
        if (name != "the name" || !e) ++wrong;
      });
      fanout::detail::report_unhandled_error("the name", std::make_exception_ptr(oops("lost")));
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& t : threads) t.join();
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(heard == 800);
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(the_errors_of_leftovers_on_several_threads_are_all_heard) {
  std::atomic<int> heard = 0;
  auto const before = fanout::set_unhandled_error_handler(
      [&heard](std::string_view, std::exception_ptr) { ++heard; });
  crowd here;
  auto const converts = [&here]() -> awaitable<int> {
    crowd::visit const visit(here);
    bool cancelled = false;
    try {
      co_await fanout::sleep(1h);
    } catch (boost::system::system_error const&) {
      cancelled = true;
    }
    if (cancelled) throw oops("at the end");
    co_return 0;
  };
  auto const fails_when_all_are_there = [&here]() -> awaitable<int> {
    while (here.inside() < 3) co_await asio::post(asio::deferred);
    throw oops("failed");
  };
  auto const main = [&]() -> awaitable<void> {
    auto& context = context_of(co_await asio::this_coro::executor);
    co_await gather(asio::bind_executor(context, converts()),
                    asio::bind_executor(context, converts()),
                    asio::bind_executor(context, converts()), fails_when_all_are_there());
  };
  FANOUT_CHECK_THROWS(oops, "failed", fanout::run(main, four));
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(heard == 3);
}

BOOST_AUTO_TEST_CASE(the_errors_of_leftovers_on_several_threads_have_their_names) {
  std::mutex mutex;
  std::vector<std::string> heard;
  auto const before =
      fanout::set_unhandled_error_handler([&](std::string_view name, std::exception_ptr) {
        std::lock_guard const lock(mutex);
        heard.emplace_back(name);
      });
  auto const converts = []() -> awaitable<int> {
    bool cancelled = false;
    try {
      co_await fanout::sleep(1h);
    } catch (boost::system::system_error const&) {
      cancelled = true;
    }
    if (cancelled) throw oops("at the end");
    co_return 0;
  };
  auto const main = [&converts]() -> awaitable<void> {
    auto& context = context_of(co_await asio::this_coro::executor);
    auto const child = [&](int i) {
      auto one = i == 0 ? fails() : converts();
      return asio::bind_executor(context,
                                 fanout::named("number " + std::to_string(i), std::move(one)));
    };
    co_await gather(std::views::iota(0, 60) | std::views::transform(child));
  };
  FANOUT_CHECK_THROWS(oops, "failed", fanout::run(main, four));
  fanout::set_unhandled_error_handler(before);
  for (std::string const& name : heard) {
    auto const number = name.substr(6, name.find(' ', 6) - 6);
    BOOST_TEST(name == "child " + number + " 'number " + number + "' of a gather");
  }
}

// ---- children elsewhere

BOOST_AUTO_TEST_CASE(children_on_a_pool_that_are_left_over_end_before_the_context_of_run_goes) {
  asio::thread_pool pool(2);
  for (std::size_t const threads : {1u, 2u}) {
    for (int round = 0; round < 20; ++round) {
      crowd here;
      auto const main = [&]() -> awaitable<void> {
        co_await gather(asio::bind_executor(pool, sleeps(here)),
                        asio::bind_executor(pool, sleeps(here)),
                        asio::bind_executor(pool, sleeps(here)), fails());
      };
      FANOUT_CHECK_THROWS(oops, "failed", fanout::run(main, {threads, false}));
      BOOST_TEST(here.inside() == 0);
    }
  }
}

// ---- all_tasks

BOOST_AUTO_TEST_CASE(with_several_threads_anybody_may_ask_at_any_time) {
  std::atomic<int> unnamed{0}, seen{0};
  fanout::run(
      [&]() -> awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto const hops = []() -> awaitable<void> {
          for (int i = 0; i < 50; ++i) co_await asio::post(asio::deferred);
        };
        auto const looks = [executor, &unnamed, &seen]() -> awaitable<void> {
          for (int i = 0; i < 50; ++i) {
            for (auto const& t : fanout::all_tasks(executor)) {
              unnamed += t.name.empty();
              ++seen;
            }
            co_await asio::post(asio::deferred);
          }
        };
        auto& context = asio::query(executor, asio::execution::context);
        auto& io = static_cast<asio::io_context&>(context);
        std::vector<future<void>> tasks;
        for (int i = 0; i < 4; ++i) {
          tasks.push_back(create_task(io, hops()));
          tasks.push_back(create_task(io, looks()));
        }
        co_await gather(std::move(tasks));
      },
      {.threads = 4});
  BOOST_TEST(unnamed == 0);
  BOOST_TEST(seen > 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_run
