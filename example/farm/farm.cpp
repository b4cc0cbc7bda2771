// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// farm: the whole of its concurrency.
//
// A worker has a task_group with a limit: it takes as many jobs as it has places for, and no more
// once it is asked to stop. Each job is a race between the work and the renewal of its lease, and
// the absolute deadline of the job is a timeout around the work. What is stored where is not here,
// but in queue.cpp; how a URL is fetched is in example/fetch.
//
// An operation gets a name before it is awaited: that is right with every compiler, as
// docs/lifetimes.md says.

#include "farm.hpp"

#include "attempts.hpp"
#include "queue.hpp"
#include "redis.hpp"

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
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace farm {

namespace {

class worker {
public:
  worker(leases& q, work_options const& o, log& l) : queue_(q), options_(o), log_(l), fetcher_(o) {}

  asio::awaitable<void> run();

private:
  using place = std::shared_ptr<void const>;

  asio::awaitable<void> take_jobs(fanout::task_group& jobs);
  asio::awaitable<void> finish(fanout::task_group& jobs);
  asio::awaitable<void> do_job(entry e, place p);
  asio::awaitable<void> get_and_store(entry& e);
  asio::awaitable<void> keep_lease(entry const& e);
  asio::awaitable<ending> get(entry& e);
  place place_for(std::string const& id);

  leases& queue_;
  work_options const& options_;
  log& log_;
  fetcher fetcher_;
  // Shared with the jobs: after a second signal they are destroyed later than the worker.
  std::shared_ptr<std::unordered_set<std::string>> const running_ =
      std::make_shared<std::unordered_set<std::string>>();
  std::size_t ended_ = 0;
};

/// A cancellation means that it is time to stop: what runs is finished. Everything else means that
/// nothing can be stored any more.
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
    co_await jobs.slot();
    auto const taken = co_await queue_.take(options_.places - running_->size());
    for (entry const& e : taken)
      if (auto p = place_for(e.id)) jobs.create_task(do_job(e, std::move(p)), e.url);
  }
}

asio::awaitable<void> worker::do_job(entry e, place p) {
  auto const here = std::move(p);
  auto both = fanout::race(get_and_store(e), keep_lease(e));
  co_await std::move(both);
}

asio::awaitable<void> worker::get_and_store(entry& e) {
  auto const with = co_await get(e);
  co_await queue_.end(e, with);
  ++ended_;
}

/// Ends when another worker has the job: whatever comes of it here is not needed.
asio::awaitable<void> worker::keep_lease(entry const& e) {
  for (bool mine = true; mine;) {
    co_await fanout::sleep(queue_.lease() / 3);
    mine = co_await queue_.hold(e);
  }
}
// [end]

/// Attempts are counted in the queue, so that the next worker goes on with them.
asio::awaitable<ending> worker::get(entry& e) {
  if (e.attempt > options_.attempts) co_return given_up(e, options_.name);
  job j = job_of(e, options_.bodies);
  auto const left = e.until ? *e.until - now() : milliseconds(std::chrono::years(1));
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

/// None if the job runs here already: its lease was over before it could be renewed.
worker::place worker::place_for(std::string const& id) {
  auto const [where, is_new] = running_->insert(id);
  if (!is_new) return nullptr;
  return {&*where, [running = running_, id](void const*) { running->erase(id); }};
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

asio::awaitable<void> leave(leases& q) {
  auto soon = fanout::timeout(2s, q.leave());
  try {
    co_await std::move(soon);
  } catch (std::exception const&) { // then the leases end by themselves
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
  auto const told_to_requests = [](std::string_view, std::exception_ptr const&) {};
  fanout::task_group links(executor, fanout::keep_going, fanout::on_error(told_to_requests));
  auto takes = links.create_task(reading.run());
  links.create_task(telling.run());
  std::exception_ptr failed;
  try {
    co_await work_here(q, o, l);
  } catch (...) {
    failed = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state();
  takes.cancel(); // it may be waiting for a job that would not be run here
  if (!failed) co_await leave(q);
  links.cancel();
  co_await links.join();
  if (failed && !fanout::is_cancelled(failed)) std::rethrow_exception(failed);
}

} // namespace farm
