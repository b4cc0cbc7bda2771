// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "routes.hpp"

#include "quote_json.hpp"
#include "rules.hpp"
#include "symbols.hpp"

#include <string>
#include <utility>

namespace asio = boost::asio;

namespace {

std::vector<std::unique_ptr<upstream>> upstreams_of(config const& c, metrics& m) {
  std::vector<std::unique_ptr<upstream>> all;
  all.reserve(c.upstreams.size());
  for (auto const& each : c.upstreams) all.push_back(std::make_unique<upstream>(each, m));
  return all;
}

} // namespace

routes::routes(config const& c, service const& s, admission& a)
    : config_(c), health_(s), admission_(a), upstreams_(upstreams_of(c, *s.counts)),
      quotes_(std::make_unique<quotes>(upstreams_, c.deadline, a)) {}

handler routes::handle() const {
  return {[this](request const& asked) { return reply_at_once(asked); },
          [this](exchange const& e) { return quote(e, admission::place(admission_)); }};
}

std::optional<answer> routes::reply_at_once(request const& asked) const {
  auto const path = path_of(asked);
  if (auto a = health_.reply_to(asked, path)) return a;
  if (path != "/quote")
    return refusal(http::status::not_found, "there is only /quote, /healthz, /readyz and /metrics");
  if (auto refused = refuse_method(asked)) return refused;
  if (admission_.has_room()) return std::nullopt;
  auto a = refusal(http::status::service_unavailable, "there is too much to do");
  a.set(http::field::retry_after, "1");
  return a;
}

asio::awaitable<answer> routes::quote(exchange const& e, admission::place) const {
  std::vector<std::string> symbols;
  try {
    symbols = parse_symbols(origin_form(e.asked.target()), config_.max_symbols);
  } catch (bad_symbols const& error) {
    co_return refusal(http::status::bad_request, error.what());
  }
  auto const all = co_await quotes_->read_all(symbols, e);
  co_return to_answer(all, upstreams_, symbols);
}
