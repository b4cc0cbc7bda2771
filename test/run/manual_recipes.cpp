//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The code of docs/recipes.md does what is said there. tools/check-docs compares the regions with
// the page.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/ends.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace manual_recipes {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::create_task;
using fanout::gather;
using fanout::virtual_clock;
using namespace std::chrono_literals;
using boost::system::error_code;
using boost::test_tools::per_element;
using fanout_test::end_of;
using fanout_test::end_text;
using lines = std::vector<std::string>;

// In virtual time, under the names of the manual.
constexpr auto timeout = []<class... Args>(Args&&... args) {
  return fanout::timeout<virtual_clock>(std::forward<Args>(args)...);
};
auto sleep(std::chrono::milliseconds d) { return fanout::sleep<virtual_clock>(d); }
using timer = asio::basic_waitable_timer<virtual_clock>;

long long now_ms() {
  return std::chrono::round<std::chrono::milliseconds>(virtual_clock::now().time_since_epoch())
      .count();
}

// Takes as many milliseconds as the URL has characters.
awaitable<std::string> get(std::string url) {
  co_await sleep(url.size() * 1ms);
  if (url.ends_with("?")) throw std::runtime_error(url);
  co_return "page " + url;
}

awaitable<int> price(std::string shop, std::string item) {
  co_await sleep(10ms);
  if (item.empty()) throw std::runtime_error("no item");
  co_return static_cast<int>(shop.size() * item.size());
}

// An allocator that counts what is taken from it.
template <class T>
struct counting {
  using value_type = T;

  explicit counting(std::size_t* n) : count(n) {}
  template <class U>
  counting(counting<U> const& other) : count(other.count) {}

  T* allocate(std::size_t n) {
    ++*count;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }

  friend bool operator==(counting const& a, counting const& b) { return a.count == b.count; }

  std::size_t* count;
};

BOOST_AUTO_TEST_SUITE(manual_recipes_test)

// ---- an operation of one's own

// [own operation over gather]
/// Asks two shops. Completes with `void(std::exception_ptr, std::tuple<int, int>)`.
template <class Token>
auto async_prices(asio::any_io_executor executor, std::string item, Token&& token) {
  auto both =
      gather(executor, price("east", item), price("west end", item), fanout::cancel_on_error);
  return std::move(both)(std::forward<Token>(token));
}
// [end]

// [own result over gather]
/// The lower price. Completes with `void(std::exception_ptr, int)`.
template <class Token>
auto async_best_price(asio::any_io_executor executor, std::string item, Token&& token) {
  auto const lower = [](std::exception_ptr error, std::tuple<int, int> const& prices) {
    int const best = error ? 0 : std::min(std::get<0>(prices), std::get<1>(prices));
    return asio::deferred.values(error, best);
  };
  return async_prices(executor, item, asio::deferred(lower))(std::forward<Token>(token));
}
// [end]

FANOUT_TEST(an_operation_over_a_gather_takes_any_token) {
  auto const executor = co_await asio::this_coro::executor;
  auto const [east, west] = co_await async_prices(executor, "cup", asio::use_awaitable);
  BOOST_TEST(east == 12);
  BOOST_TEST(west == 24);
  BOOST_TEST(co_await async_best_price(executor, "cup", asio::use_awaitable) == 12);
  FANOUT_CHECK_THROWS(std::runtime_error, "no item",
                      co_await async_best_price(executor, "", asio::use_awaitable));
  auto const again = co_await gather(async_best_price(executor, "cup", asio::deferred),
                                     async_best_price(executor, "spoon", asio::deferred));
  BOOST_TEST((again == std::tuple(12, 20)));
}

FANOUT_TEST(it_uses_executor_slot_and_allocator_of_the_token) {
  auto const executor = co_await asio::this_coro::executor;
  auto const strand = asio::make_strand(executor);
  std::size_t allocations = 0;
  asio::cancellation_signal stop;
  bool there = false;
  std::string end = "none";
  auto const done = [&](std::exception_ptr error, int) {
    there = strand.running_in_this_thread();
    end = end_text(error);
  };
  counting<void> const allocator(&allocations);
  // [token of the own operation]
  auto const on_strand = asio::bind_executor(strand, done);
  auto const stoppable = asio::bind_cancellation_slot(stop.slot(), on_strand);
  async_best_price(executor, "cup", asio::bind_allocator(allocator, stoppable));
  // [end]
  co_await sleep(5ms);
  BOOST_TEST(end == "none");
  BOOST_TEST(allocations > 0u);
  stop.emit(asio::cancellation_type::terminal);
  co_await sleep(1ms);
  BOOST_TEST(end == "operation_aborted");
  BOOST_TEST(there);
}

