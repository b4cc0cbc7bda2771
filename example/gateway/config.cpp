// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "config.hpp"

#include "section.hpp"
#include "unique_keys.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>

namespace asio = boost::asio;
namespace json = boost::json;
using asio::ip::tcp;

namespace {

constexpr std::string_view placeholder = "{symbol}";
constexpr std::uint64_t many = 1'000'000;
constexpr std::uint64_t largest = 1 << 30;

std::string read_file(std::string const& name) {
  if (std::filesystem::is_directory(name)) throw bad_config(name + ": is a folder");
  std::ifstream file(name, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) throw bad_config(name + ": cannot be read");
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3); // a byte order mark
  return text;
}

json::value parse_file(std::string const& name) {
  auto const text = read_file(name);
  json::parse_options how;
  how.allow_comments = true;
  how.allow_trailing_commas = true;
  json::stream_parser parser({}, how);
  boost::system::error_code error;
  auto const end = parser.write_some(text, error);
  if (!error && end < text.size()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  auto const line = 1 + std::ranges::count(text.substr(0, end), '\n');
  if (error) throw bad_config(fmt::format("{}:{}: {}", name, line, error.message()));
  if (auto const twice = key_that_stands_twice(text, how))
    throw bad_config(
        fmt::format("{}:{}: {}: stands twice", name, twice->line, escaped(twice->key)));
  return parser.release();
}

address address_of(section const& s, char const* key, std::string const& text) try {
  return parse_address(text);
} catch (std::invalid_argument const& e) {
  throw bad_config(fmt::format("{}: '{}': {}", s.path(key), escaped(text), e.what()));
}

tcp::endpoint listen_at(section const& s, char const* key) {
  return address_of(s, key, s.text(key, "")).known.front();
}

bool is_path(std::string const& text) {
  auto const at = text.find(placeholder);
  if (at == text.npos) return false;
  auto const example = std::string(text).replace(at, placeholder.size(), "A");
  return boost::urls::parse_origin_form(example).has_value();
}

bool is_printable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

log_format parse_log(section const& s) {
  auto const word = s.text("log", "text");
  if (word == "text") return log_format::text;
  if (word == "json") return log_format::json;
  if (word == "none") return log_format::none;
  s.fail("log", "text, json or none");
}

upstream_kind parse_kind(section const& s) {
  auto const word = s.text("kind", "http");
  if (word == "http") return upstream_kind::http;
#ifdef GATEWAY_HAS_GRPC
  if (word == "grpc") return upstream_kind::grpc;
  s.fail("kind", "http or grpc");
#else
  s.fail("kind", word == "grpc" ? "http: this gateway was built without gRPC" : "http or grpc");
#endif
}

/// RFC 9110, 5.6.2. What frames a request, or is set for another reason, is not free.
bool is_free_header(std::string const& name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  constexpr std::array taken{"Connection",        "Content-Length",   "Expect",       "Host",
                             "Keep-Alive",        "Proxy-Connection", "TE",           "Trailer",
                             "Transfer-Encoding", "Upgrade",          "X-Request-Id", "traceparent",
                             "tracestate"};
  auto const is_token = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           marks.find(c) != marks.npos;
  };
  return std::ranges::all_of(name, is_token) &&
         std::ranges::none_of(taken, [&](auto const& t) { return boost::beast::iequals(t, name); });
}

void parse_http(section const& s, upstream_config& u) {
  u.path = s.text("path", "/" + u.name + "?symbol={symbol}");
  if (!is_path(u.path) && !s.find("path"))
    s.fail("name", "a text that may stand in a path, or a path beside it");
  if (!is_path(u.path)) s.fail("path", "a path with {symbol} in it");
  u.timeout_header = s.text("timeout_header", "");
  if (!is_free_header(u.timeout_header))
    s.fail("timeout_header", "the name of a header field that nothing else needs");
}

