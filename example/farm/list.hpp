// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The list of URLs that a producer adds.

#ifndef FANOUT_EXAMPLE_FARM_LIST_HPP
#define FANOUT_EXAMPLE_FARM_LIST_HPP

#include "queue.hpp"

#include "../fetch/url_list.hpp"

#include <boost/hash2/fnv1a.hpp>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace farm {

/// Reads a list in one go. What was read is known by its length and its hash, so that a list that
/// was added before is told from another one. All members throw usage_error.
class list {
public:
  /// "-" is stdin.
  explicit list(std::string const& name);

  /// How many URLs there are; unknown of stdin.
  std::optional<std::uint64_t> size() const;

  /// Behind what was passed over so far.
  position here() const { return position_of(lines_, hash_); }

  /// The next URLs, at most so many. They stay until they are passed over.
  std::vector<std::string> const& ahead(std::size_t most);

  /// Behind these.
  position behind() const;

  /// Passes over everything before this.
  void pass(position const& to);

private:
  using hash = boost::hash2::fnv1a_64;

  static void add(hash& h, std::string const& url);
  static position position_of(std::uint64_t lines, hash h);
  bool read(std::string& url);

  std::string name_;
  std::ifstream file_;
  url_list urls_;
  std::vector<std::string> ahead_;
  std::uint64_t lines_ = 0;
  hash hash_;
};

} // namespace farm

#endif
