// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "options.hpp"

#include "../fetch/options.hpp"

#include <fanout/version.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <boost/version.hpp>

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

using std::chrono::milliseconds;

namespace farm {

namespace {

constexpr double longest_time = 31 * 86'400.0; // a month
constexpr std::uint64_t most_at_once = 65'536;
constexpr std::uint64_t largest_chunk = 100'000;
constexpr std::uint64_t largest_window = 1'000'000'000;
constexpr std::uint64_t largest_body = 256 * 1024 * 1024; // Redis takes 512 MiB in one piece
constexpr std::uint64_t most_attempts = 1000;

template <class Number>
bool parse_number(std::string_view text, Number& n) {
  auto const* const end = text.data() + text.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): `end` tells the size
  auto const [stop, error] = std::from_chars(text.data(), end, n);
  return error == std::errc() && stop == end;
}

/// A name is part of keys, and stands in lists.
bool is_name(std::string_view text) {
  auto const fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

/// redis://USER:PASSWORD@HOST:PORT/DATABASE; rediss:// is TLS.
redis_address parse_address(std::string const& text, redis_address a) {
  auto const bad = [](std::string_view why) {
    // The text may have a password in it.
    return usage_error(
        fmt::format("--redis takes redis://[[USER:]PASSWORD@]HOST[:PORT][/DATABASE]: {}", why));
  };
  auto const parsed = boost::urls::parse_uri(text);
  if (!parsed) throw bad("this is no URL");
  auto const& url = *parsed;
  if (url.scheme() != "redis" && url.scheme() != "rediss")
    throw bad(fmt::format("not {}://, but redis:// or rediss://", std::string(url.scheme())));
  a.tls = url.scheme() == "rediss";
  if (url.host().empty()) throw bad("there is no host");
  a.host = url.host_address();
  if (url.has_port()) a.port = url.port();
  std::uint16_t port = 0;
  if (!parse_number(a.port, port) || port == 0)
    throw bad(fmt::format("the port is from 1 to 65535, not '{}'", a.port));
  if (url.has_password()) { // as redis-cli does: without a colon it is all the password
    if (!url.password().empty()) a.password = url.password();
    if (!url.user().empty()) a.user = url.user();
  } else if (!url.user().empty()) {
    a.password = url.user();
  }
  std::string database = url.path();
  if (database.starts_with('/')) database.erase(0, 1);
  if (!database.empty() && (!parse_number(database, a.database) || a.database < 0))
    throw bad(fmt::format("the database is a number, not '{}'", database));
  return a;
}

milliseconds parse_time(char const* option, std::string const& text) {
  double seconds = 0;
  // The comparison is false for NaN too.
  if (!parse_number(std::string_view(text), seconds) ||
      !(seconds >= 0.001 && seconds <= longest_time))
    throw usage_error(
        fmt::format("{} takes seconds, from 0.001 to {}, not '{}'", option, longest_time, text));
  return std::chrono::round<milliseconds>(std::chrono::duration<double>(seconds));
}

template <class Number>
void parse_count(char const* option, std::string const& text, Number& n, std::uint64_t least,
                 std::uint64_t most) {
  std::uint64_t value = 0;
  if (!parse_number(std::string_view(text), value) || value < least || value > most)
    throw usage_error(
        fmt::format("{} takes a number from {} to {}, not '{}'", option, least, most, text));
  n = static_cast<Number>(value);
}

// CLI11 finds the words, and what they must be is said here: its own messages name no value.

template <class Number>
void add_count(CLI::App& to, char const* option, Number& n, std::uint64_t least, std::uint64_t most,
               char const* help) {
  to.add_option_function<std::string>(
      option, [=, &n](auto const& text) { parse_count(option, text, n, least, most); }, help);
}

template <class Time>
void add_time(CLI::App& to, char const* option, Time& t, char const* help) {
  to.add_option_function<std::string>(
      option, [=, &t](auto const& text) { t = parse_time(option, text); }, help);
}

void add_common(CLI::App& to, options& o, std::string& url) {
  to.add_option("--redis", url,
                "the server: redis://[[USER:]PASSWORD@]HOST[:PORT][/DATABASE], rediss:// with TLS "
                "(redis://127.0.0.1)")
      ->envname("REDIS_URL");
  to.add_option("--farm", o.farm, "which farm of that server (farm)");
  to.add_option("--redis-cacert", o.redis.ca_file,
                "certificates of authorities for rediss://, in PEM form, instead of the system's");
  to.add_option("--redis-cert", o.redis.certificate, "the certificate of this client");
  to.add_option("--redis-key", o.redis.key, "the private key of that certificate");
  to.add_flag("--redis-insecure", o.redis.insecure, "does not check the server's certificate");
}

void add_produce(CLI::App& app, produce_options& o) {
  auto* const c = app.add_subcommand("produce", "adds a job for each URL of a list");
  c->add_option("--from", o.from, "the list, one URL a line; - is stdin")->required();
  add_count(*c, "--chunk", o.chunk, 1, largest_chunk, "how many are added at once (1000)");
  add_count(*c, "--window", o.window, 1, largest_window, "at most so many jobs wait (10000)");
  add_time(*c, "--within", o.within, "seconds from now on in which a job must end (no limit)");
}

void add_work(CLI::App& app, work_options& o, std::string& per_host) {
  auto* const c = app.add_subcommand("work", "takes jobs and runs them, until SIGTERM");
  c->add_option("name", o.name, "the name of this worker; no other one has it")->required();
  add_count(*c, "--places", o.places, 1, most_at_once, "at most so many jobs run at once (16)");
  c->add_option("--per-host", per_host, "at most so many from one host and port (as many)");
  add_count(*c, "--attempts", o.attempts, 1, most_attempts, "of a job, before it is dead (3)");
  add_time(*c, "--lease", o.lease,
           "seconds after which a job is another's if its worker is silent (30)");
  add_time(*c, "--timeout", o.timeout, "seconds that a request may take (10)");
  add_time(*c, "--grace", o.grace, "seconds that jobs may run on after SIGTERM (60)");
  add_count(*c, "--max-body", o.max_body, 0, largest_body,
            "larger bodies are failures, in bytes (1048576)");
  c->add_flag("!--no-bodies", o.bodies, "bodies are counted, and not stored");
  c->add_option("--cafile", o.cafile, "certificates of authorities for https://");
  c->add_flag("--insecure", o.insecure, "does not check certificates of https://");
}

void add_status(CLI::App& app, status_options& o) {
  auto* const c = app.add_subcommand("status", "says how far all is");
  c->add_flag("--watch", o.watch, "each second, until all jobs have ended");
  c->add_flag("--json", o.json, "one JSON object on a line");
}

void add_collect(CLI::App& app, collect_options& o, bool& jsonl) {
  auto* const c = app.add_subcommand("collect", "gets the results that there are");
  c->add_option("--output", o.output, "saves the bodies in this folder");
  c->add_flag("--jsonl", jsonl, "prints one JSON object for each result, on a line of its own");
}

void check(options& o, CLI::App const& app, std::string const& per_host, bool jsonl) {
  if (!is_name(o.farm))
    throw usage_error(
        fmt::format("--farm takes up to 64 letters, digits, '.', '_' and '-', not '{}'", o.farm));
  if (app.got_subcommand("produce")) {
    o.what = command::produce;
    o.produce.chunk = std::min<std::uint64_t>(o.produce.chunk, o.produce.window);
  } else if (app.got_subcommand("work")) {
    o.what = command::work;
    if (!is_name(o.work.name))
      throw usage_error(fmt::format(
          "a worker's name is up to 64 letters, digits, '.', '_' and '-', not '{}'", o.work.name));
    o.work.per_host = o.work.places;
    if (!per_host.empty()) parse_count("--per-host", per_host, o.work.per_host, 1, most_at_once);
  } else if (app.got_subcommand("collect")) {
    o.what = command::collect;
    if (jsonl == !o.collect.output.empty())
      throw usage_error("collect takes either --output DIR or --jsonl");
  }
}

} // namespace

std::optional<options> parse_options(int argc, char const* const* argv) {
  options o;
  std::string url = "redis://127.0.0.1", per_host;
  bool jsonl = false;
  CLI::App app("A list of URLs that many machines fetch together, through a Redis server.", "farm");
  app.footer(
      "REDIS_URL is the server, REDISCLI_AUTH its password, so that it need not stand on the "
      "command line.\nExit code: 0 all well, 1 it could not be done, 2 bad usage; after a "
      "signal that cuts work off, 128 and its number.");
  app.set_version_flag("--version", fmt::format("farm of fanout {}.{}.{}, Boost {}.{}.{}",
                                                FANOUT_VERSION_MAJOR, FANOUT_VERSION_MINOR,
                                                FANOUT_VERSION_PATCH, BOOST_VERSION / 100'000,
                                                BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100));
  app.require_subcommand(1);
  app.fallthrough(); // the common options may stand behind the command
  add_common(app, o, url);
  add_produce(app, o.produce);
  add_work(app, o.work, per_host);
  add_status(app, o.status);
  add_collect(app, o.collect, jsonl);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& e) {
    if (e.get_exit_code() != 0) throw usage_error(e.what());
    app.exit(e); // prints the help
    return std::nullopt;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet
  if (auto const* const password = std::getenv("REDISCLI_AUTH")) o.redis.password = password;
  o.redis = parse_address(url, std::move(o.redis));
  check(o, app, per_host, jsonl);
  return o;
}

} // namespace farm
