// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// fetch: gets many HTTP URLs at once and says what became of each.
//
// The whole of the concurrency is the one gather in get_all(): how many at once, how long each may
// take, what a failure means for the others, and the progress line. The client that gets one URL is
// written as if it were alone (client.cpp), and knows of no timer.

#include "client.hpp"
#include "options.hpp"
#include "report.hpp"
#include "server.hpp"

#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/text.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <algorithm>
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

/// Counts how many are under way.
struct meter {
  std::size_t now = 0;
  std::size_t most = 0;
};

/// Between its construction and its destruction a job is under way, however it ends.
class stopwatch {
public:
  stopwatch(job& j, meter& m) : job_(j), meter_(m) {
    job_.started = true;
    meter_.most = std::max(meter_.most, ++meter_.now);
  }
  stopwatch(stopwatch const&) = delete;
  ~stopwatch() {
    --meter_.now;
    job_.elapsed = steady_clock::now() - start_;
  }

private:
  job& job_;
  meter& meter_;
  steady_clock::time_point start_ = steady_clock::now();
};

asio::awaitable<answer> timed_get(client& c, job& j, meter& m) {
  stopwatch const running(j, m);
  co_return co_await c.get(j.url);
}

/// With return_exceptions no child outlives the gather, so all of them may refer to what is here.
template <class... Policies>
asio::awaitable<void> get_all(client& c, options const& o, report& r, Policies... more) {
  meter m;
  fanout::progress_line line(stderr);
  auto const get = [&](job& j) { return timed_get(c, j, m); };
  auto const show = [&](fanout::progress const& p) {
    line.show(fmt::format("{} of {} done, {} failed: {}", p.ended, r.jobs.size(), p.failed,
                          r.jobs[p.index].url));
  };

  auto const start = steady_clock::now();
  auto all = fanout::gather(r.jobs | std::views::transform(get), fanout::limit(o.limit),
                            fanout::return_exceptions, fanout::child_timeout(o.timeout),
                            fanout::on_progress(show), more...);
  r.outcomes = co_await std::move(all);
  r.wall = steady_clock::now() - start;
  r.at_once = m.most;
}

asio::awaitable<int> fetch(client& c, options const& o) {
  report r;
  r.timeout = o.timeout;
  for (auto const& url : o.urls) r.jobs.push_back({url});

  if (o.fail_fast)
    co_await get_all(c, o, r, fanout::cancel_on_error);
  else
    co_await get_all(c, o, r);

  fmt::print("{}", to_string(r));
  if (std::fflush(stdout) != 0) throw std::runtime_error("the report could not be written");
  co_return count_failed(r) > 0 ? some_failed : EXIT_SUCCESS;
}

/// The exit code for the exception being handled, and a line on stderr about it.
int explain() {
  try {
    throw;
  } catch (usage_error const& e) {
    fmt::print(stderr, "fetch: {}\nfetch: try --help\n", e.what());
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
  client c;
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
