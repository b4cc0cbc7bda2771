// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Connections that wait for their next request.

#ifndef FANOUT_EXAMPLE_FETCH_POOL_HPP
#define FANOUT_EXAMPLE_FETCH_POOL_HPP

#include "connection.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

class pool {
public:
  explicit pool(std::size_t capacity) : capacity_(capacity) {}

  /// Null if there is none to this origin. One that its server has closed meanwhile, or sent
  /// something on, is good for nothing more.
  std::unique_ptr<connection> take(std::string const& origin) {
    for (auto found = idle_.find(origin); found != idle_.end(); found = idle_.find(origin)) {
      auto c = std::move(found->second);
      idle_.erase(found);
      if (c->is_quiet()) return c;
    }
    return nullptr;
  }

  /// Where there are too many, one of another origin has to go: any, for it is only lost time.
  void put(std::string const& origin, std::unique_ptr<connection> c) {
    if (idle_.size() == capacity_) idle_.erase(idle_.begin());
    idle_.emplace(origin, std::move(c));
  }

  void clear() { idle_.clear(); }

private:
  std::size_t capacity_;
  std::unordered_multimap<std::string, std::unique_ptr<connection>> idle_;
};

#endif
