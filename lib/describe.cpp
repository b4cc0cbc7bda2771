// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include <fanout/fmt.hpp>
#include <fanout/text.hpp>

#include <boost/config.hpp>
#include <boost/core/demangle.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>
#include <cxxabi.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <typeinfo>
#include <utility>

namespace fanout::inline FANOUT_ABI {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// In this order: what stands first makes the names that are looked for later.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> short_names{{
    {"fanout::" BOOST_STRINGIZE(FANOUT_ABI) "::", "fanout::"},
    {"[abi:cxx11]", ""},
    {"__cxx11::", ""},
    {"__1::", ""},
    {"_V2::", ""},
    {"(anonymous namespace)::", ""},
    {" >", ">"},
    {"std::basic_string<char, std::char_traits<char>, std::allocator<char>>", "std::string"},
    {"std::__ios_failure", "std::ios_base::failure"},
}};

/// Classes that derive from what the user threw, to carry something beside it.
constexpr std::array<std::string_view, 5> wrappers{
    "boost::wrapexcept<", "boost::exception_detail::clone_impl<",
    "boost::exception_detail::error_info_injector<", "std::_Nested_exception<", "std::__nested<"};

bool unwrap(std::string& name) {
  for (auto wrapper : wrappers) {
    if (!name.starts_with(wrapper) || !name.ends_with('>')) continue;
    name = name.substr(wrapper.size(), name.size() - wrapper.size() - 1);
    return true;
  }
  return false;
}

std::string type_name(std::type_info const& type) {
  std::string name = boost::core::demangle(type.name());
  for (auto const& [from, to] : short_names) replace_all(name, from, to);
  while (unwrap(name)) {
  }
  return name;
}

/// The type of the exception being handled, for those that `catch` cannot name.
std::string current_type_name() {
  std::type_info const* type = abi::__cxa_current_exception_type();
  return type ? type_name(*type) : "an exception of unknown type";
}

std::string with_code(std::string text, std::string const& code) {
  std::string const shown = fmt::format("[{}]", code);
  if (text.find(shown) != text.npos) return text;
  return text.empty() ? shown : fmt::format("{} {}", text, shown);
}

/// Boost's what() says "MESSAGE [category:value at FILE:LINE]" where the code has a location.
std::string message(boost::system::system_error const& e) {
  std::string text = e.what();
  auto const code = e.code().to_string();
  replace_all(text, e.code().what(), fmt::format("{} [{}]", e.code().message(), code));
  return with_code(std::move(text), code);
}

std::string message(std::system_error const& e) {
  return with_code(e.what(), fmt::format("{}:{}", e.code().category().name(), e.code().value()));
}

std::string message(std::exception const& e) {
  if (auto* s = dynamic_cast<boost::system::system_error const*>(&e)) return message(*s);
  if (auto* s = dynamic_cast<std::system_error const*>(&e)) return message(*s);
  return e.what();
}

template <class E>
std::exception_ptr cause(E const& e) {
  auto* nested = dynamic_cast<std::nested_exception const*>(&e);
  return nested ? nested->nested_ptr() : nullptr;
}

/// Describes the outermost exception and puts the one nested in it into `error`'s place.
std::string take_outermost(std::exception_ptr& error) {
  try {
    std::rethrow_exception(std::exchange(error, nullptr));
  } catch (std::exception const& e) {
    error = cause(e);
    auto const text = message(e);
    return text.empty() ? type_name(typeid(e)) : fmt::format("{}: {}", type_name(typeid(e)), text);
  } catch (std::nested_exception const& e) {
    error = e.nested_ptr();
    return type_name(typeid(e));
  } catch (...) {
    return current_type_name();
  }
}

} // namespace

std::string describe(std::exception_ptr error) {
  if (!error) return "no error";
  std::string text = take_outermost(error);
  while (error) text += ", because of " + take_outermost(error);
  return text;
}

namespace detail {

std::string shown_error(std::exception_ptr error) {
  if (!error) return "no error";
  if (is_cancelled(error)) return "cancelled";
  try {
    std::rethrow_exception(std::move(error));
  } catch (std::exception const& e) {
    return fmt::format("{}('{}')", type_name(typeid(e)), message(e));
  } catch (std::nested_exception const& e) {
    return type_name(typeid(e)) + "()";
  } catch (...) {
    return current_type_name() + "()";
  }
}

std::string shown_age(std::chrono::nanoseconds age) {
  auto const seconds = std::chrono::duration<double>(age).count();
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  auto const minutes = std::chrono::duration_cast<std::chrono::minutes>(age);
  auto const rest = std::chrono::duration_cast<std::chrono::seconds>(age - minutes);
  return fmt::format("{} min {} s", minutes.count(), rest.count());
}

} // namespace detail

} // namespace fanout::inline FANOUT_ABI
