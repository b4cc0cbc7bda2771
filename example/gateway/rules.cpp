// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "rules.hpp"

#include "text_of_second.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <chrono>
#include <iterator>
#include <string_view>

namespace urls = boost::urls;
using boost::beast::iequals;

namespace {

std::size_t count(request_header const& h, http::field name) {
  auto const [first, last] = h.equal_range(name);
  return static_cast<std::size_t>(std::distance(first, last));
}

/// RFC 9112, 3.2: one Host, which may be empty.
bool has_valid_host(request_header const& h) {
  if (count(h, http::field::host) == 0) return h.version() < 11;
  if (count(h, http::field::host) > 1) return false;
  auto const host = h[http::field::host];
  auto const parsed = urls::parse_authority(host);
  return parsed && !parsed->has_userinfo();
}

/// RFC 9112, 6.1 and 6.3: a length and a coding contradict each other, as do two of either; a
/// coding that is not known cannot be read, and one of HTTP/1.0 is not to be believed.
std::optional<answer> refuse_framing(request_header const& h) {
  auto const codings = count(h, http::field::transfer_encoding);
  auto const lengths = count(h, http::field::content_length);
  std::string_view const length = h[http::field::content_length];
  if (lengths > 1 || length.find(',') != length.npos)
    return refusal(http::status::bad_request, "one Content-Length is allowed");
  if (codings == 0) return std::nullopt;
  bool const is_good = codings == 1 && lengths == 0 && h.version() == 11 &&
                       iequals(h[http::field::transfer_encoding], "chunked");
  return is_good ? std::nullopt : std::optional(refuse_coding());
}

} // namespace

answer refuse_coding() {
  return refusal(http::status::bad_request,
                 "the only Transfer-Encoding is chunked, once, in HTTP/1.1, "
                 "and without Content-Length");
}

std::optional<answer> refuse_by_rules(request_header const& h) {
  if (auto refused = refuse_framing(h)) return refused;
  if (!has_valid_host(h)) return refusal(http::status::bad_request, "one valid Host is needed");
  if (h.version() == 11 && count(h, http::field::expect) > 0 && !expects_continue(h))
    return refusal(http::status::expectation_failed, "the only expectation known is 100-continue");
  return std::nullopt;
}

bool expects_continue(request_header const& h) {
  return h.version() == 11 && count(h, http::field::expect) == 1 &&
         iequals(h[http::field::expect], "100-continue");
}

std::string origin_form(std::string target) {
  if (target.starts_with('/')) return target;
  auto const url = urls::parse_absolute_uri(target);
  if (!url || !url->has_authority()) return target;
  auto const resource = std::string_view(url->encoded_resource());
  return resource.starts_with('/') ? std::string(resource) : '/' + std::string(resource);
}

std::string http_date() {
  thread_local text_of_second text("{:%a, %d %b %Y %H:%M:%S} GMT");
  return text.at(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}
