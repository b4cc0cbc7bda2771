// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "look.hpp"

#include "queue.hpp"
#include "redis.hpp"

#include "../fetch/file_names.hpp"
#include "../fetch/new_file.hpp"

#include <fanout/race.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace farm {

namespace {

constexpr auto interval = 1s;
constexpr std::size_t most_samples = 11; // the rate is that of the last ten intervals
constexpr std::size_t results_at_once = 1000;

/// How many jobs have ended when.
class speed {
public:
  void add(snapshot const& s) {
    samples_.emplace_back(s.time, s.ended());
    if (samples_.size() > most_samples) samples_.pop_front();
  }

  /// Jobs a second.
  double rate() const {
    std::chrono::duration<double> const time = samples_.back().first - samples_.front().first;
    if (time.count() <= 0 || samples_.back().second < samples_.front().second) return 0;
    return static_cast<double>(samples_.back().second - samples_.front().second) / time.count();
  }

private:
  std::deque<std::pair<std::chrono::microseconds, std::uint64_t>> samples_;
};

bool has_ended(snapshot const& s) { return s.complete && s.waiting == 0 && s.running.empty(); }

/// Nothing while the rate is not known. Of a list whose length is not known, what was added counts.
std::optional<double> seconds_left(snapshot const& s, double rate) {
  if (has_ended(s)) return 0;
  if (rate <= 0) return std::nullopt;
  auto const all = std::max(s.total.value_or(s.added), s.added);
  return static_cast<double>(all - std::min(all, s.ended())) / rate;
}

std::string to_json(snapshot const& s, double rate) {
  json::object running;
  for (auto const& [worker, jobs] : s.running) running[worker] = jobs;
  auto const left = seconds_left(s, rate);
  json::object const o{
      {"added", s.added},
      {"total", s.total ? json::value(*s.total) : json::value()},
      {"complete", s.complete},
      {"waiting", s.waiting},
      {"running", std::move(running)},
      {"done", s.done},
      {"failed", s.failed},
      {"dead", s.dead},
      {"taken_over", s.taken_over},
      {"again", s.again},
      {"rate", rate},
      {"seconds_left", left ? json::value(*left) : json::value()},
  };
  return json::serialize(o) + '\n';
}

std::string to_text(snapshot const& s, double rate) {
  std::string running;
  for (auto const& [worker, jobs] : s.running)
    running += fmt::format("{}{} {}", running.empty() ? " (" : ", ", worker, jobs);
  if (!running.empty()) running += ')';
  std::string text =
      fmt::format("{} added{}, {} waiting, {} running{}, {} done, {} failed, {} dead", s.added,
                  s.total && *s.total > s.added ? fmt::format(" of {}", *s.total) : "", s.waiting,
                  s.at_work(), running, s.done, s.failed, s.dead);
  if (s.taken_over > 0) text += fmt::format(", {} taken over", s.taken_over);
  if (s.again > 0) text += fmt::format(", {} ran again", s.again);
  text += fmt::format(", {:.0f} a second", rate);
  if (auto const left = seconds_left(s, rate); left && !has_ended(s))
    text += fmt::format(", {:.0f} s left", std::ceil(*left));
  return text + '\n';
}

asio::awaitable<void> show(queue& q, status_options const& o, output& out) {
  speed of_late;
  co_await q.check();
  snapshot now = co_await q.look();
  of_late.add(now);
  for (;;) {
    if (!has_ended(now)) {
      co_await fanout::sleep(interval);
      now = co_await q.look();
      of_late.add(now);
    }
    auto const rate = of_late.rate();
    out.put(stdout, o.json ? to_json(now, rate) : to_text(now, rate));
    co_await out.written();
    if (!o.watch || has_ended(now)) co_return;
  }
}

/// The number keeps names apart, now and in every later run.
std::string file_of(std::string const& folder, std::uint64_t line, std::string const& url) {
  std::filesystem::path const plain = file_names(folder, {url}).front();
  return plain.parent_path() / fmt::format("{}-{}", line, plain.filename().string());
}

class collector {
public:
  collector(queue& q, std::string folder, output& out)
      : queue_(q), folder_(std::move(folder)), out_(out) {}

  asio::awaitable<void> run(log& l) {
    if (!folder_.empty()) prepare_folder(folder_);
    co_await queue_.check();
    auto const all = (co_await queue_.where()).lines;
    for (std::uint64_t first = 1; first <= all; first += results_at_once) {
      auto const n = std::min<std::uint64_t>(results_at_once, all - first + 1);
      auto const lines = co_await queue_.results(first, n);
      co_await take(first, lines);
    }
    l.say(fmt::format("{} results of {} jobs", found_, all));
  }

private:
  asio::awaitable<void> take(std::uint64_t first, std::vector<std::string> const& lines) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].empty()) continue;
      ++found_;
      if (folder_.empty())
        text += lines[i] + '\n';
      else
        co_await save(first + i, lines[i]);
    }
    if (text.empty()) co_return;
    out_.put(stdout, std::move(text));
    co_await out_.written();
  }

  asio::awaitable<void> save(std::uint64_t line, std::string const& result) {
    auto const about = json::parse(result).as_object();
    if (!about.at("ok").as_bool()) co_return;
    auto const body = co_await queue_.body(line);
    if (!body) co_return;
    new_file file(file_of(folder_, line, std::string(about.at("url").as_string())));
    file.write(body->data(), body->size());
    file.keep();
  }

  queue& queue_;
  std::string folder_;
  output& out_;
  std::uint64_t found_ = 0;
};

} // namespace

asio::awaitable<void> status(options const& o, log& l, output& out) {
  redis_link link(co_await asio::this_coro::executor, o.redis, "farm-status", l);
  queue q(link, o.farm);
  auto both = fanout::race(show(q, o.status, out), link.run());
  co_await std::move(both);
}

asio::awaitable<void> collect(options const& o, log& l, output& out) {
  redis_link link(co_await asio::this_coro::executor, o.redis, "farm-collect", l);
  queue q(link, o.farm);
  collector c(q, o.collect.output, out);
  auto both = fanout::race(c.run(l), link.run());
  co_await std::move(both);
}

} // namespace farm
