// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// farm: the whole of its concurrency.
//
// A worker is a task_group with a limit. It takes as many jobs as it has places for, and none once
// it is asked to stop. Each job is a race between the work and the renewal of its lease. The
// absolute deadline of a job is a timeout around the work. What the server stores is in queue.cpp;
// how a URL is fetched is in example/fetch.
//
// An operation gets a name before it is awaited. That is right with every compiler, as
// docs/lifetimes.md says.

#include "farm.hpp"

#include "attempts.hpp"
#include "queue.hpp"
#include "redis.hpp"
#include "running.hpp"

#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/result.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>
#include <fanout/text.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace farm {

namespace {

constexpr milliseconds no_deadline = std::chrono::years(1);

class worker {
public:
  worker(leases& q, work_options const& o, log& l) : queue_(q), options_(o), log_(l), fetcher_(o) {}

  asio::awaitable<void> run();

private:
  asio::awaitable<void> take_jobs(fanout::task_group& jobs);
  asio::awaitable<void> do_job(entry e, running_jobs::mark mark);
  asio::awaitable<void> get_and_store(entry& e);
  asio::awaitable<void> keep_lease(entry const& e);
  asio::awaitable<ending> get(entry& e);
  asio::awaitable<void> finish(fanout::task_group& jobs);

  leases& queue_;
  work_options const& options_;
  log& log_;
  fetcher fetcher_;
  running_jobs running_;
  std::size_t ended_ = 0;
};

/// Takes jobs until that throws. A cancellation means that it is time to stop: what runs is
/// finished. Every other error means that nothing can be stored any more: what runs is cancelled.
asio::awaitable<void> worker::run() {
  auto const say = [this](std::string_view url, std::exception_ptr const& e) {
    log_.say(fmt::format("{}: {}", url, fanout::describe(e)));
  };
  fanout::task_group jobs(co_await asio::this_coro::executor, fanout::keep_going,
                          fanout::on_error(say), fanout::limit(options_.places));
  std::exception_ptr why;
  try {
    co_await take_jobs(jobs);
  } catch (...) {
    why = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state();
  if (!fanout::is_cancelled(why)) jobs.cancel();
  co_await finish(jobs);
  if (!fanout::is_cancelled(why)) std::rethrow_exception(why);
}

// [jobs]
asio::awaitable<void> worker::take_jobs(fanout::task_group& jobs) {
  for (;;) {
    co_await jobs.slot(); // waits until a place is free
    auto const taken = co_await queue_.take(options_.places - running_.size());
    for (entry const& e : taken)
      if (auto mark = running_.add(e.id)) // otherwise it runs here already, and goes on
        jobs.create_task(do_job(e, std::move(mark)), e.url);
  }
}

asio::awaitable<void> worker::do_job(entry e, running_jobs::mark mark) {
  auto const until_the_end = std::move(mark); // goes before the place is free again
  auto both = fanout::race(get_and_store(e), keep_lease(e));
  co_await std::move(both);
}

asio::awaitable<void> worker::get_and_store(entry& e) {
  auto const result = co_await get(e);
  co_await queue_.end(e, result);
  ++ended_;
}

/// Ends when another worker has the job: then the result of this one is not needed.
asio::awaitable<void> worker::keep_lease(entry const& e) {
  bool mine = true;
  while (mine) {
    co_await fanout::sleep(queue_.lease() / 3);
    mine = co_await queue_.hold(e);
  }
}
// [end]

/// Attempts are counted in the server, so that the next worker goes on with the count.
asio::awaitable<ending> worker::get(entry& e) {
  if (e.attempt > options_.attempts) co_return given_up(e, options_.name);
  job j = job_of(e, options_.bodies);
  auto const left = e.until ? *e.until - now() : no_deadline;
  if (left <= 0ms) co_return not_started(j, options_.name);
  auto const count = [&](std::size_t attempt) -> asio::awaitable<void> {
    e.attempt = attempt;
    co_await queue_.hold(e); // if another worker has it, keep_lease() will see that
  };
  auto in_time = fanout::timeout(left, fetcher_.get(j, count));
  auto got = fanout::gather(std::move(in_time), fanout::return_exceptions);
  auto const all = co_await std::move(got);
  co_return ending_of(j, std::get<0>(all), options_.name);
}

asio::awaitable<void> worker::finish(fanout::task_group& jobs) {
  auto all = fanout::timeout(options_.grace, jobs.join());
  try {
    co_await std::move(all);
  } catch (fanout::deadline_exceeded const&) { // what still ran is cancelled
    log_.say("some jobs did not end in time, others will run them");
  }
  log_.say(fmt::format("worker {}: {} jobs ended", options_.name, ended_));
}

/// Others may take at once what is still in the name of this worker.
asio::awaitable<void> leave(leases& q) {
  auto soon = fanout::timeout(2s, q.leave());
  try {
    co_await std::move(soon);
  } catch (std::exception const&) { // then they take it when the leases have ended
  }
}

asio::awaitable<void> work_here(leases& q, options const& o, log& l) {
  co_await q.join();
  worker w(q, o.work, l);
  l.say(fmt::format("worker {}: {} places", o.work.name, o.work.places));
  co_await w.run();
}

} // namespace

/// The connections outlive the jobs, so that a worker that stops can store what it has.
asio::awaitable<void> work(options const& o, log& l) {
  auto const executor = co_await asio::this_coro::executor;
  redis_link reading(executor, o.redis, o.work.name + "-takes", l);
  redis_link telling(executor, o.redis, o.work.name, l);
  leases q(reading, telling, o.farm, o.work.name, o.work.lease);
  auto const ignore = [](std::string_view, std::exception_ptr const&) {}; // requests throw it too
  fanout::task_group links(executor, fanout::keep_going, fanout::on_error(ignore));
  auto reads = links.create_task(reading.run());
  links.create_task(telling.run());
  std::exception_ptr failed;
  try {
    co_await work_here(q, o, l);
  } catch (...) {
    failed = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state();
  reads.cancel(); // it may be waiting for a job that would not be run here
  if (!failed) co_await leave(q);
  links.cancel();
  co_await links.join();
  if (failed && !fanout::is_cancelled(failed)) std::rethrow_exception(failed);
}

} // namespace farm
