//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: a child whose pool is destroyed ends with operation_aborted, while the operation runs
// on another thread; for ThreadSanitizer above all.

#include <fanout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/drops.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <exception>
#include <future>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>

namespace threads_drops {

namespace asio = boost::asio;
using fanout_test::aborted_text;
using fanout_test::dawdle;
using fanout_test::dropped_children;
using fanout_test::get;
using fanout_test::how_it_ended;
using fanout_test::on;

/// A context that a thread of its own runs.
class running {
public:
  asio::io_context context;

  ~running() {
    work_.reset();
    thread_.join();
  }

private:
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(context);
  std::thread thread_{[this] { context.run(); }};
};

// What an operation ends with whose child is on a pool that this thread stops and destroys.
template <class Run, class Kind>
std::string ends_with(Run run, Kind const& kind, std::minstd_rand& random) {
  std::optional<asio::thread_pool> there(std::in_place, 2);
  dropped_children<asio::thread_pool> made(*there);
  running here;
  auto make = [&] { return kind.make(made); };
  auto ended = asio::co_spawn(here.context, run(make), asio::use_future);
  // Only what is posted there may meet the destruction: nothing may make a strand of it by then.
  for (int turns = 0; turns < 8; ++turns) on(here.context.get_executor(), [] {});
  dawdle(random, 50'000);
  there->stop();
  there->join();
  dawdle(random, 1'000);
  there.reset();
  try {
    return get(std::move(ended));
  } catch (...) {
    return how_it_ended(std::current_exception());
  }
}

BOOST_AUTO_TEST_SUITE(threads_drops_test)

BOOST_AUTO_TEST_CASE(a_child_whose_pool_is_destroyed_ends_with_operation_aborted) {
  std::minstd_rand random;
  int points = 0;
  auto const check = [&](auto run, auto const& kind, std::string const& expected) {
    for (int i = 0; i < 25; ++i) {
      BOOST_TEST_CONTEXT(kind.name << ", turn " << i) {
        BOOST_TEST(ends_with(run, kind, random) == expected);
      }
      ++points;
    }
  };
  auto const check_all = [&](auto const& kind) {
    check(fanout_test::gathers_results, kind, aborted_text() + ", value");
    check(fanout_test::races, kind, aborted_text());
    check(fanout_test::groups, kind, "joined, cancelled");
    check(fanout_test::creates_a_task, kind, aborted_text());
  };
  check_all(fanout_test::bound_coroutine);
  check_all(fanout_test::operation_there);
  check_all(fanout_test::task_there);
  check_all(fanout_test::gather_there);
  BOOST_TEST_MESSAGE(points << " points");
  BOOST_TEST(points == 4 * 4 * 25);
}

BOOST_AUTO_TEST_CASE(waits_for_a_future_begin_while_its_pool_is_destroyed) {
  std::minstd_rand random;
  for (int i = 0; i < 200; ++i) {
    running here;
    std::optional<asio::thread_pool> there(std::in_place, 1);
    fanout::promise<int> p(*there);
    std::optional<fanout::future<int>> f(p.get_future());
    std::thread destroys([&] {
      dawdle(random, 2'000);
      there.reset();
    });
    std::minstd_rand other(static_cast<unsigned>(i) + 1);
    std::vector<std::future<int>> waits;
    for (int n = 0; n < 4; ++n) {
      dawdle(other, 1'000);
      waits.push_back((*f)(asio::bind_executor(here.context, asio::use_future)));
    }
    if (i % 2 == 0) f.reset();
    destroys.join();
    for (auto& wait : waits)
      FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), get(std::move(wait)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_drops
