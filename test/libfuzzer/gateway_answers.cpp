// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the gateway makes of the answers of an upstream, which is asked twice: each answer is
// the value that it carries, or a failure with words; and none is taken for the answer to another
// question.

#include "network/input.hpp"
#include "network/message.hpp"
#include "network/require.hpp"
#include "network/server.hpp"

#include "config.hpp"
#include "metrics.hpp"
#include "upstream.hpp"

#include <fanout/create_task.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asio = boost::asio;
namespace json = boost::json;
using strict::verdict;

namespace {

constexpr std::size_t sure_up_to = 512; // bytes of a head or a body: any limit is larger
constexpr std::size_t times = 2;

struct outcome {
  std::optional<json::value> value;
  std::string words; // why there is none
};

asio::awaitable<void> ask(replica& r, question& q, outcome& o) {
  try {
    o.value = co_await r.ask(q);
  } catch (failure const& e) {
    o.words = e.what();
  }
}

upstream_config settings() {
  upstream_config u;
  u.name = "price";
  u.path = "/price?symbol={symbol}";
  u.body_bytes = 1024;
  return u;
}

/// To register them anew takes longer than all the rest.
upstream_metrics const& counts() {
  static metrics all;
  static auto const one = all.of_upstream("price");
  return one;
}

/// The answer in a part of the input, behind those that are none yet.
strict::message answer_in(std::string_view part) {
  for (;;) {
    auto a = strict::read_answer(part, false, sure_up_to);
    bool const is_interim = a.is == verdict::good && a.first[0] == '1' && a.first != "101";
    if (!is_interim) return a;
    part.remove_prefix(a.size);
  }
}

/// Whether more bytes follow it.
bool has_rest(std::string_view part, strict::message const& a) {
  return a.is == verdict::good && part.size() > part.rfind("HTTP/1.") + a.size;
}

void check(outcome const& o, std::string_view part) {
  require(o.value || !o.words.empty(), "a failure has words");
  require(is_one_line(o.words), "the words of a failure are one line");
  auto const a = answer_in(part);
  if (a.is == verdict::unfinished) require(!o.value, "half an answer is none");
  if (a.is != verdict::good) return;
  boost::system::error_code error;
  auto const value = json::parse(a.body, error);
  if (a.first != "200" || error)
    require(!o.value, "another answer is a failure");
  else if (a.body.find_first_of("eE") == a.body.npos) // or a number may be too large
    require(o.value && *o.value == value, "an answer is the value that it carries");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  asio::io_context context;
  server s(context, input(data, size));
  auto const config = settings();
  replica r({"here:1", "here", "1", {s.where()}}, config, counts());

  request const asked;
  std::string const symbol = "A";
  for (std::size_t n = 0; n < times; ++n) {
    exchange const e{asked, "an-id"};
    question q{symbol, e, std::chrono::steady_clock::now() + std::chrono::hours(1)};
    outcome o;
    auto const before = s.requests().size();
    auto const task = fanout::create_task(context, ask(r, q, o));
    s.serve(task);
    task.result(); // throws what is no failure

    require(s.requests().size() > before, "an answer is asked for");
    if (s.requests().size() == before + 1) check(o, s.part(before));
    bool const is_reused = before > 0 && s.requests()[before] == s.requests()[before - 1];
    if (is_reused) {
      auto const last = s.part(before - 1);
      require(!has_rest(last, answer_in(last)), "what came unasked is not taken for an answer");
    }
  }
  return 0;
}
