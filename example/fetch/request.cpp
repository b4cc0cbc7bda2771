// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "request.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr std::array<std::string_view, 5> idempotent{"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};

/// The user chooses the server that may read them, and chose one.
constexpr std::array secret{http::field::authorization, http::field::proxy_authorization,
                            http::field::cookie, http::field::host};

/// They describe data that is no longer sent.
constexpr std::array of_data{http::field::content_type, http::field::content_encoding,
                             http::field::content_language};

template <std::size_t N>
void remove(std::vector<request::header>& headers, std::array<http::field, N> const& names) {
  std::erase_if(headers, [&](request::header const& h) {
    return std::ranges::find(names, http::string_to_field(h.first)) != names.end();
  });
}

} // namespace

bool is_token(std::string_view text) {
  auto const allowed = [](char c) { // where a char has a sign, other alphabets are below zero
    return c > ' ' && c < '\x7F' &&
           std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

bool request::is_idempotent() const {
  return std::ranges::find(idempotent, method) != idempotent.end();
}

bool request::asks_for_part() const {
  auto const is_range = [](header const& h) { return beast::iequals(h.first, "Range"); };
  return std::ranges::any_of(headers, is_range);
}

void request::redirect(unsigned status, bool to_another_origin) {
  bool const see_other = status == 303 && method != "HEAD";
  if (see_other || ((status == 301 || status == 302) && method == "POST")) {
    method = "GET";
    data = nullptr;
    remove(headers, of_data);
  }
  if (to_another_origin) remove(headers, secret);
}

request::message request::to(target const& server, bool whole_url) const {
  message m;
  m.version(11);
  m.method_string(method);
  m.target(whole_url ? server.url() : server.request);
  m.set(http::field::host, server.host_field);
  m.set(http::field::user_agent, "fanout-fetch");
  m.set(http::field::accept, "*/*");
  // A part from the middle cannot be decoded.
  m.set(http::field::accept_encoding, raw || asks_for_part() ? "identity" : "gzip");
  for (auto const& [name, value] : headers) m.erase(name);
  for (auto const& [name, value] : headers) m.insert(name, value);
  if (data) m.body() = {data->data(), data->size()};
  m.prepare_payload();
  return m;
}
