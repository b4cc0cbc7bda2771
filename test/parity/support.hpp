//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_PARITY_SUPPORT_HPP
#define FANOUT_TEST_PARITY_SUPPORT_HPP

// What the Python programs have of their own language: units of time, exceptions with names, print.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/result.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/testing.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/core/demangle.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <concepts>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace parity {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::system_error;
using fanout::cancel_on_error;
using fanout::create_task;
using fanout::eager;
using fanout::future;
using fanout::gather;
using fanout::promise;
using fanout::return_exceptions;
using fanout::run_virtual;
using fanout::shield;
using fanout::virtual_clock;
using namespace std::chrono_literals;

// ---- programs

/// The programs that this executable holds, by name.
inline std::map<std::string, void (*)()>& programs() {
  static std::map<std::string, void (*)()> all;
  return all;
}

/// Enters a program.
struct program {
  program(char const* name, void (*run)()) { programs().emplace(name, run); }
};

// ---- time

inline constexpr auto U = std::chrono::milliseconds(20);

inline auto sleep(std::chrono::milliseconds d) { return fanout::sleep<virtual_clock>(d); }

template <class T>
awaitable<T> sleep(std::chrono::milliseconds d, T result) {
  co_await sleep(d);
  co_return result;
}

/// Python's `asyncio.sleep(0)`.
inline auto turn() { return asio::post(asio::deferred); }

// ---- eager tasks

/// A gather of eager tasks that Python keeps as a future.
template <class... Children>
auto eager_gather(asio::any_io_executor const& executor, Children... children) {
  auto all = [](auto gathered) -> awaitable<typename decltype(gathered)::result_type> {
    co_return co_await std::move(gathered);
  };
  return create_task(executor, all(gather(std::move(children)..., eager)), eager);
}

// ---- errors

struct ValueError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct IndexError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct RuntimeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct ZeroDivisionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Python's name of an error.
inline std::string kind(std::exception const& e) {
  if (auto const* error = dynamic_cast<system_error const*>(&e)) {
    if (fanout::is_cancelled(error->code())) return "CancelledError";
    if (dynamic_cast<fanout::deadline_exceeded const*>(&e)) return "TimeoutError";
    if (dynamic_cast<fanout::invalid_state const*>(&e)) return "InvalidStateError";
  }
  auto const name = boost::core::demangle(typeid(e).name());
  return name.substr(name.rfind(':') + 1); // all of it where there is no colon
}

inline std::string kind(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (std::exception const& e) {
    return kind(e);
  }
}

/// Python's `int(text)`.
inline int to_int(std::string const& text) {
  int number = 0;
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end)
    throw ValueError("invalid literal for int() with base 10: '" + text + "'");
  return number;
}

// ---- futures

/// The error that a future has ended with. That of a cancelled one is thrown by `exception()`.
template <class T>
std::exception_ptr exception_of(future<T> const& f) {
  try {
    return f.exception();
  } catch (system_error const&) {
    return std::current_exception();
  }
}

/// Whether both are handles of one operation, which has succeeded: then there is one value.
template <class T>
bool same(future<T> const& a, future<T> const& b) {
  return &a.result() == &b.result();
}

// ---- text

inline std::string show(char const* text) { return text; }
inline std::string show(std::string const& text) { return text; }
inline std::string show(bool b) { return b ? "true" : "false"; }
inline std::string show(double number) { return fmt::to_string(number); }
inline std::string show(std::monostate) { return "None"; }

template <std::integral Number>
std::string show(Number number) {
  return fmt::to_string(number);
}

inline std::string show(std::exception const& e) {
  auto const name = kind(e);
  return name == "CancelledError" ? name : name + ": " + e.what();
}

inline std::string show(std::exception_ptr const& error) {
  if (!error) return "None";
  try {
    std::rethrow_exception(error);
  } catch (std::exception const& e) {
    return show(e);
  }
}

template <class T>
std::string show(fanout::result<T> const& r);
template <class T>
std::string show(std::vector<T> const& list);
template <class... T>
std::string show(std::tuple<T...> const& list);

/// As an element of a list: there Python quotes its strings.
template <class T>
std::string repr(T const& x) {
  if constexpr (std::same_as<T, std::string>)
    return "'" + x + "'";
  else
    return show(x);
}

template <class T, class F>
void for_each(std::vector<T> const& list, F f) {
  for (auto const& x : list) f(x);
}

template <class... T, class F>
void for_each(std::tuple<T...> const& list, F f) {
  std::apply([&](auto const&... x) { (f(x), ...); }, list);
}

/// The elements of a list one by one: Python's `*list`, and `", ".join(show(x) for x in list)`.
template <class List>
std::string joined(List const& list, char const* separator = " ") {
  std::string text;
  for_each(list, [&](auto const& x) { text += (text.empty() ? "" : separator) + show(x); });
  return text;
}

template <class List>
std::string show_list(List const& list) {
  std::string text;
  for_each(list, [&](auto const& x) { text += (text.empty() ? "" : ", ") + repr(x); });
  return "[" + text + "]";
}

template <class T>
std::string show(fanout::result<T> const& r) {
  return r ? show(*r) : show(r.error());
}

template <class T>
std::string show(std::vector<T> const& list) {
  return show_list(list);
}

template <class... T>
std::string show(std::tuple<T...> const& list) {
  return show_list(list);
}

// ---- output

/// What the running program has printed.
inline std::string output;

template <class... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
  output += fmt::format(format, std::forward<Args>(args)...) + "\n";
}

/// Prints its arguments with spaces between them.
template <class... Parts>
void log(Parts const&... parts) {
  output += joined(std::tie(parts...)) + "\n";
}

} // namespace parity

#endif // FANOUT_TEST_PARITY_SUPPORT_HPP
