// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "options.hpp"

#include <boost/program_options.hpp>

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <istream>
#include <string>
#include <string_view>
#include <system_error>

namespace po = boost::program_options;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_at_once = 65'536;
constexpr double longest_timeout = 86'400; // a day

constexpr std::string_view usage =
    "usage: fetch [--limit N] [--timeout S] [--from FILE|-] [--fail-fast] [URL...]\n"
    "\n"
    "Gets many http:// URLs at once. Without URLs it fetches from a server of its own.\n"
    "\n"
    "  --limit N      at most N at once (16)\n"
    "  --timeout S    seconds that each may take (10; 1 without URLs)\n"
    "  --from FILE    more URLs, one a line; empty lines and # comments are skipped; - is stdin\n"
    "  --fail-fast    the first failure cancels the rest\n"
    "  --help         this text\n"
    "\n"
    "Exit code: 0 all ok, 1 some failed, 2 bad usage, 130 after Ctrl-C.\n";

template <class Number>
bool parse_number(std::string const& text, Number& number) {
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

std::size_t parse_limit(std::string const& text) {
  std::size_t limit = 0;
  if (!parse_number(text, limit) || limit < 1 || limit > most_at_once) {
    throw usage_error(
        fmt::format("--limit takes a number from 1 to {}, not '{}'", most_at_once, text));
  }
  return limit;
}

std::chrono::milliseconds parse_timeout(std::string const& text) {
  double seconds = 0;
  // The comparison is false for NaN too.
  if (!parse_number(text, seconds) || !(seconds >= 0.001 && seconds <= longest_timeout)) {
    throw usage_error(
        fmt::format("--timeout takes seconds, from 0.001 to {}, not '{}'", longest_timeout, text));
  }
  return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

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

po::variables_map parse_words(int argc, char const* const* argv) {
  po::options_description named;
  auto add = named.add_options();
  add("limit", po::value<std::string>());
  add("timeout", po::value<std::string>());
  add("from", po::value<std::string>());
  add("fail-fast", po::bool_switch());
  add("help,h", po::bool_switch());
  add("url", po::value<std::vector<std::string>>());
  po::positional_options_description rest;
  rest.add("url", -1);

  namespace style = po::command_line_style;
  po::variables_map words;
  po::store(po::command_line_parser(argc, argv)
                .options(named)
                .positional(rest)
                .style(style::unix_style & ~style::allow_guessing)
                .run(),
            words);
  return words;
}

} // namespace

std::optional<options> parse_options(int argc, char const* const* argv) try {
  auto const words = parse_words(argc, argv);
  if (words["help"].as<bool>()) {
    fmt::print("{}", usage);
    return std::nullopt;
  }

  options o;
  if (words.count("url")) o.urls = words["url"].as<std::vector<std::string>>();
  if (words.count("from")) append_file(words["from"].as<std::string>(), o.urls);
  o.demo = !words.count("url") && !words.count("from");
  o.fail_fast = words["fail-fast"].as<bool>();
  if (o.demo) o.timeout = 1s;
  if (words.count("limit")) o.limit = parse_limit(words["limit"].as<std::string>());
  if (words.count("timeout")) o.timeout = parse_timeout(words["timeout"].as<std::string>());
  return o;
} catch (po::error const& e) {
  throw usage_error(e.what());
}