// ---- a soft stop

// [worker]
/// Works until it is asked to stop, and never stops in the middle of a job.
awaitable<int> worker(std::chrono::milliseconds job) {
  // A `total` request is noted, and does not reach what this coroutine waits for. A `terminal` one
  // does.
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation(),
                                                     asio::enable_terminal_cancellation());
  co_await asio::this_coro::throw_if_cancelled(false);
  auto const state = co_await asio::this_coro::cancellation_state;
  int jobs = 0;
  for (; state.cancelled() == asio::cancellation_type::none; ++jobs) co_await sleep(job);
  co_return jobs;
}
// [end]

FANOUT_TEST(a_total_request_stops_between_two_jobs) {
  auto const executor = co_await asio::this_coro::executor;
  auto const begin = now_ms();
  // [soft stop]
  auto const workers = create_task(executor, gather(worker(10ms), worker(40ms)));
  co_await sleep(25ms);
  workers.cancel(asio::cancellation_type::total);
  auto const [quick, slow] = co_await timeout(1s, workers); // 3 jobs and 1: all are finished
  // [end]
  BOOST_TEST(quick == 3);
  BOOST_TEST(slow == 1);
  BOOST_TEST(now_ms() - begin == 40);
}

FANOUT_TEST(a_terminal_request_follows_where_that_takes_too_long) {
  auto const executor = co_await asio::this_coro::executor;
  auto const begin = now_ms();
  auto const workers = create_task(executor, gather(worker(10ms), worker(1h)));
  co_await sleep(25ms);
  workers.cancel(asio::cancellation_type::total);
  BOOST_TEST(co_await end_of(timeout(1s, workers)) == "deadline_exceeded");
  BOOST_TEST(now_ms() - begin == 1025);
}

FANOUT_TEST(a_total_request_does_not_pass_a_coroutine_that_has_not_enabled_it) {
  auto const executor = co_await asio::this_coro::executor;
  auto const begin = now_ms();
  auto const both = []() -> awaitable<void> { co_await gather(worker(10ms), worker(10ms)); };
  auto const workers = create_task(executor, both);
  co_await sleep(25ms);
  workers.cancel(asio::cancellation_type::total);
  BOOST_TEST(co_await end_of(timeout(1s, workers)) == "deadline_exceeded");
  BOOST_TEST(now_ms() - begin == 1025);
}

FANOUT_TEST(children_that_a_limit_held_back_never_start_after_a_total_request) {
  auto const executor = co_await asio::this_coro::executor;
  auto const limited = create_task(executor, gather(worker(10ms), worker(10ms), fanout::limit(1)));
  co_await sleep(25ms);
  limited.cancel(asio::cancellation_type::total);
  BOOST_TEST(co_await end_of(limited) == "operation_aborted");
}

// ---- results by key

FANOUT_TEST(results_stand_in_the_order_of_the_keys) {
  // [by key]
  std::map<std::string, std::string> const urls{{"home", "/"}, {"news", "/new"}, {"shop", "/s"}};
  auto const pages = co_await gather(urls | std::views::values | std::views::transform(get));

  std::map<std::string, std::string> by_name;
  auto page = pages.begin();
  for (auto const& name : urls | std::views::keys) by_name.emplace(name, *page++);
  // [end]
  std::map<std::string, std::string> const expected{
      {"home", "page /"}, {"news", "page /new"}, {"shop", "page /s"}};
  BOOST_TEST((by_name == expected));
}

// ---- a depth that is known at run time

// [tree]
struct folder {
  int files = 0;
  std::vector<folder> folders;
};

/// All files of a folder, and of those in it.
awaitable<int> count(folder const& f) {
  co_await sleep(1ms); // read the folder
  auto const inside =
      co_await gather(f.folders | std::views::transform(count), fanout::cancel_on_error);
  co_return std::accumulate(inside.begin(), inside.end(), f.files);
}
// [end]

