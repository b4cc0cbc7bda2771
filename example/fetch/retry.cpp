// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "retry.hpp"

#include <fanout/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <limits>
#include <locale>
#include <random>
#include <sstream>
#include <string>
#include <system_error>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds first_pause = 250ms, longest_pause = 30s;

/// A server that wants to be left alone for longer is left alone.
constexpr auto longest_wish = 60s;

/// Between half of it and all of it: those that failed together shall not come back together.
milliseconds at_random(milliseconds longest) {
  static std::minstd_rand generator(std::random_device{}());
  return milliseconds(
      std::uniform_int_distribution(longest.count() / 2, longest.count())(generator));
}

milliseconds back_off(std::size_t attempts) {
  auto const doublings = std::min<std::size_t>(attempts - 1, 10);
  return at_random(std::min(first_pause * (1 << doublings), longest_pause));
}

/// The connection failed, not the request.
bool may_pass(boost::system::error_code const& e) {
  std::array<boost::system::error_code, 10> const passing{
      asio::error::connection_refused, asio::error::connection_reset,
      asio::error::connection_aborted, asio::error::timed_out,
      asio::error::host_unreachable,   asio::error::network_unreachable,
      asio::error::network_down,       asio::error::host_not_found_try_again,
      http::error::end_of_stream,      http::error::partial_message,
  };
  return std::ranges::find(passing, e) != passing.end();
}

/// The three forms that HTTP has: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37
/// GMT", "Sun Nov  6 08:49:37 1994".
std::optional<std::chrono::sys_seconds> parse_date(std::string const& text) {
  namespace ch = std::chrono;
  for (auto const* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm t{};
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    in >> std::get_time(&t, form);
    ch::year_month_day const day = ch::year(t.tm_year + 1900) /
                                   ch::month(static_cast<unsigned>(t.tm_mon + 1)) /
                                   ch::day(static_cast<unsigned>(t.tm_mday));
    if (in.fail() || !day.ok()) continue;
    return ch::sys_days(day) + ch::hours(t.tm_hour) + ch::minutes(t.tm_min) + ch::seconds(t.tm_sec);
  }
  return std::nullopt;
}

} // namespace

std::optional<milliseconds> pause_after(std::exception_ptr error, std::size_t attempts) try {
  std::rethrow_exception(error);
} catch (bad_status const& e) {
  if (e.got.status != 429 && e.got.status != 503) return std::nullopt;
  auto const wish = parse_retry_after(e.retry_after, std::chrono::system_clock::now());
  if (!wish) return back_off(attempts);
  if (*wish > longest_wish) return std::nullopt;
  return *wish + at_random(first_pause);
} catch (no_connection const&) {
  return back_off(attempts);
} catch (out_of_files const&) {
  return back_off(attempts);
} catch (fanout::deadline_exceeded const&) {
  return std::nullopt;
} catch (boost::system::system_error const& e) {
  if (!may_pass(e.code())) return std::nullopt;
  return back_off(attempts);
} catch (...) {
  return std::nullopt;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                      std::chrono::system_clock::time_point now) {
  unsigned seconds = 0;
  auto const end = text.data() + text.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): `end` tells the size
  auto const [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc::result_out_of_range && stop == end)
    return std::chrono::seconds(std::numeric_limits<unsigned>::max());
  if (error == std::errc() && stop == end) return std::chrono::seconds(seconds);

  auto const then = parse_date(std::string(text));
  if (!then) return std::nullopt;
  // In seconds: a count of nanoseconds overflows in the year 2262.
  return std::max(*then - std::chrono::floor<std::chrono::seconds>(now), std::chrono::seconds(0));
}
