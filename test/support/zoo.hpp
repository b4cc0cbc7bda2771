//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_ZOO_HPP
#define FANOUT_TEST_SUPPORT_ZOO_HPP

// Children of every odd kind.

#include <fanout/sleep.hpp>
#include <fanout/testing.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace zoo {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::virtual_clock;
using std::chrono::milliseconds;

/// An error that no library throws.
struct oops : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct move_only {
  explicit move_only(int n) : number(std::make_unique<int>(n)) {}
  std::unique_ptr<int> number;
};

struct no_default {
  explicit no_default(int n) : number(n) {}
  no_default() = delete;
  int number;
};

/// Virtual milliseconds since the clock was first read.
inline long long now_ms() {
  return std::chrono::duration_cast<milliseconds>(virtual_clock::now().time_since_epoch()).count();
}

/// How much time has passed since it was made.
struct stopwatch {
  long long begin = now_ms();
  long long operator()() const { return now_ms() - begin; }
};

inline auto sleep_ms(long long ms) { return fanout::sleep<virtual_clock>(milliseconds(ms)); }

// ---- coroutines

inline awaitable<int> at_once(int value) { co_return value; }

inline awaitable<int> after(long long ms, int value) {
  co_await sleep_ms(ms);
  co_return value;
}

inline awaitable<int> hop(int value) {
  co_await asio::post(asio::deferred);
  co_return value;
}

inline awaitable<void> nothing_at_once() { co_return; }

inline awaitable<void> nothing_after(long long ms) { co_await sleep_ms(ms); }

inline awaitable<int> throws_at_once(std::string text) {
  throw oops(text);
  co_return 0;
}

inline awaitable<int> throws_after(long long ms, std::string text) {
  co_await sleep_ms(ms);
  throw oops(text);
}

inline awaitable<int> throws_a_number() {
  throw 42;
  co_return 0;
}

inline awaitable<move_only> moved_after(long long ms, int value) {
  co_await sleep_ms(ms);
  co_return move_only(value);
}

inline awaitable<no_default> undefaulted_after(long long ms, int value) {
  co_await sleep_ms(ms);
  co_return no_default(value);
}

inline awaitable<std::string> text_after(long long ms, std::string text) {
  co_await sleep_ms(ms);
  co_return text;
}

/// Writes what happens to it: "+name" at its start, "-name" at its end, "!name" when cancelled.
inline awaitable<int> logged(std::vector<std::string>& log, std::string name, long long ms,
                             int value = 0) {
  log.push_back("+" + name);
  try {
    co_await sleep_ms(ms);
  } catch (boost::system::system_error const&) {
    log.push_back("!" + name);
    throw;
  }
  log.push_back("-" + name);
  co_return value;
}

/// Does not react to a cancellation.
inline awaitable<int> deaf(long long ms, int value) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await sleep_ms(ms);
  co_return value;
}

/// Swallows a cancellation and ends with a value.
inline awaitable<int> swallows(long long ms, int value) {
  try {
    co_await sleep_ms(ms);
  } catch (boost::system::system_error const&) {
  }
  co_return value;
}

/// Answers a cancellation with an error of its own.
inline awaitable<int> converts(long long ms, std::string text) {
  bool cancelled = false;
  try {
    co_await sleep_ms(ms);
  } catch (boost::system::system_error const&) {
    cancelled = true;
  }
  if (cancelled) throw oops(text);
  co_return 0;
}

/// Cleans up for a while after a cancellation, and then ends with it.
inline awaitable<int> cleans_up(long long ms, long long cleanup_ms) {
  std::exception_ptr error;
  try {
    co_await sleep_ms(ms);
    co_return 0;
  } catch (...) {
    error = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  co_await sleep_ms(cleanup_ms);
  std::rethrow_exception(error);
}

// ---- operations

/// Fails by throwing from its initiation.
template <class Token = asio::deferred_t>
auto throwing_initiation(std::string text, Token&& token = asio::deferred_t()) {
  return asio::async_initiate<Token, void(boost::system::error_code, int)>(
      [text](auto&&) { throw oops(text); }, token);
}

/// Completes with this error code and value, after a post.
template <class Token = asio::deferred_t>
auto completes_with(boost::system::error_code error, int value,
                    Token&& token = asio::deferred_t()) {
  return asio::async_initiate<Token, void(boost::system::error_code, int)>(
      [error, value](auto handler) {
        auto executor = asio::get_associated_executor(handler);
        asio::post(executor, [handler = std::move(handler), error, value]() mutable {
          std::move(handler)(error, value);
        });
      },
      token);
}

/// Completes with these arguments, after a post: of any signature.
template <class Signature, class... Args>
auto completing(Args... args) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, Signature>(
      [args...](auto handler) {
        auto executor = asio::get_associated_executor(handler);
        asio::post(executor, [handler = std::move(handler), args...]() mutable {
          std::move(handler)(std::move(args)...);
        });
      },
      token);
}

inline std::string text_of(asio::cancellation_type type) {
  std::string text;
  auto const add = [&](asio::cancellation_type one, char const* name) {
    if ((type & one) != asio::cancellation_type::none)
      text += (text.empty() ? "" : "+") + std::string(name);
  };
  add(asio::cancellation_type::terminal, "terminal");
  add(asio::cancellation_type::partial, "partial");
  add(asio::cancellation_type::total, "total");
  return text;
}

/// Writes each request to cancel it as "name:type", and ends with a value after its time all the
/// same.
inline auto hears(std::vector<std::string>& log, std::string name, long long ms, int value = 0) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void(boost::system::error_code, int)>(
      [&log, name, ms, value](auto handler) {
        using timer = asio::basic_waitable_timer<virtual_clock>;
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
          slot.assign([&log, name](asio::cancellation_type type) {
            log.push_back(name + ":" + text_of(type));
          });
        auto alarm =
            std::make_shared<timer>(asio::get_associated_executor(handler), milliseconds(ms));
        alarm->async_wait([alarm, slot, value, handler = std::move(handler)](
                              boost::system::error_code const& error) mutable {
          if (slot.is_connected()) slot.clear();
          std::move(handler)(error, value);
        });
      },
      token);
}

// ---- ranges

/// Children of one type in a range that owns them.
template <class First, std::same_as<First>... Rest>
std::vector<First> list(First first, Rest... rest) {
  std::vector<First> children;
  children.reserve(1 + sizeof...(Rest));
  children.push_back(std::move(first));
  (children.push_back(std::move(rest)), ...);
  return children;
}

} // namespace zoo

#endif // FANOUT_TEST_SUPPORT_ZOO_HPP
