// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// An object of the configuration file, key by key. What is wrong is told with the way that leads
// there.

#ifndef FANOUT_EXAMPLE_GATEWAY_SECTION_HPP
#define FANOUT_EXAMPLE_GATEWAY_SECTION_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// As JSON has it: a message on a terminal stays on its line.
std::string escaped(std::string_view text);

/// Members throw bad_config. Those that take a reference leave it alone if the key is not there.
class section {
public:
  /// An object with these keys and no others. Where: "gateway.json: upstreams[0]".
  section(boost::json::value const& v, std::string where,
          std::initializer_list<std::string_view> keys);

  template <class Number>
  void count(char const* key, Number& n, std::uint64_t least, std::uint64_t most) const {
    if (find(key)) n = static_cast<Number>(parse_count(key, least, most));
  }
  void time(char const* key, std::chrono::milliseconds& t, std::uint64_t least = 1) const;
  void share(char const* key, double& s) const; // from 0 to 1
  std::string text(char const* key, std::string const& otherwise) const;
  std::vector<std::string> texts(char const* key) const; // at least one

  boost::json::value const* find(char const* key) const { return object_->if_contains(key); }
  std::string path(char const* key) const; // "gateway.json: upstreams[0].name"

  [[noreturn]] void fail(char const* key, std::string_view wanted) const;

private:
  std::uint64_t parse_count(char const* key, std::uint64_t least, std::uint64_t most) const;

  boost::json::object const* object_;
  std::string where_;
};

#endif
