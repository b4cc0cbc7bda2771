// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Asks again where that may help.

#ifndef FANOUT_EXAMPLE_FETCH_RETRY_HPP
#define FANOUT_EXAMPLE_FETCH_RETRY_HPP

#include "job.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>

/// How long to wait before the next attempt, after this many that failed; nothing if another one
/// would not help. Longer each time, at random, or as the server says.
std::optional<std::chrono::milliseconds> pause_after(std::exception_ptr error,
                                                     std::size_t attempts);

/// What a Retry-After field means: seconds, or a date of any year. Never less than nothing.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                      std::chrono::system_clock::time_point now);

/// Awaits `once()`, and again up to `retries` times, each time after a `pause(how_long)`. Counts in
/// `attempts`.
template <class F, class Pause>
boost::asio::awaitable<answer> with_retries(std::size_t retries, std::size_t& attempts, F once,
                                            Pause pause) {
  for (;;) {
    std::exception_ptr error;
    ++attempts;
    try {
      co_return co_await once();
    } catch (...) { // nothing can be awaited in here
      error = std::current_exception();
    }
    auto const how_long = attempts <= retries ? pause_after(error, attempts) : std::nullopt;
    if (!how_long) std::rethrow_exception(error);
    co_await pause(*how_long);
  }
}

#endif