upstream_config parse_upstream(json::value const& v, std::string where) {
  section const s(v, std::move(where),
                  {"name", "kind", "path", "timeout_header", "replicas", "hedge_after_ms", "limit",
                   "body_bytes"});
  upstream_config u;
  u.name = s.text("name", "");
  if (u.name.empty() || !is_printable(u.name)) s.fail("name", "a text on one line");
  u.kind = parse_kind(s);
  if (u.kind == upstream_kind::http) parse_http(s, u);
  for (char const* key : {"path", "timeout_header"})
    if (u.kind == upstream_kind::grpc && s.find(key)) s.fail(key, "nothing where kind is grpc");
  for (auto const& text : s.texts("replicas")) {
    u.replicas.push_back(address_of(s, "replicas", text));
    if (u.replicas.back().port == "0") s.fail("replicas", "a port from 1 to 65535");
  }
  s.time("hedge_after_ms", u.hedge_after);
  s.count("limit", u.limit, 1, many);
  s.count("body_bytes", u.body_bytes, 1, largest);
  return u;
}

std::vector<upstream_config> parse_upstreams(section const& s) {
  std::vector<upstream_config> all;
  auto const* list = s.find("upstreams")->if_array();
  if (!list || list->empty()) s.fail("upstreams", "a list of objects");
  std::set<std::string> names;
  for (auto const& each : *list) {
    auto where = fmt::format("{}[{}]", s.path("upstreams"), all.size());
    all.push_back(parse_upstream(each, where));
    if (!names.insert(all.back().name).second)
      throw bad_config(fmt::format("{}.name: '{}' stands twice", where, all.back().name));
  }
  return all;
}

void parse_limits(json::value const& v, std::string where, config& c) {
  section const s(v, std::move(where),
                  {"connections", "requests", "header_bytes", "body_bytes", "idle_ms", "request_ms",
                   "write_ms"});
  server_settings& to = c.server;
  s.count("connections", to.connections, 1, many);
  s.count("requests", c.requests, 1, many);
  s.count("header_bytes", to.session.header_bytes, 128, largest);
  s.count("body_bytes", to.session.body_bytes, 0, largest);
  s.time("idle_ms", to.session.idle);
  s.time("request_ms", to.session.request);
  s.time("write_ms", to.session.write);
}

void parse_demo(json::value const& v, std::string where, demo_config& to) {
  section const s(v, std::move(where),
                  {"fastest_ms", "slowest_ms", "stuck_ms", "stuck_share", "failing_share"});
  s.time("fastest_ms", to.fastest);
  s.time("slowest_ms", to.slowest);
  if (to.slowest < to.fastest) s.fail("slowest_ms", "at least fastest_ms");
  s.time("stuck_ms", to.stuck);
  s.share("stuck_share", to.stuck_share);
  s.share("failing_share", to.failing_share);
}

} // namespace

std::string upstream_config::target_for(std::string const& symbol) const {
  return std::string(path).replace(path.find(placeholder), placeholder.size(), symbol);
}

config read_config(std::string const& file) {
  auto const all = parse_file(file);
  section const s(all, file,
                  {"listen", "admin", "deadline_ms", "drain_delay_ms", "grace_ms", "max_symbols",
                   "log", "limits", "upstreams", "demo"});
  config c;
  if (s.find("listen")) c.listen = listen_at(s, "listen");
  if (s.find("admin")) c.admin = listen_at(s, "admin");
  if (c.admin == c.listen && c.admin.port() != 0) s.fail("admin", "another address than listen");
  s.time("deadline_ms", c.deadline);
  s.time("drain_delay_ms", c.server.delay, 0);
  s.time("grace_ms", c.server.grace);
  s.count("max_symbols", c.max_symbols, 1, many);
  c.log = parse_log(s);
  if (auto const* v = s.find("limits")) parse_limits(*v, s.path("limits"), c);
  if (s.find("upstreams")) c.upstreams = parse_upstreams(s);
  if (auto const* v = s.find("demo")) parse_demo(*v, s.path("demo"), c.demo);
  return c;
}
