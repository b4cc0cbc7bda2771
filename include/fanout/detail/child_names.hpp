//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CHILD_NAMES_HPP
#define FANOUT_DETAIL_CHILD_NAMES_HPP

#include <fanout/fwd.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The names of the running children of one operation. The members are called with the operation's
/// lock held.
class child_names {
public:
  child_names() = default;
  child_names(child_names const&) = delete;
  child_names& operator=(child_names const&) = delete;
  virtual ~child_names() = default;

  /// Adds a name. The first of several names of one child counts.
  virtual void add(std::size_t index, std::string name) = 0;

  /// The name of a child; empty if it has none.
  virtual std::string given(std::size_t index) const = 0;

  /// Removes and returns the name of a child that has ended.
  virtual std::string taken(std::size_t index) = 0;
};

/// Stores the names. A template, so that only operations with named children compile the map.
template <class Index>
class name_map final : public child_names {
public:
  void add(std::size_t index, std::string name) override { names_.emplace(index, std::move(name)); }

  std::string given(std::size_t index) const override {
    auto const found = names_.find(index);
    return found == names_.end() ? std::string() : found->second;
  }

  std::string taken(std::size_t index) override {
    auto taken = names_.extract(index);
    return taken ? std::move(taken.mapped()) : std::string();
  }

private:
  std::map<Index, std::string> names_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CHILD_NAMES_HPP
