// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The command line, word by word.

#ifndef FANOUT_EXAMPLE_FETCH_WORDS_HPP
#define FANOUT_EXAMPLE_FETCH_WORDS_HPP

#include <boost/program_options/variables_map.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What stands behind each option. Members throw usage_error for what is not as it should be.
class words {
public:
  /// Throws boost::program_options::error too.
  words(int argc, char const* const* argv);

  bool has(char const* name) const { return map_.count(name) > 0; }
  bool flag(char const* name) const { return map_[name].as<bool>(); }
  std::string text(char const* name) const; // empty if there is none
  std::vector<std::string> list(char const* name) const;

  // These leave what they are given alone if there is none.

  template <class Number>
  void count(char const* name, Number& number, std::uint64_t least, std::uint64_t most) const {
    if (has(name)) number = static_cast<Number>(parse_count(name, least, most));
  }

  void time(char const* name, std::chrono::milliseconds& time) const;

private:
  std::uint64_t parse_count(char const* name, std::uint64_t least, std::uint64_t most) const;

  boost::program_options::variables_map map_;
};

#endif
