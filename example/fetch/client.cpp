// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "client.hpp"

#include "body.hpp"
#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/beast/http/field.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

namespace {

constexpr int most_redirects = 5;
constexpr auto time_to_skim = 500ms;
constexpr auto time_to_close = 50ms;

bool saves(job const& j) { return j.printed || !j.file.empty(); }

/// Between its construction and its destruction there is one more of them, however it ends.
class counted {
public:
  explicit counted(std::size_t& now) : now_(now) { ++now_; }
  counted(counted const&) = delete;
  ~counted() { --now_; }

private:
  std::size_t& now_;
};

} // namespace

client::client(options const& o)
    : options_(o), dialer_(o), idle_(o.limit), turns_(o.limit, o.urls.size()) {}

asio::awaitable<answer> client::get(job& j) {
  j.redirected_to.clear();
  target server = parse_url(j.url);
  request r = options_.asked;
  for (int redirects = 0;; ++redirects) {
    r.raw = r.raw || names_archive(server);
    reply const answered = co_await ask({server, r, j});
    if (answered.location.empty()) {
      if (!is_good(answered.got)) throw bad_status(answered.got, answered.retry_after);
      co_return answered.got;
    }
    if (redirects == most_redirects)
      throw failure(fmt::format("redirected more than {} times", most_redirects));

    target next = parse_location(server, answered.location);
    r.redirect(answered.got.status, next.origin() != server.origin());
    server = std::move(next);
    j.redirected_to = server.url();
  }
}

asio::awaitable<void> client::pause(std::chrono::milliseconds how_long) {
  turns_.lend();
  co_await fanout::sleep(how_long);
  co_await turns_.take_back();
}

/// The time that a request may take begins when it is its turn.
asio::awaitable<reply> client::ask(question q) {
  auto& places = places_at(q.server.authority);
  auto place = places.try_acquire();
  if (!place) place = co_await wait_for(places);
  counted const here(now_);
  most_ = std::max(most_, now_);
  std::string hindrance;
  try {
    co_return co_await fanout::timeout(options_.timeout, ask_patiently(q, hindrance));
  } catch (fanout::deadline_exceeded const&) {
    std::chrono::duration<double> const seconds = options_.timeout;
    throw failure(fmt::format("timed out after {} s{}", seconds.count(), hindrance));
  }
}

asio::awaitable<fanout::limiter::guard> client::wait_for(fanout::limiter& places) {
  turns_.lend();
  auto place = co_await places.acquire();
  co_await turns_.take_back();
  co_return place;
}

/// Where no more files may be open, others are about to close some. A request that comes later
/// waits too, and not only those that came first.
asio::awaitable<reply> client::ask_patiently(question q, std::string& hindrance) {
  if (without_file_ > 0) co_await wait_for_files();
  for (;;) {
    try {
      co_return co_await ask_at_once(q);
    } catch (out_of_files const& e) {
      hindrance = fmt::format(": {}", e.what());
    }
    idle_.clear();
    co_await wait_for_files();
  }
}

asio::awaitable<void> client::wait_for_files() {
  counted const here(without_file_);
  co_await fanout::sleep(time_to_close);
}

asio::awaitable<reply> client::ask_at_once(question q) {
  auto const asked = q.asked.to(q.server, options_.proxy && !q.server.tls);
  room_for_file room(saves(q.from));
  auto c = q.asked.is_idempotent() ? idle_.take(q.server.origin()) : nullptr;
  for (;; c = nullptr) {
    bool const reused = c != nullptr;
    if (!c) c = co_await dialer_.connect(q.server);
    exchange e(*c, asked, options_.max_body);
    auto const error = co_await e.begin();
    if (reused && is_hung_up(error) && !e.has_begun()) continue;
    if (error) e.fail(error);

    reply const answered = co_await finish(e, q, room);
    if (e.leaves_it_open()) idle_.put(q.server.origin(), std::move(c));
    co_return answered;
  }
}

asio::awaitable<reply> client::finish(exchange& e, question q, room_for_file& room) {
  reply r = reply_of(e.head());
  body b(options_.max_body);
  if (brings_body(r.got, q.asked)) {
    check_whole(r.got, q.asked);
    check_coding(e.head());
    room.give_up();
    prepare(b, e.head(), q);
    co_await e.read_body(b);
    b.finish();
  } else {
    co_await skim(e, b);
  }
  b.describe(r.got);
  co_return r;
}

void client::prepare(body& b, exchange::header const& head, question q) try {
  if (!q.asked.raw && !has_type_of_archive(head)) b.decode(head[http::field::content_encoding]);
  if (!q.from.file.empty()) b.save(q.from.file);
  if (q.from.printed) b.set_aside();
} catch (out_of_files const& e) {
  if (q.asked.is_idempotent()) throw;
  throw failure(e.what()); // it must not be asked again
}

/// The status counts, and the body need not be readable. If it is, the connection can go on.
asio::awaitable<void> client::skim(exchange& e, body& b) {
  try {
    co_await fanout::timeout(time_to_skim, e.read_body(b));
  } catch (failure const&) { // the status is enough
  } catch (boost::system::system_error const& error) {
    if (fanout::is_cancelled(error.code())) throw;
  }
}

fanout::limiter& client::places_at(std::string const& host) {
  return places_.try_emplace(host, options_.per_host).first->second;
}
