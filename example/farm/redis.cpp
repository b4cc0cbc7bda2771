// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "redis.hpp"

#include <fanout/result.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/redis/error.hpp>
#include <boost/redis/logger.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <tuple>
#include <utility>

namespace asio = boost::asio;
namespace redis = boost::redis;
namespace ssl = asio::ssl;
using namespace std::chrono_literals;

namespace farm {

namespace {

constexpr auto pause = 100ms; // between two attempts to connect, or to ask

/// A server that says nothing for twice as long is taken for lost.
constexpr auto silence = 10s;

ssl::context tls_settings(redis_address const& a) {
  ssl::context c(ssl::context::tls_client);
  c.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                ssl::context::no_tlsv1_1);
  if (!a.tls) return c;
  auto const use = [](std::string const& file, auto load) {
    if (file.empty()) return;
    boost::system::error_code e;
    load(e);
    if (e) throw redis_error(fmt::format("cannot use '{}' for TLS: {}", file, e.message()));
  };
  use(a.ca_file, [&](auto& e) { c.load_verify_file(a.ca_file, e); });
  use(a.certificate, [&](auto& e) { c.use_certificate_chain_file(a.certificate, e); });
  use(a.key, [&](auto& e) { c.use_private_key_file(a.key, ssl::context::pem, e); });
  if (a.insecure) return c;
  if (a.ca_file.empty()) c.set_default_verify_paths();
  c.set_verify_mode(ssl::verify_peer);
  c.set_verify_callback(ssl::host_name_verification(a.host));
  return c;
}

/// By itself, or when room has been made.
bool may_pass(std::string_view answer) {
  constexpr std::array<std::string_view, 9> passing{"LOADING",     "OOM",      "BUSY",
                                                    "MASTERDOWN",  "READONLY", "TRYAGAIN",
                                                    "CLUSTERDOWN", "MISCONF",  "NOREPLICAS"};
  auto const code = answer.substr(0, answer.find(' '));
  return std::ranges::find(passing, code) != passing.end() ||
         answer.find("-OOM ") != answer.npos; // inside of a script, before Redis 7
}

/// No later handshake would end better.
bool is_mistrust(boost::system::error_code const& e) {
  if (e.category() != asio::error::get_ssl_category()) return false;
  auto const reason = ERR_GET_REASON(static_cast<unsigned long>(e.value()));
  return reason == SSL_R_CERTIFICATE_VERIFY_FAILED || reason == SSL_R_WRONG_VERSION_NUMBER;
}

/// "WRONGPASS ...", of what Boost.Redis has logged: its own words stand before the server's.
std::string_view words_of_server(std::string_view logged) {
  auto const begin = logged.find("failed: ");
  return begin == logged.npos ? logged : logged.substr(begin + 8);
}

bool is_old(std::string_view version) {
  unsigned major = 0, minor = 0;
  auto const* const end = version.data() + version.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): `end` tells the size
  auto const dot = std::from_chars(version.data(), end, major).ptr;
  if (dot != end) std::from_chars(dot + 1, end, minor);
  return major < 6 || (major == 6 && minor < 2);
}

} // namespace

redis_link::redis_link(asio::any_io_executor executor, redis_address a, std::string const& name,
                       log& l)
    : address_(std::move(a)), name_(name), log_(l),
      connection_(std::move(executor), tls_settings(address_),
                  redis::logger(redis::logger::level::err,
                                [this](auto, std::string_view text) { said_ = text; })) {}

asio::awaitable<void> redis_link::run() {
  redis::config c;
  c.addr = {address_.host, address_.port};
  c.use_ssl = address_.tls;
  c.username = address_.user;
  c.password = address_.password;
  c.clientname = name_;
  c.database_index = address_.database;
  c.health_check_interval = silence;
  c.reconnect_wait_interval = {}; // only so the reason why a connection was lost is told
  for (;;) {
    said_.clear();
    auto const ended = co_await connection_.async_run(c, asio::as_tuple(asio::deferred));
    auto const error = std::get<0>(ended);
    if (fanout::is_cancelled(error)) throw boost::system::system_error(error);
    judge(error);
    co_await fanout::sleep(pause);
  }
}

void redis_link::judge(boost::system::error_code const& e) {
  if (is_mistrust(e)) give_up(e.message());
  if (e != redis::error::resp3_hello) return say_away(e.message());
  auto const answer = words_of_server(said_);
  if (!may_pass(answer)) give_up(answer);
  say_away(answer);
}

void redis_link::give_up(std::string_view why) {
  failed_ =
      std::make_exception_ptr(redis_error(fmt::format("redis at {}: {}", address_.text(), why)));
  connection_.cancel(redis::operation::exec);
  std::rethrow_exception(failed_);
}

void redis_link::check() const {
  if (failed_) std::rethrow_exception(failed_);
}

asio::awaitable<redis_link::reply> redis_link::ask(redis::request q) {
  q.get_config().cancel_if_unresponded = false; // it is sent again on the next connection
  for (;;) {
    check();
    redis::generic_response answer;
    auto const ended = co_await connection_.async_exec(q, answer, asio::as_tuple(asio::deferred));
    auto const error = std::get<0>(ended);
    check();
    if (error) throw boost::system::system_error(error);
    if (answer.has_value()) {
      say_back();
      co_return std::move(answer).value();
    }
    auto const& said = answer.error().diagnostic;
    if (!may_pass(said)) give_up(said);
    say_away(said);
    co_await fanout::sleep(pause);
  }
}

asio::awaitable<void> redis_link::check_version() {
  redis::request q;
  q.push("HELLO", "3"); // what is too old takes none without a number
  auto const nodes = co_await ask(std::move(q));
  auto const is_version = [](auto const& n) { return n.value == "version"; };
  auto const found = std::ranges::find_if(nodes, is_version);
  std::string const version =
      found == nodes.end() || found + 1 == nodes.end() ? "of no version" : (found + 1)->value;
  if (is_old(version))
    throw redis_error(
        fmt::format("redis at {} is {}, the farm needs 6.2 or newer", address_.text(), version));
}

/// Once for each time that it is away.
void redis_link::say_away(std::string_view why) {
  if (!std::exchange(away_, true))
    log_.say(fmt::format("redis at {}: {}: waiting for it", address_.text(), why));
}

void redis_link::say_back() {
  if (std::exchange(away_, false)) log_.say(fmt::format("redis at {} is back", address_.text()));
}

} // namespace farm
