// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "options.hpp"

#include <boost/program_options.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

namespace po = boost::program_options;

namespace {

constexpr std::string_view usage = R"(usage: gateway [OPTION...]

Answers GET /quote?symbols=A,B,C with what several upstream services say about each symbol. Without a
configuration file it asks services of its own.

  --config FILE     where to listen, whom to ask, and how long to wait: see gateway.json
  --check-config    says whether the configuration is good, and ends
  --port N          listens on this port; 0: on one that is free (8080)
  --admin-port N    listens on this one for /healthz, /readyz and /metrics (8081; 0 beside --port 0)
  --grace S         seconds that requests under way have after Ctrl-C or SIGTERM (5)
  --help            this text

GET /healthz says that it runs, GET /readyz whether it wants requests, GET /metrics tells Prometheus
how it does; they are answered at --port too, but only there always. Each request is a line on stdout,
each trouble one on stderr. The first signal ends it when all requests have been answered, the second
one at once.

Exit code: 0 after a signal, 1 an error, 2 bad usage, 130 or 143 after a second signal.
)";

template <class Number>
Number parse(po::variables_map const& words, char const* name, Number least, Number most,
             char const* wanted) {
  auto const& text = words[name].as<std::string>();
  Number n{};
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc() || stop != end || !(n >= least && n <= most)) // also for NaN
    throw usage_error(
        fmt::format("--{} takes {}, from {} to {}, not '{}'", name, wanted, least, most, text));
  return n;
}

po::variables_map parse_words(int argc, char const* const* argv) try {
  po::options_description named;
  for (auto name : {"config", "port", "admin-port", "grace"})
    named.add_options()(name, po::value<std::string>());
  named.add_options()("help,h", po::bool_switch())("check-config", po::bool_switch());

  namespace style = po::command_line_style;
  po::variables_map words;
  po::store(po::command_line_parser(argc, argv)
                .options(named)
                .positional({})
                .style(style::unix_style & ~style::allow_guessing)
                .run(),
            words);
  return words;
} catch (po::error const& e) {
  throw usage_error(e.what());
}

/// Throws std::system_error if it cannot be printed.
void print(std::string_view words) {
  fmt::print("{}", words);
  if (std::fflush(stdout) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot write to stdout");
}

} // namespace

std::optional<config> parse_options(int argc, char const* const* argv) {
  auto const words = parse_words(argc, argv);
  if (words["help"].as<bool>()) {
    print(usage);
    return std::nullopt;
  }
  config c;
  if (words.count("config")) c = read_config(words["config"].as<std::string>());
  auto const port = [&](char const* name) {
    return parse<std::uint16_t>(words, name, 0, 65535, "a number");
  };
  if (words.count("port")) c.listen.port(port("port"));
  if (words.count("port") && c.listen.port() == 0) c.admin.port(0);
  if (words.count("admin-port")) c.admin.port(port("admin-port"));
  if (words.count("grace"))
    c.server.grace = std::chrono::round<std::chrono::milliseconds>(
        std::chrono::duration<double>(parse<double>(words, "grace", 0.001, 86'400, "seconds")));
  if (!words["check-config"].as<bool>()) return c;
  print("gateway: the configuration is good\n");
  return std::nullopt;
}
