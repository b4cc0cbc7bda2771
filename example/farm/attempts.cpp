// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "attempts.hpp"

#include "../fetch/report.hpp"
#include "../fetch/retry.hpp"
#include "../fetch/stopwatch.hpp"

#include <fanout/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <utility>

namespace asio = boost::asio;
namespace json = boost::json;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace farm {

namespace {

constexpr auto renewal = 5min;

::options options_of(work_options const& w) {
  ::options o;
  o.urls.resize(w.places); // as many jobs at once
  o.limit = w.places;
  o.per_host = w.per_host;
  o.timeout = w.timeout;
  o.max_body = w.max_body;
  o.cafile = w.cafile;
  o.insecure = w.insecure;
  return o;
}

std::string read_all(std::FILE* file, std::uint64_t size) {
  std::string text(size, '\0');
  std::rewind(file); // NOLINT(bugprone-unsafe-functions): the file was flushed, nothing can fail
  if (std::fread(text.data(), 1, text.size(), file) != text.size())
    throw failure("a body that was set aside could not be read");
  return text;
}

bool was_last_attempt(job const& j, std::exception_ptr const& error) {
  return j.attempts > 0 && pause_after(error, j.attempts).has_value();
}

std::string line_of(json::object o, std::string const& worker) {
  o["worker"] = worker;
  return json::serialize(o);
}

/// Is never destroyed.
std::vector<std::shared_ptr<client>>& kept() {
  static auto& clients = *new std::vector<std::shared_ptr<client>>;
  return clients;
}

} // namespace

fetcher::fetcher(work_options const& o)
    : asked_(options_of(o)), attempts_(o.attempts), clients_{std::make_shared<client>(asked_)},
      renewed_(steady_clock::now()) {}

/// The destructor of a client waits for each name that is still being looked up, were it for
/// nothing any more. These clients are kept until the process ends.
fetcher::~fetcher() {
  for (auto const& c : clients_)
    if (c->looking_up()) kept().push_back(c);
}

std::shared_ptr<client> fetcher::current() {
  if (steady_clock::now() - renewed_ < renewal) return clients_.back();
  std::erase_if(clients_, [](auto const& c) { return c.use_count() == 1 && !c->looking_up(); });
  clients_.push_back(std::make_shared<client>(asked_));
  renewed_ = steady_clock::now();
  return clients_.back();
}

asio::awaitable<answer> fetcher::get(job& j,
                                     std::function<asio::awaitable<void>(std::size_t)> count) {
  auto const c = current();
  stopwatch const running(j);
  auto const once = [&] { return c->get(j); };
  auto const pause = [&](std::chrono::milliseconds how_long) -> asio::awaitable<void> {
    co_await c->pause(how_long);
    co_await count(j.attempts + 1);
  };
  co_return co_await with_retries(attempts_ - 1, j.attempts, once, pause);
}

job job_of(entry const& e, bool bodies) {
  job j;
  j.url = e.url;
  j.printed = bodies;
  j.attempts = e.attempt - 1;
  return j;
}

ending ending_of(job const& j, fanout::result<answer> const& outcome, std::string const& worker) {
  ending e;
  e.line = line_of(json::parse(to_json_line(j, outcome)).as_object(), worker);
  e.failed = outcome.has_error();
  e.dead = e.failed && was_last_attempt(j, outcome.error());
  if (!e.failed && outcome.value().body)
    e.body = read_all(outcome.value().body.get(), outcome.value().bytes);
  return e;
}

ending not_started(job const& j, std::string const& worker) {
  return ending_of(j, std::make_exception_ptr(fanout::deadline_exceeded()), worker);
}

ending given_up(entry const& e, std::string const& worker) {
  ending given;
  given.line = line_of({{"url", e.url},
                        {"ok", false},
                        {"error", "its workers have gone while they ran it"},
                        {"attempts", e.attempt - 1}},
                       worker);
  given.failed = given.dead = true;
  return given;
}

} // namespace farm
