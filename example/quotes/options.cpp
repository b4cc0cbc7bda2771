// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "options.hpp"

#include <boost/program_options.hpp>

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <string_view>
#include <system_error>

namespace po = boost::program_options;

namespace {

constexpr std::string_view usage = R"(usage: quotes COMMAND [OPTION...]

  source               a source of prices, which it makes up
  serve                the service: asks the sources that --source names, for each call
  ask HOST:PORT SYMBOL...
                       asks a service, or a source, about these symbols at once
  count HOST:PORT      says how many calls a service or a source has had

  --port N             of source and serve: listens on this port of the loopback interface (a free one)
  --source NAME=HOST:PORT[,HOST:PORT...]
                       of serve, once for each source: where its replicas are
  --hedge-after MS     of serve: asks the next replica too when one takes longer (50)
  --reserve MS         of serve: ends that long before the deadline, with what has come (10)
  --take MS            of source: takes so long for each call (5)
  --limit N            of serve: calls to each source at once; of ask: symbols at once (100)
  --deadline MS        of ask and count (1000)
  --log                of source and serve: a line of JSON on stdout for each call that has ended
  --help               this text

Ctrl-C and SIGTERM end a service or a source when its calls have ended, or after a second.

Exit code: 0, 1 an error or a symbol without a price, 2 bad usage.
)";

template <class Number>
Number parse(std::string const& text, std::string_view name, Number least, Number most) {
  Number n{};
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc() || stop != end || n < least || n > most)
    throw usage_error(
        fmt::format("--{} takes a number from {} to {}, not '{}'", name, least, most, text));
  return n;
}

std::string parse_address(std::string const& text, std::string_view what) {
  auto const colon = text.rfind(':');
  unsigned port = 0;
  auto const end = text.data() + text.size();
  auto const begin = colon == text.npos ? end : text.data() + colon + 1;
  auto const [stop, error] = std::from_chars(begin, end, port);
  if (colon == 0 || colon == text.npos || error != std::errc() || stop != end || port == 0 ||
      port > 65535)
    throw usage_error(fmt::format("{} takes HOST:PORT, not '{}'", what, text));
  return text;
}

source_option parse_source(std::string const& text) {
  auto const equals = text.find('=');
  if (equals == 0 || equals == text.npos)
    throw usage_error(fmt::format("--source takes NAME=HOST:PORT[,HOST:PORT...], not '{}'", text));
  source_option o{text.substr(0, equals), {}};
  for (auto begin = equals + 1; begin <= text.size();) {
    auto const end = std::min(text.find(',', begin), text.size());
    o.replicas.push_back(parse_address(text.substr(begin, end - begin), "--source " + o.name));
    begin = end + 1;
  }
  return o;
}

command parse_command(std::string const& word) {
  static std::map<std::string, command> const known{{"source", command::source},
                                                    {"serve", command::serve},
                                                    {"ask", command::ask},
                                                    {"count", command::count}};
  auto const found = known.find(word);
  if (found == known.end())
    throw usage_error(fmt::format("there is no command '{}': see --help", word));
  return found->second;
}

po::variables_map parse_words(int argc, char const* const* argv) try {
  using words = std::vector<std::string>;
  po::options_description named;
  for (auto name : {"port", "hedge-after", "reserve", "take", "limit", "deadline"})
    named.add_options()(name, po::value<std::string>());
  named.add_options()("source", po::value<words>())("word", po::value<words>());
  named.add_options()("help,h", po::bool_switch())("log", po::bool_switch());
  po::positional_options_description positional;
  positional.add("word", -1);

  namespace style = po::command_line_style;
  po::variables_map found;
  po::store(po::command_line_parser(argc, argv)
                .options(named)
                .positional(positional)
                .style(style::unix_style & ~style::allow_guessing)
                .run(),
            found);
  return found;
} catch (po::error const& e) {
  throw usage_error(e.what());
}

void parse_numbers(po::variables_map const& words, options& o) {
  constexpr long a_day = 86'400'000;
  auto const time = [&](char const* name, std::chrono::milliseconds& t, long least) {
    if (words.count(name))
      t = std::chrono::milliseconds(parse(words[name].as<std::string>(), name, least, a_day));
  };
  time("hedge-after", o.hedge_after, 1);
  time("reserve", o.reserve, 0);
  time("take", o.take, 0);
  time("deadline", o.deadline, 1);
  if (words.count("limit"))
    o.limit = parse<std::size_t>(words["limit"].as<std::string>(), "limit", 1, 1'000'000);
  if (words.count("port"))
    o.port = parse<std::uint16_t>(words["port"].as<std::string>(), "port", 0, 65535);
}

/// What the command needs is there, and nothing else.
void check(options const& o, std::size_t words) {
  bool const is_client = o.what == command::ask || o.what == command::count;
  if (is_client && o.where.empty()) throw usage_error("whom to ask? HOST:PORT is missing");
  if (o.what == command::ask && o.symbols.empty()) throw usage_error("there is no symbol");
  if (o.what == command::count && words > 2) throw usage_error("count takes one HOST:PORT");
  if (!is_client && words > 1) throw usage_error("a server takes no words but its command");
  if (o.what == command::serve && o.sources.empty())
    throw usage_error("serve needs a --source at least");
  if (o.what != command::serve && !o.sources.empty())
    throw usage_error("--source is an option of serve");
}

} // namespace

std::optional<options> parse_options(int argc, char const* const* argv) {
  auto const found = parse_words(argc, argv);
  if (found["help"].as<bool>()) {
    fmt::print("{}", usage);
    return std::nullopt;
  }
  std::vector<std::string> words;
  if (found.count("word")) words = found["word"].as<std::vector<std::string>>();
  if (words.empty()) throw usage_error("a command is missing: see --help");
  options o;
  o.what = parse_command(words[0]);
  bool const is_client = o.what == command::ask || o.what == command::count;
  if (is_client && words.size() > 1) {
    o.where = parse_address(words[1], words[0]);
    o.symbols.assign(words.begin() + 2, words.end());
  }
  if (found.count("source"))
    for (auto const& text : found["source"].as<std::vector<std::string>>())
      o.sources.push_back(parse_source(text));
  parse_numbers(found, o);
  o.log = found["log"].as<bool>();
  check(o, words.size());
  return o;
}