FANOUT_TEST(a_coroutine_that_gathers_itself_goes_as_deep_as_the_data) {
  folder const root{1, {{2, {}}, {4, {{8, {}}, {16, {}}}}}};
  auto const begin = now_ms();
  BOOST_TEST(co_await count(root) == 31);
  BOOST_TEST(now_ms() - begin == 3);

  folder deep{1, {}};
  for (int i = 0; i < 5000; ++i) {
    folder outer{1, {}};
    outer.folders.push_back(std::move(deep));
    deep = std::move(outer);
  }
  BOOST_TEST(co_await count(deep) == 5001);
}

// ---- a time limit that moves

// [moving limit]
/// Ends when the time of `limit` has come, however often it was moved.
awaitable<void> passed(timer& limit) {
  boost::system::error_code moved;
  do {
    co_await limit.async_wait(asio::redirect_error(asio::use_awaitable, moved));
  } while (moved);
}
// [end]

FANOUT_TEST(a_time_limit_is_moved) {
  for (int const parts : {3, 5}) {
    auto const begin = now_ms();
    int received = 0;
    bool late = false;
    auto const next_part = [&]() -> awaitable<bool> {
      if (received == parts) co_return false;
      co_await sleep(received < 4 ? 20ms : 1h);
      ++received;
      co_return true;
    };
    auto const run = [&]() -> awaitable<void> {
      // [use of the moving limit]
      timer limit(co_await asio::this_coro::executor, 30ms);
      auto download = [&]() -> awaitable<void> {
        while (co_await next_part()) limit.expires_after(30ms); // the time begins anew
      };
      auto limited = fanout::race(download, passed(limit), fanout::return_exceptions);
      auto const first = co_await std::move(limited);
      late = first.index == 1;
      // [end]
    };
    co_await run();
    BOOST_TEST(late == (parts == 5));
    BOOST_TEST(received == std::min(parts, 4));
    BOOST_TEST(now_ms() - begin == (parts == 3 ? 60 : 110));
  }
}

// ---- what asyncio has for coroutines that wait for each other

FANOUT_TEST(a_channel_is_a_queue) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<int> taken;
  // [queue]
  using queue = asio::experimental::channel<void(boost::system::error_code, int)>;
  queue jobs(executor, 2); // a third one has to wait
  auto produce = [&]() -> awaitable<void> {
    for (int i = 1; i <= 4; ++i)
      co_await jobs.async_send(boost::system::error_code(), i, asio::use_awaitable);
  };
  auto consume = [&]() -> awaitable<void> {
    for (int i = 1; i <= 4; ++i) taken.push_back(co_await jobs.async_receive(asio::use_awaitable));
  };
  co_await gather(produce, consume, fanout::cancel_on_error);
  // [end]
  BOOST_TEST(taken == (std::vector<int>{1, 2, 3, 4}), per_element());
}

// [worker of a drained queue]
using job_queue = asio::experimental::channel<void(error_code, std::optional<int>)>;

/// Does jobs until it takes the mark of the end.
awaitable<void> work(job_queue& jobs, std::vector<int>& done) {
  for (;;) {
    auto const job = co_await jobs.async_receive(asio::use_awaitable);
    if (!job) co_return;
    co_await sleep(10ms); // the job
    done.push_back(*job);
  }
}
// [end]

