// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "options.hpp"

#include "usage.hpp"
#include "words.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/program_options/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
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
  for (std::string line; std::getline(in, line);) {
    constexpr auto blanks = " \t\r\v\f";
    auto const first = line.find_first_not_of(blanks);
    if (first == line.npos || line[first] == '#') continue;
    urls.push_back(line.substr(first, line.find_last_not_of(blanks) - first + 1));
  }
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
  auto const proxy = parse_url(text);
  if (proxy.tls || proxy.request != "/") throw bad_url("only http://HOST:PORT");
  return proxy;
} catch (bad_url const& e) {
  throw usage_error(fmt::format("--http-proxy cannot be '{}': {}", text, e.what()));
}

} // namespace

std::optional<options> parse_options(int argc, char const* const* argv) try {
  words const w(argc, argv);
  if (w.flag("help")) {
    fmt::print("{}", usage);
    return std::nullopt;
  }

  options o;
  o.urls = w.list("url");
  if (w.has("from")) append_file(w.text("from"), o.urls);
  o.demo = !w.has("url") && !w.has("from");
  w.count("limit", o.limit, 1, most_at_once);
  o.per_host = o.limit;
  w.count("per-host", o.per_host, 1, most_at_once);
  if (o.demo) o.timeout = 1s;
  w.time("timeout", o.timeout);
  w.time("deadline", o.deadline);
  w.count("retries", o.retries, 0, most_retries);
  o.fail_fast = w.flag("fail-fast");
  o.asked = parse_request(w);
  o.output = w.text("output");
  w.count("max-body", o.max_body, 0, largest_body);
  o.json = w.flag("json");
  o.cafile = w.text("cafile");
  o.insecure = w.flag("insecure");
  o.proxy = parse_proxy(w.text("http-proxy"));
  return o;
} catch (boost::program_options::error const& e) {
  throw usage_error(e.what());
}
