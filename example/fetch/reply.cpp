// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "reply.hpp"

#include "foreign_text.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr unsigned no_content = 204, reset_content = 205, partial_content = 206;

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_success(answer const& a) { return a.status / 100 == 2; }

answer answer_of(exchange::header const& head) {
  answer a;
  a.status = head.result_int();
  a.reason = shortened(head.reason());
  if (a.reason.empty()) a.reason = http::obsolete_reason(head.result());
  if (a.status < 200) a.reason = fmt::format("status {} is no answer", a.status);
  return a;
}

} // namespace

reply reply_of(exchange::header const& head) {
  reply r;
  r.got = answer_of(head);
  if (is_redirect(r.got.status)) r.location = head[http::field::location];
  r.retry_after = head[http::field::retry_after];
  return r;
}

bool is_good(answer const& a) { return a.status >= 200 && a.status < 400; }

bool brings_body(answer const& a, request const& r) {
  return is_success(a) && a.status != no_content && a.status != reset_content && r.method != "HEAD";
}

void check_whole(answer const& a, request const& r) {
  if (a.status == partial_content && !r.asks_for_part())
    throw failure("only a part of the body came, and all of it was asked for");
}

void check_coding(exchange::header const& head) {
  std::string codings;
  auto const [begin, end] = head.equal_range(http::field::transfer_encoding);
  for (auto field = begin; field != end; ++field) {
    if (!codings.empty()) codings += ", ";
    codings += std::string_view(field->value());
  }
  if (!codings.empty() && !beast::iequals(codings, "chunked") &&
      !beast::iequals(codings, "identity"))
    throw failure(fmt::format("the transfer coding '{}' is not known", shortened(codings)));
}

bool has_type_of_archive(exchange::header const& head) {
  constexpr std::array<std::string_view, 3> types{"application/gzip", "application/x-gzip",
                                                  "application/x-tgz"};
  std::string_view type = head[http::field::content_type];
  type = type.substr(0, type.find_first_of("; "));
  return std::ranges::any_of(types, [&](std::string_view t) { return beast::iequals(t, type); });
}
