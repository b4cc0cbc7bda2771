// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "addresses.hpp"

#include <fanout/error.hpp>
#include <fanout/first_success.hpp>
#include <fanout/promise.hpp>
#include <fanout/result.hpp>
#include <fanout/shield.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <exception>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr auto next_attempt = 100ms; // RFC 8305, 8: the least that it recommends
constexpr auto next_look_up = 1s;

/// RFC 8305, 4: the families by turns, so that one that does not work costs one attempt.
endpoints interleaved(tcp::resolver::results_type const& found) {
  endpoints of_first, of_other, all;
  for (tcp::endpoint const e : found)
    (e.protocol() == found.begin()->endpoint().protocol() ? of_first : of_other).push_back(e);
  for (std::size_t i = 0; i < std::max(of_first.size(), of_other.size()); ++i) {
    if (i < of_first.size()) all.push_back(of_first[i]);
    if (i < of_other.size()) all.push_back(of_other[i]);
  }
  return all;
}

endpoints look_up(std::string const& host, std::string const& port) {
  asio::io_context context;
  tcp::resolver resolver(context);
  return interleaved(resolver.resolve(host, port, tcp::resolver::numeric_service));
}

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

bool is_literal(std::string const& host) {
  error_code not_one;
  asio::ip::make_address(host, not_one);
  return !not_one;
}

asio::awaitable<tcp::socket> connect_to(tcp::endpoint where) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(where, asio::deferred);
  socket.set_option(tcp::no_delay(true));
  co_return socket;
}

} // namespace

address parse_address(std::string const& text) try {
  auto const colon = std::min(text.rfind(':'), text.size());
  std::uint16_t port = 0;
  auto const end = text.data() + text.size();
  auto const [stop, wrong] = std::from_chars(std::min(text.data() + colon + 1, end), end, port);
  auto host = text.substr(0, colon);
  bool const is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || colon + 1 >= text.size() || wrong != std::errc() || stop != end ||
      (!is_bracketed && host.find(':') != host.npos) || !std::ranges::all_of(host, is_visible))
    throw std::invalid_argument("takes HOST:PORT");
  auto found = look_up(host, std::to_string(port));
  return {text, std::move(host), std::to_string(port), std::move(found)};
} catch (boost::system::system_error const& e) {
  throw std::invalid_argument(e.code().message());
}

std::string text_of(tcp::endpoint const& e) {
  auto const host = e.address().to_string();
  return e.address().is_v6() ? fmt::format("[{}]:{}", host, e.port())
                             : fmt::format("{}:{}", host, e.port());
}

asio::awaitable<tcp::socket> dialer::connect() {
  auto const tried = where_.known;
  std::exception_ptr failed;
  try {
    co_return co_await connect_to_any(tried);
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) throw;
    failed = std::current_exception();
  }
  if (where_.known == tried) co_await look_up_again();
  if (where_.known == tried) std::rethrow_exception(failed);
  co_return co_await connect_to_any(where_.known);
}

/// What has worked is the first to be tried the next time.
asio::awaitable<tcp::socket> dialer::connect_to_any(endpoints all) {
  try {
    auto attempts = fanout::first_success(all | std::views::transform(connect_to),
                                          fanout::stagger(next_attempt));
    auto first = co_await std::move(attempts);
    auto const good = std::ranges::find(where_.known, all[first.index]);
    if (good != where_.known.end()) std::rotate(where_.known.begin(), good, good + 1);
    co_return std::move(first.value);
  } catch (fanout::all_failed const& e) {
    std::rethrow_exception(e.failures().front().exception);
  }
}

/// All calls that ask meanwhile wait for the same answer.
asio::awaitable<void> dialer::look_up_again() {
  if (is_literal(where_.host)) co_return;
  if (!looking_up_) {
    if (steady_clock::now() - looked_up_ < next_look_up) co_return;
    fanout::promise<endpoints> found(co_await asio::this_coro::executor);
    looking_up_ = found.get_future();
    std::thread([p = std::move(found), host = where_.host, port = where_.port]() mutable {
      try {
        p.set_value(look_up(host, port));
      } catch (...) {
        p.set_exception(std::current_exception());
      }
    }).detach();
  }
  auto const wait = *looking_up_;
  try {
    auto found = co_await fanout::shield(wait);
    if (!std::ranges::is_permutation(found, where_.known)) where_.known = std::move(found);
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) throw; // the look-up goes on, for the next call that asks
  }
  looking_up_.reset();
  looked_up_ = steady_clock::now();
}
