//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_JOINED_LISTING_HPP
#define FANOUT_DETAIL_JOINED_LISTING_HPP

#include <fanout/task_info.hpp>
#include <fanout/detail/listing.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// Collects what `all_tasks` returns: the running tasks and children, each with what it waits for.
class joined_listing final : public listing {
public:
  void add(std::string name, task_state state, std::chrono::steady_clock::time_point since,
           coroutine_id coroutine) override {
    // On another thread something may have started since then.
    auto const age = std::max(now_ - since, std::chrono::steady_clock::duration::zero());
    rows_.push_back({{std::move(name), state, age, {}}, coroutine});
  }

  void add_wait(coroutine_id coroutine, std::string what) override {
    if (coroutine) waits_.emplace_back(coroutine, std::move(what));
  }

  std::vector<task_info> joined() && {
    std::vector<task_info> tasks;
    for (row& r : rows_) {
      for (auto const& [coroutine, what] : waits_)
        if (r.coroutine == coroutine) r.info.waits_for = what;
      tasks.push_back(std::move(r.info));
    }
    return tasks;
  }

private:
  struct row {
    task_info info;
    coroutine_id coroutine;
  };

  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  std::vector<row> rows_;
  std::vector<std::pair<coroutine_id, std::string>> waits_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_JOINED_LISTING_HPP
