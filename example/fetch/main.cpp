// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// fetch: gets many URLs at once and says what became of each.
//
// The whole of the concurrency is the one gather in get_all(): how many at once, how long all of it
// may take, what a failure means for the others, what Ctrl-C leaves, and the progress line. The
// client that gets one URL is written as if it were alone (client.cpp).

#include "client.hpp"
#include "new_file.hpp"
#include "options.hpp"
#include "report.hpp"
#include "retry.hpp"
#include "server.hpp"

#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/text.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr int some_failed = 1, bad_usage = 2, after_ctrl_c = 130;

/// Between its construction and its destruction a job is under way, however it ends.
class stopwatch {
public:
  explicit stopwatch(job& j) : job_(j) { job_.started = true; }
  stopwatch(stopwatch const&) = delete;
  ~stopwatch() { job_.elapsed = steady_clock::now() - start_; }

private:
  job& job_;
  steady_clock::time_point start_ = steady_clock::now();
};

asio::awaitable<answer> get_one(client& c, job& j, std::size_t retries) {
  stopwatch const running(j);
  auto const once = [&] { return c.get(j); };
  co_return co_await with_retries(retries, j.attempts, once);
}

/// With return_exceptions no child outlives the gather, so all of them may refer to what is here.
template <class... Policies>
asio::awaitable<void> get_all(client& c, options const& o, report& r, Policies... more) {
  fanout::progress_line line(stderr);
  auto const retries = o.asked.is_idempotent() ? o.retries : 0;
  auto const get = [&](job& j) { return get_one(c, j, retries); };
  auto const show = [&](fanout::progress const& p) {
    if (!line.live()) return;
    line.show(fmt::format("{} of {} done, {} failed: {}", p.ended, r.jobs.size(), p.failed,
                          r.jobs[p.index].url));
  };

  auto const start = steady_clock::now();
  // [gather]
  auto all = fanout::gather(r.jobs | std::views::transform(get), fanout::limit(o.limit),
                            fanout::return_exceptions, fanout::keep_results,
                            fanout::deadline(o.deadline), fanout::on_progress(show), more...);
  r.outcomes = co_await std::move(all);
  // [end]
  r.wall = steady_clock::now() - start;
  r.at_once = c.most_at_once();
}

std::vector<job> jobs_of(options const& o) {
  std::vector<job> jobs(o.urls.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].url = o.urls[i];
  if (o.output.empty()) return jobs;
  auto const files = file_names(o.output, o.urls);
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].file = files[i];
  return jobs;
}

void print(report const& r, options const& o) {
  fmt::print("{}", o.json ? to_json(r) : to_table(r));
  if (std::fflush(stdout) != 0) throw std::runtime_error("the report could not be written");
}

asio::awaitable<int> fetch(client& c, options const& o) {
  report r;
  r.jobs = jobs_of(o);
  if (o.fail_fast)
    co_await get_all(c, o, r, fanout::cancel_on_error);
  else
    co_await get_all(c, o, r);
  print(r, o);

  auto const state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) // by Ctrl-C
    throw boost::system::system_error(asio::error::operation_aborted);
  co_return count_failed(r) > 0 ? some_failed : EXIT_SUCCESS;
}

/// The exit code for the exception being handled, and a line on stderr about it.
int explain() {
  try {
    throw;
  } catch (usage_error const& e) {
    fmt::print(stderr, "fetch: {}\nfetch: try --help\n", e.what());
    return bad_usage;
  } catch (failure const& e) { // before the first request
    fmt::print(stderr, "fetch: {}\n", e.what());
    return bad_usage;
  } catch (fanout::interrupted const& e) {
    fmt::print(stderr, "fetch: interrupted\n");
    return 128 + e.signal();
  } catch (...) {
    auto const error = std::current_exception();
    bool const cancelled = fanout::is_cancelled(error); // before run() has named the signal
    fmt::print(stderr, "fetch: {}\n", cancelled ? "interrupted" : fanout::describe(error));
    return cancelled ? after_ctrl_c : some_failed;
  }
}

/// A look-up that hangs cannot be stopped, and every clean way out would wait for its thread. What
/// had to be written has been; nothing else here outlives a process.
[[noreturn]] void leave_at_once(int code) { std::_Exit(code); }

asio::awaitable<int> fetch_and_leave(options const& o) {
  client c(o);
  int code = EXIT_SUCCESS;
  try {
    code = co_await fetch(c, o);
  } catch (...) {
    if (!c.looking_up()) throw;
    code = explain();
  }
  if (c.looking_up()) leave_at_once(code);
  co_return code;
}

int fetch_urls(int argc, char** argv) {
  auto o = parse_options(argc, argv);
  if (!o) return EXIT_SUCCESS;
  if (o->insecure)
    fmt::print(stderr, "fetch: warning: certificates are not checked, anybody may answer\n");
  if (!o->output.empty()) make_folder(o->output);
  std::optional<demo_server> server;
  if (o->demo) {
    server.emplace();
    o->urls = server->urls();
  }
  auto const main = [&] { return fetch_and_leave(*o); };
  return fanout::run(main);
}

} // namespace

int main(int argc, char** argv) {
  try {
    return fetch_urls(argc, argv);
  } catch (...) {
    return explain();
  }
}
