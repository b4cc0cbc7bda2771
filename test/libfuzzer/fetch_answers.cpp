// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What fetch makes of the answers of a server, over redirects and on connections that are used
// again: a body is the one that was sent, everything else is a row that says so; and whatever a
// server says, what is printed has no control characters in it.

#include "network/input.hpp"
#include "network/message.hpp"
#include "network/require.hpp"
#include "network/server.hpp"

#include "client.hpp"
#include "dialer.hpp"
#include "explain.hpp"
#include "job.hpp"
#include "options.hpp"
#include "report.hpp"
#include "retry.hpp"
#include "target.hpp"

#include <fanout/create_task.hpp>
#include <fanout/result.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using strict::verdict;

namespace {

constexpr std::size_t sure_up_to = 512; // bytes of a head or a body: any limit is larger
constexpr std::uint64_t largest_body = 64 * 1024;

peer::tcp::endpoint the_server; // whatever a URL says

} // namespace

// In the place of example/fetch/dialer.cpp: a redirect may name any host of the world, over TLS
// too, and all of them are the server of the input.

dialer::dialer(options const& o) : options_(o) {}

asio::awaitable<std::unique_ptr<connection>> dialer::connect(target const& server) {
  auto c = std::make_unique<connection>(co_await asio::this_coro::executor);
  auto const where = names::endpoints::create(the_server, server.host, "80");
  co_await c->connect(where);
  co_return c;
}

namespace {

options options_of(input const& in) {
  options o;
  o.urls = {in.choice(0) ? "http://a.test/file.gz" : "https://a.test/path?query"};
  o.max_body = largest_body;
  if (in.choice(1)) o.asked.method = "HEAD";
  if (in.choice(2)) o.asked.headers.emplace_back("Range", "bytes=0-9");
  if (in.choice(3)) {
    o.asked.method = "POST";
    o.asked.data = std::make_shared<std::string const>("a=b");
  }
  return o;
}

/// Whether all of these bytes are in the form that the slow reader knows: fetch reads others too.
bool is_plain(std::string_view text) {
  for (auto lf = text.find('\n'); lf != text.npos; lf = text.find('\n', lf + 1))
    if (lf == 0 || text[lf - 1] != '\r') return false;
  return true;
}

/// The answer in a part of the input, behind those that are none yet.
strict::message answer_in(std::string_view part, bool without_body) {
  for (;;) {
    auto a = strict::read_answer(part, without_body, sure_up_to);
    bool const is_interim = a.is == verdict::good && a.first[0] == '1' && a.first != "101";
    if (!is_interim) return a;
    part.remove_prefix(a.size);
  }
}

std::string content(std::FILE* file) {
  std::string text(2 * largest_body, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  return text;
}

void check_printed(job const& j, fanout::result<answer> const& outcome) {
  auto const line = to_json_line(j, outcome);
  require(line.ends_with('\n') && is_one_line(std::string_view(line).substr(0, line.size() - 1)),
          "an object is one line");
  boost::system::error_code error;
  boost::json::parse(line, error);
  require(!error, "an object is JSON");
  report r;
  r.jobs.push_back(j);
  r.outcomes.push_back(outcome);
  auto const table = to_table(r);
  require(std::ranges::none_of(table, [](char c) { return c != '\n' && is_control(c); }),
          "a table has no control characters");
}

void check_error(std::exception_ptr const& error) {
  using namespace std::chrono_literals;
  auto const pause = pause_after(error, 1);
  require(!pause || (*pause >= 0s && *pause <= 61s), "nobody waits for long");
  try {
    std::rethrow_exception(error);
  } catch (failure const&) {
  } catch (bad_url const&) {
  } catch (boost::system::system_error const&) {
  } // nothing else is an error of a server
}

/// Against what the slow reader makes of the only answer.
void check_answer(std::string_view part, options const& o, job const& j,
                  fanout::result<answer> const& outcome) {
  auto const a = answer_in(part, o.asked.method == "HEAD");
  bool const is_redirect = a.first.starts_with('3'); // its body need not be readable
  if (a.is == verdict::unfinished && !is_redirect && is_plain(part))
    require(outcome.has_error(), "half an answer is none");
  if (a.is != verdict::good) return;
  bool const is_success = a.first[0] == '2' && a.first != "206";
  if (a.first[0] == '4' || a.first[0] == '5')
    require(outcome.has_error(), "a failure of a server is one");
  if (!is_success || !a.values("content-encoding").empty()) return;
  require(outcome.has_value(), "a good answer is one");
  bool const brings_body = a.first != "204" && a.first != "205" && o.asked.method != "HEAD";
  if (!brings_body) return;
  require(outcome->bytes == a.body.size(), "a body is as long as it was sent");
  if (j.printed) require(content(outcome->body.get()) == a.body, "a body is as it was sent");
}

asio::awaitable<void> get(client& c, job& j, fanout::result<answer>& outcome) {
  try {
    outcome = co_await c.get(j);
  } catch (...) {
    outcome = std::current_exception();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  constexpr int jobs = 2;
  input const in(data, size);
  asio::io_context context;
  server s(context, in);
  the_server = s.where();
  auto const o = options_of(in);
  client c(o);
  for (int n = 0; n < jobs; ++n) {
    job j;
    j.url = o.urls.front();
    j.printed = in.choice(4);
    j.started = true;
    fanout::result<answer> outcome = answer();
    auto const before = s.requests().size();
    auto const task = fanout::create_task(context, get(c, j, outcome));
    s.serve(task);

    require(s.requests().size() > before, "an answer is asked for");
    require(s.requests().size() <= before + 7, "redirects and attempts have an end");
    if (outcome.has_error()) check_error(outcome.error());
    if (outcome.has_value()) require(outcome->bytes <= largest_body, "a body is not too large");
    if (s.requests().size() == before + 1) check_answer(s.part(before), o, j, outcome);
    check_printed(j, outcome);
  }
  return 0;
}
