// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "options.hpp"

#include "url_list.hpp"
#include "usage.hpp"
#include "words.hpp"

#include <fanout/version.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace beast = boost::beast;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t most_at_once = 65'536;
constexpr std::uint64_t most_retries = 100;
constexpr std::uint64_t largest_body = std::uint64_t(1) << 62;

void append_lines(std::istream& in, std::vector<std::string>& urls) {
  url_list list(in);
  for (std::string url; list.next(url);) urls.push_back(url);
}

void append_file(std::string const& name, std::vector<std::string>& urls) {
  if (name == "-") return append_lines(std::cin, urls);
  std::ifstream file(name);
  if (file) append_lines(file, urls);
  if (!file.is_open() || file.bad())
    throw usage_error(fmt::format("--from cannot read '{}'", name));
}

/// As it stands, or what is in the file that it names.
std::string read_data(std::string const& text) {
  if (!text.starts_with('@')) return text;
  std::ifstream file(text.substr(1), std::ios::binary);
  std::string data(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad())
    throw usage_error(fmt::format("--data cannot read '{}'", text.substr(1)));
  return data;
}

request::header parse_header(std::string const& line) {
  constexpr std::array<std::string_view, 4> ours{"Content-Length", "Transfer-Encoding",
                                                 "Connection", "Upgrade"};
  auto const colon = std::min(line.find(':'), line.size());
  auto const name = line.substr(0, colon);
  auto const first = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
  auto const value = line.substr(first, line.find_last_not_of(" \t") + 1 - first);
  auto const is_control = [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7F; };
  if (colon == line.size() || !is_token(name) || std::ranges::any_of(value, is_control))
    throw usage_error(fmt::format("--header takes 'Name: value', not '{}'", line));
  for (auto const& reserved : ours)
    if (beast::iequals(name, reserved))
      throw usage_error(fmt::format("--header cannot set {}", reserved));
  return {name, value};
}

request parse_request(words const& w) {
  request r;
  for (auto const& line : w.list("header")) r.headers.push_back(parse_header(line));
  if (w.has("data")) {
    r.method = "POST";
    r.data = std::make_shared<std::string const>(read_data(w.text("data")));
    auto const is_type = [](auto const& h) { return beast::iequals(h.first, "Content-Type"); };
    if (std::ranges::none_of(r.headers, is_type))
      r.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  }
  if (w.has("method")) r.method = w.text("method");
  if (!is_token(r.method) || r.method == "CONNECT")
    throw usage_error(fmt::format("--method takes a word like GET, not '{}'", r.method));
  return r;
}

std::optional<target> parse_proxy(std::string const& text) try {
  if (text.empty()) return std::nullopt;
  auto proxy = parse_url(text);
  if (proxy.tls || proxy.request != "/") throw bad_url("only http://HOST:PORT");
  return proxy;
} catch (bad_url const& e) {
  throw usage_error(fmt::format("--http-proxy cannot be '{}': {}", text, e.what()));
}

void parse_times(words const& w, options& o) {
  if (o.demo) o.timeout = 1s;
  w.time("timeout", o.timeout);
  w.time("deadline", o.deadline);
  if (!w.has("connect-timeout")) return;
  o.connect_timeout.emplace();
  w.time("connect-timeout", *o.connect_timeout);
}

void parse_results(words const& w, options& o) {
  o.output = w.text("output");
  o.to = w.text("to");
  o.asked.raw = w.flag("raw");
  w.count("max-body", o.max_body, 0, largest_body);
  o.json = w.flag("json");
  o.jsonl = w.flag("jsonl");
  if (o.json && o.jsonl) throw usage_error("--json and --jsonl exclude each other");
  if (w.has("output") && w.has("to")) throw usage_error("--output and --to exclude each other");
  for (auto const* name : {"output", "to"})
    if (w.has(name) && w.text(name).empty())
      throw usage_error(fmt::format("--{} takes a name, not ''", name));
  auto const name = std::filesystem::path(o.to).filename();
  if (w.has("to") && (name.empty() || name == "." || name == ".."))
    throw usage_error(fmt::format("--to takes the name of a file, not '{}'", o.to));
  if (w.has("to") && o.urls.size() != 1)
    throw usage_error(fmt::format("--to takes one URL, not {}", o.urls.size()));
}

bool has_printed(words const& w) {
  if (w.flag("help")) fmt::print("{}", usage);
  if (w.flag("version"))
    fmt::print("fetch of fanout {}.{}.{}, Boost {}.{}.{}\n", FANOUT_VERSION_MAJOR,
               FANOUT_VERSION_MINOR, FANOUT_VERSION_PATCH, BOOST_VERSION / 100'000,
               BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  return w.flag("help") || w.flag("version");
}

} // namespace

std::optional<options> parse_options(int argc, char const* const* argv) try {
  words const w(argc, argv);
  if (has_printed(w)) return std::nullopt;

  options o;
  for (auto const& text : w.list("url")) o.urls.emplace_back(trimmed(text));
  if (w.has("from")) append_file(w.text("from"), o.urls);
  o.demo = !w.has("url") && !w.has("from");
  w.count("limit", o.limit, 1, most_at_once);
  o.per_host = o.limit;
  w.count("per-host", o.per_host, 1, most_at_once);
  parse_times(w, o);
  w.count("retries", o.retries, 0, most_retries);
  o.fail_fast = w.flag("fail-fast");
  o.asked = parse_request(w);
  parse_results(w, o);
  o.cafile = w.text("cafile");
  o.insecure = w.flag("insecure");
  o.proxy = parse_proxy(w.text("http-proxy"));
  return o;
} catch (boost::program_options::error const& e) {
  throw usage_error(e.what());
}
