//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_FMT_HPP
#define FANOUT_FMT_HPP

// Formatters of fmt for what this library gives, and `show` for what is not ours to format. Link
// the library fanout::text.

#include <fanout/future.hpp>
#include <fanout/result.hpp>
#include <fanout/task_info.hpp>

#include <boost/system/result.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace fanout::inline FANOUT_ABI {

namespace detail {

/// `TYPE('MESSAGE')`, or `cancelled`.
std::string shown_error(std::exception_ptr error);

/// `250 ms`, `3.1 s`, `5 min 20 s`.
std::string shown_age(std::chrono::nanoseconds age);

template <class T>
void append_shown(std::string& out, T const& x);

template <class Each>
void append_list(std::string& out, char open, char close, Each const& each) {
  out += open;
  bool first = true;
  each([&](auto const& x) {
    if (!std::exchange(first, false)) out += ", ";
    append_shown(out, x);
  });
  out += close;
}

template <class T>
inline constexpr bool is_result = false;
template <class T, class E>
inline constexpr bool is_result<boost::system::result<T, E>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
concept tuple_like = !std::ranges::range<T> && requires { std::tuple_size<T>::value; };

/// Whether `show` can show it, as far as a type tells.
template <class T>
concept showable = std::same_as<T, std::monostate> || is_result<T> || is_optional<T> ||
                   std::ranges::range<T> || fmt::is_formattable<T>::value || tuple_like<T>;

template <class T>
void append_shown(std::string& out, T const& x) {
  if constexpr (is_result<T>) {
    if (x.has_error())
      append_shown(out, x.error());
    else if constexpr (std::is_void_v<typename T::value_type>)
      append_shown(out, std::monostate());
    else
      append_shown(out, *x);
  } else if constexpr (std::same_as<T, std::exception_ptr>) {
    out += shown_error(x);
  } else if constexpr (std::same_as<T, std::monostate>) {
    out += "None";
  } else if constexpr (is_optional<T>) {
    x ? append_shown(out, *x) : append_shown(out, std::monostate());
  } else if constexpr (std::convertible_to<T const&, std::string_view>) {
    out += fmt::format("{:?}", std::string_view(x));
  } else if constexpr (fmt::is_formattable<T>::value) {
    out += fmt::format("{}", x);
  } else if constexpr (std::ranges::input_range<T const>) {
    append_list(out, '[', ']', [&](auto const& add) {
      for (auto const& each : x) add(each);
    });
  } else {
    static_assert(tuple_like<T>, "fanout: show needs a fmt::formatter of this type");
    if constexpr (tuple_like<T>)
      append_list(out, '(', ')', [&](auto const& add) {
        using std::get;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
          (add(get<I>(x)), ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>());
      });
  }
}

template <class T>
struct shown {
  T x;
};

} // namespace detail

/// Something that fmt prints as Python would print it in a list.
///
/// *Results*: an object to print at once. It shows a `result` as its value or its error; an
/// exception as `std::runtime_error('text')`, and a cancellation as `cancelled`; ranges in brackets
/// and tuples in parentheses; text in quotes; nothing (`void`, an empty `optional`) as `None`;
/// everything else as fmt does.
///
/// *Object lifetimes*: refers to an lvalue, and keeps an rvalue.
///
/// *Python*: `repr`.
///
/// *Example*: `fmt::print("{}\n", show(co_await gather(a(), b(), return_exceptions)));`
template <class T>
detail::shown<T> show(T&& x) {
  return {std::forward<T>(x)};
}

} // namespace fanout::inline FANOUT_ABI

template <class T>
struct fmt::formatter<fanout::detail::shown<T>> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(fanout::detail::shown<T> const& s, Context& context) const {
    std::string text;
    fanout::detail::append_shown(text, std::as_const(s.x));
    return fmt::formatter<std::string_view>::format(text, context);
  }
};

/// `future 'name' pending`, `future 'name' cancelled`, `future 'name' = VALUE`, `future 'name'
/// failed: ERROR`. An error that is only printed still counts as not looked at.
template <class T>
struct fmt::formatter<fanout::future<T>> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(fanout::future<T> const& f, Context& context) const {
    return fmt::formatter<std::string_view>::format(text_of(f), context);
  }

private:
  static std::string text_of(fanout::future<T> const& f) {
    auto const name = f.name();
    std::string text = name.empty() ? "future" : "future '" + name + "'";
    bool done = false;
    fanout::detail::future_access::inspect(f, [&](std::exception_ptr const& e, auto const* value) {
      done = true;
      if (fanout::is_cancelled(e))
        text += " cancelled";
      else if (e)
        text += " failed: " + fanout::detail::shown_error(e);
      else if (!value)
        text += " done, value taken";
      else if constexpr (fanout::detail::showable<std::remove_cvref_t<decltype(*value)>>)
        fanout::detail::append_shown(text += " = ", *value);
      else
        text += " done";
    });
    return done ? text : text + " pending";
  }
};

template <>
struct fmt::formatter<fanout::task_state> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(fanout::task_state state, Context& context) const {
    static constexpr std::array<std::string_view, 3> names{"pending", "running", "cancelling"};
    return fmt::formatter<std::string_view>::format(names[static_cast<std::size_t>(state)],
                                                    context);
  }
};

/// `task 'name': running for 1.2 s, waits for future 'answer'`.
template <>
struct fmt::formatter<fanout::task_info> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(fanout::task_info const& t, Context& context) const {
    auto text = fmt::format("{}: {} for {}", t.name, t.state, fanout::detail::shown_age(t.age));
    if (!t.waits_for.empty()) text += ", waits for " + t.waits_for;
    return fmt::formatter<std::string_view>::format(text, context);
  }
};

#endif // FANOUT_FMT_HPP
