// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "target.hpp"

#include <boost/url.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace urls = boost::urls;

namespace {

constexpr std::uint16_t http_port = 80;

/// Throws for everything that a URL may say and this client cannot do.
void check(urls::url_view const& url) {
  if (url.scheme_id() != urls::scheme::http) throw bad_url("only http:// URLs can be fetched");
  if (!url.has_authority() || url.encoded_host().empty()) throw bad_url("the URL names no host");
  if (url.host_type() == urls::host_type::ipvfuture)
    throw bad_url("the URL's host is an address of an unknown kind");
  if (url.has_userinfo()) throw bad_url("a user name in the URL is not supported");
}

/// url_view::port_number() of Boost 1.81 takes 65616 for 80.
std::uint16_t port_of(urls::url_view const& url) {
  std::string_view const text = url.port();
  if (text.empty()) return http_port;
  std::uint16_t port = 0;
  auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || port == 0) throw bad_url(fmt::format("there is no port {}", text));
  return port;
}

/// The system's resolver would read "good%00bad" up to the zero byte.
std::string host_of(urls::url_view const& url) {
  std::string host = url.host_address();
  if (std::ranges::any_of(host, [](unsigned char c) { return c <= ' ' || c == 0x7F; }))
    throw bad_url("not a valid URL");
  return host;
}

} // namespace

target parse_url(std::string_view text) {
  auto const parsed = urls::parse_uri(text);
  if (!parsed) {
    bool const has_scheme = text.find("://") != text.npos;
    throw bad_url(has_scheme ? "not a valid URL" : "not a URL: it does not begin with http://");
  }
  auto const& url = *parsed;
  check(url);

  target t;
  t.host = host_of(url);
  t.port = port_of(url);
  t.host_field = url.encoded_host();
  if (t.port != http_port) t.host_field += fmt::format(":{}", t.port);
  t.request = url.encoded_target();
  if (!t.request.starts_with('/')) t.request.insert(0, 1, '/');
  return t;
}
