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
#include "ending.hpp"
#include "file_names.hpp"
#include "journal.hpp"
#include "live_line.hpp"
#include "new_file.hpp"
#include "options.hpp"
#include "output.hpp"
#include "report.hpp"
#include "retry.hpp"
#include "server.hpp"
#include "stopwatch.hpp"

#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/result.hpp>
#include <fanout/run.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

asio::awaitable<answer> get_one(client& c, job& j, std::size_t retries) {
  stopwatch const running(j);
  auto const once = [&] { return c.get(j); };
  auto const pause = [&](std::chrono::milliseconds how_long) { return c.pause(how_long); };
  co_return co_await with_retries(retries, j.attempts, once, pause);
}

/// The same, and says at once what came of it.
asio::awaitable<answer> get_and_say(client& c, job& j, std::size_t retries, journal& lines) {
  lines.check(); // where output is not read any more, there is nothing to do
  try {
    answer const got = co_await get_one(c, j, retries);
    lines.say(j, got);
    co_return got;
  } catch (...) {
    auto const error = std::current_exception();
    if (!fanout::is_cancelled(error)) lines.say(j, error);
    throw;
  }
}

/// With return_exceptions no child outlives the gather, so all of them may refer to what is here.
template <class... Policies>
asio::awaitable<void> get_all(client& c, options const& o, report& r, journal& lines,
                              live_line& line, Policies... more) {
  auto const retries = o.asked.is_idempotent() ? o.retries : 0;
  auto const get = [&](job& j) {
    return o.jsonl ? get_and_say(c, j, retries, lines) : get_one(c, j, retries);
  };
  auto const show = [&](fanout::progress const& p) {
    if (o.jsonl || !line.live()) return;
    line.show(fmt::format("{} of {} done, {} failed: {}", p.ended, r.jobs.size(), p.failed,
                          r.jobs[p.index].url));
  };

  auto const start = steady_clock::now();
  // [gather]
  auto all = fanout::gather(r.jobs | std::views::transform(get), fanout::limit(c.places()),
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
  auto const files = o.output.empty() ? std::vector<std::string>() : file_names(o.output, o.urls);
  for (std::size_t i = 0; i < files.size(); ++i) jobs[i].file = files[i];
  if (prints_body(o))
    jobs.front().printed = true;
  else if (!o.to.empty())
    jobs.front().file = followed(o.to).string();
  return jobs;
}

/// The line is to be gone before anything else is printed, unless its terminal takes nothing.
asio::awaitable<void> wait_for_the_line(output& terminal) {
  if (!terminal.busy()) co_return;
  auto gone = fanout::timeout(time_to_clear, terminal.written());
  try {
    co_await std::move(gone);
  } catch (fanout::deadline_exceeded const&) { // the terminal takes nothing
  }
}

/// What there is, where it belongs. The table is not in the way of a body.
asio::awaitable<void> print(report const& r, options const& o, outputs& all) {
  co_await wait_for_the_line(all.terminal);
  auto& out = all.results;
  auto* const to = prints_body(o) ? stderr : stdout;
  auto const* const got = prints_body(o) ? find_answer(r.outcomes.front()) : nullptr;
  if (got && got->body) co_await copy(got->body.get(), stdout, out);
  if (!o.jsonl) out.put(to, o.json ? to_json(r) : to_table(r));
  co_await out.written();
}

asio::awaitable<report> get_and_show(client& c, options const& o, outputs& out) {
  report r;
  r.jobs = jobs_of(o);
  journal lines(out.results, prints_body(o) ? stderr : stdout);
  live_line line(out.terminal, stderr);
  if (o.fail_fast)
    co_await get_all(c, o, r, lines, line, fanout::cancel_on_error);
  else
    co_await get_all(c, o, r, lines, line);
  if (o.jsonl) lines.say_the_rest(r);
  co_return r;
}

asio::awaitable<int> fetch(client& c, options const& o, outputs& out) {
  report const r = co_await get_and_show(c, o, out);

  auto const state = co_await asio::this_coro::cancellation_state;
  bool const interrupted = state.cancelled() != asio::cancellation_type::none; // by Ctrl-C
  if (!interrupted) {
    co_await print(r, o, out);
    co_return count_failed(r) > 0 ? some_failed : EXIT_SUCCESS;
  }
  co_await asio::this_coro::reset_cancellation_state();
  auto soon = fanout::timeout(time_to_say_it, print(r, o, out)); // perhaps it is not read
  try {
    co_await std::move(soon);
  } catch (fanout::deadline_exceeded const&) { // it is not read
  }
  throw boost::system::system_error(asio::error::operation_aborted);
}

asio::awaitable<int> fetch_and_leave(options const& o, outputs& out) {
  client c(o);
  int code = EXIT_SUCCESS;
  try {
    code = co_await fetch(c, o, out);
  } catch (...) {
    if (!c.looking_up()) throw;
    code = explain();
  }
  if (c.looking_up() || out.busy()) leave_at_once(code);
  co_return code;
}

int run(options const& o) {
  outputs out;
  auto const main = [&] { return fetch_and_leave(o, out); };
  try {
    return fanout::run(main);
  } catch (...) {
    if (!out.busy()) throw;
    leave_at_once(explain());
  }
}

int fetch_urls(int argc, char** argv) {
  auto o = parse_options(argc, argv);
  if (!o) return EXIT_SUCCESS;
  if (o->insecure)
    fmt::print(stderr, "fetch: warning: certificates are not checked, any server may answer\n");
  if (!o->output.empty()) prepare_folder(o->output);
  if (!o->to.empty() && !prints_body(*o)) prepare_folder(absolute(followed(o->to)).parent_path());
  std::optional<demo_server> server;
  if (o->demo) {
    server.emplace();
    o->urls = server->urls();
  }
  return run(*o);
}

} // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): where the message fails too, nothing is left to do
int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_IGN); // a reader that has left is an error like any other
#endif
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN); // and so is a file that may not grow any more
#endif
  try {
    return fetch_urls(argc, argv);
  } catch (...) {
    return explain();
  }
}
