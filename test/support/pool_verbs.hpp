//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_POOL_VERBS_HPP
#define FANOUT_TEST_SUPPORT_POOL_VERBS_HPP

// Every operation of the library with children on a pool, started on a context of `run`.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

namespace fanout_test {

namespace asio = boost::asio;
using asio::awaitable;

/// What the children on the pool do and are told. It outlives them.
struct pool_work {
  asio::thread_pool pool{2};
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;
  std::atomic<int> late = 0;          // ended after `run` had returned
  std::atomic<bool> go_home = false;  // the children are to end, a moment later
  std::atomic<bool> returned = false; // `run` has
};

// Occupies a thread, and uses at its end what lives in the frame of its parent.
inline awaitable<int> works(pool_work& w, int& of_parent) {
  ++w.begun;
  while (!w.go_home) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  if (w.returned) ++w.late;
  ++w.ended;
  co_return ++of_parent;
}

// The same for those who may outlive their parent.
inline awaitable<int> owns(pool_work& w) {
  int own = 0;
  co_return co_await works(w, own);
}

inline awaitable<void> until_work_has_begun(pool_work& w) {
  while (w.begun == 0) co_await asio::post(asio::deferred);
}

inline auto on_pool(pool_work& w) { return asio::bind_executor(w.pool, owns(w)); }

inline auto on_pool(pool_work& w, int& of_parent) {
  return asio::bind_executor(w.pool, works(w, of_parent));
}

// ---- the operations

inline awaitable<void> gathers(pool_work& w) {
  int here = 0;
  co_await fanout::gather(on_pool(w, here), on_pool(w));
}

inline awaitable<void> gathers_on_the_pool(pool_work& w) {
  int here = 0;
  co_await fanout::gather(w.pool, works(w, here), owns(w));
}

inline awaitable<void> gathers_with_a_callback(pool_work& w) {
  auto const executor = co_await asio::this_coro::executor;
  fanout::gather(w.pool, owns(w),
                 owns(w))(asio::bind_executor(executor, [](std::exception_ptr, auto const&) {}));
}

inline awaitable<void> races(pool_work& w) {
  int here = 0;
  co_await fanout::race(on_pool(w, here), on_pool(w));
}

inline awaitable<void> asks_for_the_first_success(pool_work& w) {
  int here = 0;
  co_await fanout::first_success(on_pool(w, here), on_pool(w));
}

inline awaitable<void> streams(pool_work& w) {
  auto ends = fanout::as_completed(on_pool(w), on_pool(w));
  while (co_await ends.next()) {
  }
}

inline awaitable<void> opens_a_group(pool_work& w) {
  int here = 0;
  auto const body = [&](fanout::task_group& group) -> awaitable<void> {
    group.create_task(on_pool(w, here));
    group.create_task(on_pool(w));
    co_return;
  };
  co_await fanout::with_task_group(body);
}

inline awaitable<void> opens_a_group_on_the_pool(pool_work& w) {
  fanout::task_group group(w.pool);
  group.create_task(owns(w));
  group.create_task(owns(w));
  co_await group.join();
}

inline awaitable<void> creates_a_task(pool_work& w) {
  int here = 0;
  auto const task = fanout::create_task(w.pool, works(w, here));
  co_await task;
}

inline awaitable<void> creates_a_bound_task(pool_work& w) {
  int here = 0;
  auto const task =
      fanout::create_task(co_await asio::this_coro::executor, on_pool(w, here), "bound");
  co_await task;
}

inline awaitable<void> shields(pool_work& w) { co_await fanout::shield(on_pool(w)); }

inline awaitable<void> limits_the_time(pool_work& w) {
  int here = 0;
  co_await fanout::timeout(std::chrono::hours(1), on_pool(w, here));
}

inline awaitable<void> limits_the_number(pool_work& w) {
  int here = 0;
  fanout::limiter const one(1);
  co_await fanout::gather(on_pool(w, here), on_pool(w), fanout::limit(one));
}

struct verb {
  char const* name;
  awaitable<void> (*run)(pool_work&);
};

inline constexpr verb verbs[] = {
    {"gather", gathers},
    {"gather on the pool", gathers_on_the_pool},
    {"gather with a callback", gathers_with_a_callback},
    {"race", races},
    {"first_success", asks_for_the_first_success},
    {"as_completed", streams},
    {"with_task_group", opens_a_group},
    {"task_group on the pool", opens_a_group_on_the_pool},
    {"create_task", creates_a_task},
    {"create_task of a bound child", creates_a_bound_task},
    {"shield", shields},
    {"timeout", limits_the_time},
    {"limiter", limits_the_number},
};

/// A `main` that has one of them done, and waits until it is cancelled.
inline awaitable<void> does(verb const& v, pool_work& w) {
  co_await v.run(w);
  co_await fanout::sleep(std::chrono::hours(1));
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_POOL_VERBS_HPP
