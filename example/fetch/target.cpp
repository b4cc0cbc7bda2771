// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "target.hpp"

#include "foreign_text.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/url.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace beast = boost::beast;
namespace urls = boost::urls;

namespace {

bool is_https(urls::url_view const& url) { return url.scheme_id() == urls::scheme::https; }

/// Throws for everything that a URL may say and this client cannot do.
void check(urls::url_view const& url) {
  if (url.scheme_id() != urls::scheme::http && !is_https(url))
    throw bad_url("only http:// and https:// URLs can be fetched");
  if (!url.has_authority()) // "http:/host"
    throw bad_url(fmt::format("the URL names no host: it does not begin with {}://",
                              std::string_view(url.scheme())));
  if (url.encoded_host().empty()) throw bad_url("the URL names no host");
  // Boost 1.81 takes "http://host:80x/" for a path of "x/".
  if (!url.encoded_path().empty() && !url.is_path_absolute()) throw bad_url("not a valid URL");
  if (url.host_type() == urls::host_type::ipvfuture)
    throw bad_url("the URL's host is an address of an unknown kind");
  if (url.has_userinfo()) throw bad_url("a user name in the URL is not supported");
}

std::uint16_t default_port(bool tls) { return tls ? 443 : 80; }

/// url_view::port_number() of Boost 1.81 takes 65616 for 80.
std::uint16_t port_of(urls::url_view const& url) {
  std::string_view const text = url.port();
  if (text.empty()) return default_port(is_https(url));
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

target target_of(urls::url url) {
  check(url);
  url.normalize_authority(); // names do not differ by case
  target t;
  t.tls = is_https(url);
  t.host = host_of(url);
  t.port = port_of(url);
  std::string const name(url.encoded_host());
  t.authority = fmt::format("{}:{}", name, t.port);
  t.host_field = t.port == default_port(t.tls) ? name : t.authority;
  t.request = url.encoded_target();
  if (!t.request.starts_with('/')) t.request.insert(0, 1, '/');
  return t;
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_escape(std::string_view text) {
  return text.size() > 2 && text[0] == '%' && is_hex(text[1]) && is_hex(text[2]);
}

/// People and servers write letters of all languages, blanks and brackets into paths and queries.
/// What is already encoded stays.
std::string encoded(std::string_view text) {
  constexpr std::string_view strange = "\"<>[\\]^`{|}";
  std::string good;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    bool const plain =
        is_alphanumeric(c) || (c > ' ' && c < '\x7F' && strange.find(c) == strange.npos &&
                               (c != '%' || is_escape(text.substr(i))));
    if (plain)
      good += c;
    else
      good += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return good;
}

/// Where the path begins, or what stands in its place. Brackets before it are those of an address.
std::size_t end_of_authority(std::string_view url) {
  auto const begin = url.find("//");
  if (begin == url.npos || url.find_first_of("/?#") < begin) return 0;
  if (begin > 0 && url[begin - 1] != ':') return 0; // "a//b" is a path
  return std::min(url.find_first_of("/?#", begin + 2), url.size());
}

std::string with_encoded_path(std::string_view url) {
  auto const end = end_of_authority(url);
  auto const fragment = std::min(url.find('#', end), url.size()); // it is not sent
  return std::string(url.substr(0, end)).append(encoded(url.substr(end, fragment - end)));
}

bool has_foreign_host(std::string_view url) {
  auto const host = url.substr(0, end_of_authority(url));
  return std::ranges::any_of(host, [](unsigned char c) { return c >= 0x80; });
}

/// "http:" as well, which is no host; and "mailto:", which is none that is meant.
bool has_scheme(std::string_view url) {
  auto const colon = url.find_first_of(":/?#");
  if (colon == url.npos || url[colon] != ':') return false;
  auto const scheme = url.substr(0, colon), rest = url.substr(colon + 1);
  return rest.starts_with('/') || beast::iequals(scheme, "http") ||
         beast::iequals(scheme, "https") || beast::iequals(scheme, "mailto");
}

std::string with_scheme(std::string_view url) {
  if (has_scheme(url)) return std::string(url);
  return fmt::format("{}{}", url.starts_with("//") ? "http:" : "http://", url);
}

} // namespace

std::string target::origin() const { return (tls ? "https://" : "http://") + host_field; }

std::string target::url() const { return origin() + request; }

target parse_url(std::string_view text) {
  auto const whole = with_encoded_path(with_scheme(text));
  if (auto const parsed = urls::parse_uri(whole)) return target_of(urls::url(*parsed));
  if (has_foreign_host(whole))
    throw bad_url("the name of the host is not in ASCII: write it with xn--");
  throw bad_url("not a valid URL");
}

bool names_archive(target const& t) {
  auto const path = std::string_view(t.request).substr(0, t.request.find('?'));
  auto const ends_in = [&](std::string_view end) {
    return path.size() > end.size() && beast::iequals(path.substr(path.size() - end.size()), end);
  };
  return ends_in(".gz") || ends_in(".tgz");
}

target parse_location(target const& from, std::string_view location) try {
  auto const text = with_encoded_path(location);
  auto const reference = urls::parse_uri_reference(text);
  if (!reference) throw bad_url("not a valid URL");
  urls::url url(from.url());
  if (!url.resolve(*reference)) throw bad_url("not a valid URL");
  target const to = target_of(std::move(url));
  if (from.tls && !to.tls) throw bad_url("that would leave https");
  return to;
} catch (bad_url const& e) {
  throw bad_url(fmt::format("redirected to {}: {}", shortened(location), e.what()));
}
