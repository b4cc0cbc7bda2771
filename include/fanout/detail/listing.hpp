//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LISTING_HPP
#define FANOUT_DETAIL_LISTING_HPP

#include <fanout/task_info.hpp>

#include <string>
#include <utility>
#include <vector>

namespace fanout::detail {

/// Tells coroutines apart: the same for a coroutine and for those that it awaits, null for what is
/// none.
using coroutine_id = void const*;

/// The coroutine that a completion handler resumes.
template <class Handler>
coroutine_id coroutine_of(Handler& handler) {
  if constexpr (requires { handler.entry_point(); })
    return handler.entry_point();
  else
    return nullptr;
}

/// Who runs, and what coroutines wait for, each told by those who know it.
class listing {
public:
  void add(task_info info, coroutine_id coroutine) {
    rows_.push_back({std::move(info), coroutine});
  }

  void add_wait(coroutine_id coroutine, std::string what) {
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

  std::vector<row> rows_;
  std::vector<std::pair<coroutine_id, std::string>> waits_;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_LISTING_HPP
