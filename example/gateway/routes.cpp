// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "routes.hpp"

#include "quote_json.hpp"
#include "symbols.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace {

std::vector<std::unique_ptr<upstream>> upstreams_of(config const& c, metrics& m) {
  std::vector<std::unique_ptr<upstream>> all;
  for (auto const& each : c.upstreams) all.push_back(std::make_unique<upstream>(each, m));
  return all;
}

answer text(std::string body, std::string_view type) {
  answer a(http::status::ok, 11);
  a.set(http::field::content_type, type);
  a.body() = std::move(body);
  return a;
}

std::string_view path_of(request const& asked) {
  std::string_view const target = asked.target();
  return target.substr(0, target.find('?'));
}

} // namespace

routes::routes(config const& c, metrics& m)
    : config_(c), metrics_(m), upstreams_(upstreams_of(c, m)), quotes_(upstreams_, c.deadline) {}

asio::awaitable<answer> routes::reply_to(request const& asked) {
  constexpr std::array<std::string_view, 3> paths{"/quote", "/healthz", "/metrics"};
  auto const path = path_of(asked);
  if (std::ranges::find(paths, path) == paths.end())
    co_return refusal(http::status::not_found, "there is only /quote, /healthz and /metrics");
  if (asked.method() != http::verb::get && asked.method() != http::verb::head) {
    auto a = refusal(http::status::method_not_allowed, "only GET and HEAD are allowed");
    a.set(http::field::allow, "GET, HEAD");
    co_return a;
  }
  if (path == "/healthz") co_return text("ok\n", "text/plain");
  if (path == "/metrics")
    co_return text(metrics_.text(), "text/plain; version=0.0.4; charset=utf-8");
  co_return co_await quote(asked);
}

asio::awaitable<answer> routes::quote(request const& asked) {
  std::vector<std::string> symbols;
  try {
    symbols = parse_symbols(asked.target(), config_.max_symbols);
  } catch (bad_symbols const& e) {
    co_return refusal(http::status::bad_request, e.what());
  }
  auto const all = co_await quotes_.read_all(symbols);
  co_return to_answer(all, upstreams_, symbols);
}
