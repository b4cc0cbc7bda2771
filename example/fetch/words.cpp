// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "words.hpp"

#include "options.hpp"

#include <boost/program_options.hpp>

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace po = boost::program_options;
using std::chrono::milliseconds;

namespace {

constexpr double longest_time = 86'400; // a day

template <class Number>
bool parse_number(std::string const& text, Number& number) {
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

} // namespace

words::words(int argc, char const* const* argv) {
  po::options_description named;
  auto add = named.add_options();
  for (auto name : {"from", "limit", "per-host", "timeout", "deadline", "retries", "method", "data",
                    "output", "to,o", "max-body", "cafile", "http-proxy", "connect-timeout"})
    add(name, po::value<std::string>());
  for (auto name : {"header", "url"}) add(name, po::value<std::vector<std::string>>()->composing());
  for (auto name : {"fail-fast", "json", "jsonl", "raw", "insecure", "version", "help,h"})
    add(name, po::bool_switch());
  po::positional_options_description rest;
  rest.add("url", -1);

  namespace style = po::command_line_style;
  po::store(po::command_line_parser(argc, argv)
                .options(named)
                .positional(rest)
                .style(style::unix_style & ~style::allow_guessing)
                .run(),
            map_);
}

std::string words::text(char const* name) const {
  return has(name) ? map_[name].as<std::string>() : std::string();
}

std::vector<std::string> words::list(char const* name) const {
  return has(name) ? map_[name].as<std::vector<std::string>>() : std::vector<std::string>();
}

std::uint64_t words::parse_count(char const* name, std::uint64_t least, std::uint64_t most) const {
  std::uint64_t n = 0;
  if (!parse_number(text(name), n) || n < least || n > most)
    throw usage_error(
        fmt::format("--{} takes a number from {} to {}, not '{}'", name, least, most, text(name)));
  return n;
}

void words::time(char const* name, milliseconds& time) const {
  if (!has(name)) return;
  double seconds = 0;
  // The comparison is false for NaN too.
  if (!parse_number(text(name), seconds) || !(seconds >= 0.001 && seconds <= longest_time))
    throw usage_error(fmt::format("--{} takes seconds, from 0.001 to {}, not '{}'", name,
                                  longest_time, text(name)));
  time = std::chrono::round<milliseconds>(std::chrono::duration<double>(seconds));
}
