// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "queue.hpp"

#include "scripts.hpp"

#include <boost/redis/resp3/type.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace asio = boost::asio;
namespace redis = boost::redis;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace farm {

namespace {

/// How long the server lets a worker wait for a new job before it answers that there is none.
constexpr milliseconds longest_wait{500};

constexpr auto group = "workers";
enum key : std::size_t { jobs, results, bodies, dead, counts, list }; // as in scripts.hpp

std::uint64_t number(std::string_view text) {
  std::uint64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

std::optional<moment> moment_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return moment(milliseconds(number(text)));
}

std::string text_of(std::optional<moment> const& m) {
  return m ? std::to_string(m->time_since_epoch().count()) : std::string();
}

/// Of an answer that is a list of values, or one value.
std::vector<std::string> values(redis_link::reply&& nodes) {
  std::vector<std::string> found;
  for (auto& node : nodes)
    if (!redis::resp3::is_aggregate(node.data_type)) found.push_back(std::move(node.value));
  return found;
}

position position_of(redis_link::reply&& nodes) {
  auto told = values(std::move(nodes));
  return {number(told.at(0)), std::move(told.at(1))};
}

/// "17-0" -> "17"
std::string line_of(std::string const& id) { return id.substr(0, id.find('-')); }

} // namespace

std::uint64_t snapshot::at_work() const {
  std::uint64_t n = 0;
  for (auto const& worker : running) n += worker.second;
  return n;
}

// A cluster keeps keys with the same {name} on one machine, where one script can use them.
queue::queue(redis_link& link, std::string_view farm) : link_(link) {
  for (auto const* name : {"jobs", "results", "bodies", "dead", "counts", "list"})
    keys_.push_back(fmt::format("{{{}}}:{}", farm, name));
}

/// The text goes along each time: a server that was restarted needs no script loaded.
redis::request queue::script(std::string_view text, std::vector<std::string> arguments) const {
  std::vector<std::string> all{std::to_string(keys_.size())};
  all.insert(all.end(), keys_.begin(), keys_.end());
  std::ranges::move(arguments, std::back_inserter(all));
  redis::request q;
  q.push_range("EVAL", fmt::format("{}{}", scripts::names, text), all);
  return q;
}

asio::awaitable<void> queue::open() {
  co_await check();
  co_await link_.ask(script(scripts::open));
}

asio::awaitable<position> queue::where() {
  co_return position_of(co_await link_.ask(script(scripts::where)));
}

asio::awaitable<position> queue::add(position from, position to,
                                     std::vector<std::string> const& urls,
                                     std::optional<moment> until, std::uint64_t window) {
  std::vector<std::string> arguments{std::to_string(from.lines), from.hash, to.hash, text_of(until),
                                     std::to_string(window)};
  arguments.insert(arguments.end(), urls.begin(), urls.end());
  auto q = script(scripts::add, std::move(arguments));
  co_return position_of(co_await link_.ask(std::move(q)));
}

asio::awaitable<void> queue::set_total(std::uint64_t lines) {
  auto q = script(scripts::total, {std::to_string(lines)});
  co_await link_.ask(std::move(q));
}

asio::awaitable<void> queue::set_complete(position at) {
  auto q = script(scripts::complete, {std::to_string(at.lines)});
  co_await link_.ask(std::move(q));
}

asio::awaitable<snapshot> queue::look() {
  auto const told = values(co_await link_.ask(script(scripts::look)));
  snapshot s;
  s.time = std::chrono::microseconds(number(told.at(0)));
  s.added = number(told.at(1));
  if (!told.at(2).empty()) s.total = number(told.at(2));
  s.complete = told.at(3) == "1";
  s.waiting = number(told.at(4));
  s.done = number(told.at(5));
  s.failed = number(told.at(6));
  s.dead = number(told.at(7));
  s.taken_over = number(told.at(8));
  s.again = number(told.at(9));
  for (std::size_t i = 10; i + 1 < told.size(); i += 2)
    s.running.emplace_back(told[i], number(told[i + 1]));
  co_return s;
}

asio::awaitable<std::vector<std::string>> queue::results(std::uint64_t first, std::size_t n) {
  std::vector<std::string> lines;
  lines.reserve(n);
  for (std::size_t i = 0; i < n; ++i) lines.push_back(std::to_string(first + i));
  auto q = script(scripts::read, std::move(lines));
  co_return values(co_await link_.ask(std::move(q)));
}

asio::awaitable<std::optional<std::string>> queue::body(std::uint64_t line) {
  redis::request q;
  q.push("HGET", keys_.at(bodies), line);
  auto nodes = co_await link_.ask(std::move(q));
  if (nodes.at(0).data_type == redis::resp3::type::null) co_return std::nullopt;
  co_return std::move(nodes.at(0).value);
}

leases::leases(redis_link& reading, redis_link& telling, std::string_view farm, std::string worker,
               milliseconds lease)
    : queue(telling, farm), reading_(reading), worker_(std::move(worker)), lease_(lease) {}

asio::awaitable<void> leases::join() {
  co_await open();
  auto const lease = std::to_string(lease_.count());
  auto q = script(scripts::join, {lease});
  auto const told = values(co_await link_.ask(std::move(q)));
  if (told.at(0) != lease)
    throw redis_error(fmt::format("the other workers of this farm have a lease of {} s, not {}",
                                  static_cast<double>(number(told.at(0))) / 1000,
                                  static_cast<double>(lease_.count()) / 1000));
}

asio::awaitable<std::vector<entry>> leases::take(std::size_t n) {
  link_.check(); // what cannot be stored must not be begun
  std::vector<entry> taken;
  if (steady_clock::now() >= next_look_) taken = co_await take_over(n);
  if (taken.empty()) taken = co_await take_new(n);
  co_return taken;
}

/// A search that has found something, or has not seen all, goes on with the next call.
asio::awaitable<std::vector<entry>> leases::take_over(std::size_t n) {
  auto q = script(scripts::take_over,
                  {worker_, std::to_string(lease_.count()), cursor_, std::to_string(n)});
  auto told = values(co_await link_.ask(std::move(q)));
  cursor_ = told.at(0);
  std::vector<entry> taken;
  for (std::size_t i = 1; i + 3 < told.size(); i += 4)
    taken.push_back({std::move(told[i]), std::move(told[i + 1]), moment_of(told[i + 2]),
                     static_cast<std::size_t>(number(told[i + 3]))});
  if (cursor_ == "0-0") next_look_ = steady_clock::now() + lease_ / 4;
  co_return taken;
}

/// An answer is {stream: [[id, [field, value, field, value]], ...]}, or nothing.
asio::awaitable<std::vector<entry>> leases::take_new(std::size_t n) {
  redis::request q;
  q.push("XREADGROUP", "GROUP", group, worker_, "COUNT", n, "BLOCK", longest_wait.count(),
         "STREAMS", keys_.at(jobs), ">");
  auto told = values(co_await reading_.ask(std::move(q)));
  constexpr std::size_t each = 5; // id, url, its value, until, its value
  std::vector<entry> taken;
  for (std::size_t i = 1; i + each <= told.size(); i += each)
    taken.push_back(
        {std::move(told[i]), std::move(told[i + 2]), moment_of(told[i + 4]), /*attempt*/ 1});
  co_return taken;
}

asio::awaitable<bool> leases::hold(entry const& e) {
  auto q = script(scripts::hold, {worker_, e.id, std::to_string(e.attempt)});
  auto const told = values(co_await link_.ask(std::move(q)));
  co_return told.at(0) == "1";
}

asio::awaitable<bool> leases::end(entry const& e, ending const& with) {
  std::string kind = with.dead ? "dead" : with.failed ? "failed" : "done";
  std::vector<std::string> arguments{e.id, line_of(e.id), with.line, std::move(kind)};
  if (with.body) arguments.insert(arguments.end(), {"body", *with.body});
  auto q = script(scripts::finish, std::move(arguments));
  auto const told = values(co_await link_.ask(std::move(q)));
  co_return told.at(0) == "1";
}

asio::awaitable<void> leases::leave() {
  auto q = script(scripts::leave, {worker_, std::to_string(lease_.count())});
  co_await link_.ask(std::move(q));
}

} // namespace farm
