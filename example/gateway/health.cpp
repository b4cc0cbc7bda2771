// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "health.hpp"

#include "rules.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>

std::string path_of(request const& asked) {
  auto const target = origin_form(asked.target());
  return target.substr(0, target.find('?'));
}

std::optional<answer> refuse_method(request const& asked) {
  if (asked.method() == http::verb::get || asked.method() == http::verb::head) return std::nullopt;
  auto a = refusal(http::status::method_not_allowed, "only GET and HEAD are allowed");
  a.set(http::field::allow, "GET, HEAD");
  return a;
}

answer text_answer(http::status status, std::string body, std::string_view type) {
  answer a(status, 11);
  a.set(http::field::content_type, type);
  a.body() = std::move(body);
  return a;
}

std::optional<answer> health::reply_to(request const& asked, std::string_view path) const {
  if (path != "/healthz" && path != "/readyz" && path != "/metrics") return std::nullopt;
  if (auto refused = refuse_method(asked)) return refused;
  if (path == "/metrics")
    return text_answer(http::status::ok, of_.counts->text(),
                       "text/plain; version=0.0.4; charset=utf-8");
  if (path == "/healthz" || of_.ready) return text_answer(http::status::ok, "ok\n");
  return text_answer(http::status::service_unavailable, "stopping\n");
}

handler health::handle() const {
  auto const reply_at_once = [this](request const& asked) -> std::optional<answer> {
    if (auto a = reply_to(asked, path_of(asked))) return a;
    return refusal(http::status::not_found, "there is only /healthz, /readyz and /metrics");
  };
  return {reply_at_once, nullptr};
}