// The request comes while the coroutine waits for room in the queue, and while it waits for a job.
FANOUT_TEST(a_queue_is_drained_after_a_request) {
  auto const executor = co_await asio::this_coro::executor;
  for (auto const pause : {1ms, 20ms}) {
    std::vector<int> fetched, done;
    auto const fetch = [&]() -> awaitable<int> {
      co_await sleep(pause);
      fetched.push_back(static_cast<int>(fetched.size()));
      co_return fetched.back();
    };
    bool waits_for_room = false;
    auto const serve = [&]() -> awaitable<void> {
      // [drained queue]
      job_queue jobs(executor, 2);
      auto both = gather(work(jobs, done), work(jobs, done), fanout::cancel_on_error);
      auto const workers = create_task(executor, std::move(both)); // a request does not reach it
      std::optional<int> job; // it has been fetched, and is not in the queue
      std::exception_ptr stopped;
      try {
        for (;;) {
          job = co_await fetch();
          co_await jobs.async_send(error_code(), job, asio::use_awaitable);
          job.reset();
        }
      } catch (...) {
        stopped = std::current_exception();
      }
      // Requests that come from now on do nothing.
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      if (job) co_await jobs.async_send(error_code(), job, asio::use_awaitable);
      for (int i = 0; i < 2; ++i) // a mark for each worker
        co_await jobs.async_send(error_code(), std::nullopt, asio::use_awaitable);
      co_await workers;
      if (!fanout::is_cancelled(stopped)) std::rethrow_exception(stopped);
      // [end]
      waits_for_room = job.has_value();
    };
    auto const server = create_task(executor, serve);
    co_await sleep(55ms);
    server.cancel();
    co_await sleep(1ms);
    server.cancel();
    BOOST_TEST(server.done() == (pause == 20ms)); // there is nothing left to do
    BOOST_TEST(co_await end_of(server) == "value");
    BOOST_TEST(waits_for_room == (pause == 1ms));
    BOOST_TEST(fetched.size() == (pause == 1ms ? 15u : 2u));
    std::ranges::sort(done);
    BOOST_TEST(done == fetched, per_element());
  }
}

FANOUT_TEST(a_limiter_of_one_is_a_lock) {
  lines log;
  // [lock]
  fanout::limiter lock(1);
  auto const critical = [&](std::string name) -> awaitable<void> {
    auto const held = co_await lock.acquire();
    log.push_back(name + " begins");
    co_await sleep(5ms);
    log.push_back(name + " ends");
  };
  // [end]
  co_await gather(critical("a"), critical("b"), fanout::cancel_on_error);
  BOOST_TEST(log == (lines{"a begins", "a ends", "b begins", "b ends"}), per_element());
}

// [condition]
/// Wakes all that wait for a change. For one thread, or a strand.
class changes {
public:
  explicit changes(asio::any_io_executor executor) : executor_(executor), next_(executor) {}

  /// Wait for it inside a `shield`.
  fanout::future<void> next() const { return next_.get_future(); }

  void notify_all() { std::exchange(next_, fanout::promise<void>(executor_)).set_value(); }

private:
  asio::any_io_executor executor_;
  fanout::promise<void> next_;
};
// [end]

FANOUT_TEST(a_promise_for_each_change_is_a_condition) {
  auto const executor = co_await asio::this_coro::executor;
  changes changed(executor);
  int stock = 0;
  lines log;
  auto const customer = [&](int wants) -> awaitable<void> {
    // [wait for a condition]
    while (stock < wants) co_await fanout::shield(changed.next());
    // [end]
    log.push_back(std::to_string(wants) + " of " + std::to_string(stock));
  };
  auto const shop = [&]() -> awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      co_await sleep(1ms);
      // [notify]
      ++stock;
      changed.notify_all();
      // [end]
    }
  };
  co_await gather(customer(3), customer(1), customer(2), shop, fanout::cancel_on_error);
  BOOST_TEST(log == (lines{"1 of 1", "2 of 2", "3 of 3"}), per_element());
}

// [barrier]
/// Lets `n` coroutines go on when all of them have come. For one thread, or a strand.
class barrier {
public:
  barrier(asio::any_io_executor executor, int n) : missing_(n), all_there_(executor) {}

  awaitable<void> arrive_and_wait() {
    if (--missing_ == 0) all_there_.set_value();
    co_await fanout::shield(all_there_.get_future());
  }

private:
  int missing_;
  fanout::promise<void> all_there_;
};
// [end]

FANOUT_TEST(a_counter_and_a_promise_are_a_barrier) {
  barrier start(co_await asio::this_coro::executor, 3);
  std::vector<long long> times;
  auto const begin = now_ms();
  auto const runner = [&](int i) -> awaitable<void> {
    co_await sleep(i * 10ms);
    co_await start.arrive_and_wait();
    times.push_back(now_ms() - begin);
  };
  co_await gather(runner(1), runner(3), runner(2), fanout::cancel_on_error);
  BOOST_TEST(times == (std::vector<long long>{30, 30, 30}), per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual_recipes
