// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Which jobs a worker runs.

#ifndef FANOUT_EXAMPLE_FARM_RUNNING_HPP
#define FANOUT_EXAMPLE_FARM_RUNNING_HPP

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>

namespace farm {

/// The jobs that run in this process, by their ids. For one thread.
class running_jobs {
public:
  /// Says that a job runs, for as long as it is there. It may outlive the list: after a second
  /// signal the jobs are destroyed later than the worker.
  using mark = std::shared_ptr<void const>;

  /// None if the job runs already.
  mark add(std::string const& id) {
    if (!ids_->insert(id).second) return nullptr;
    return {ids_.get(), [ids = ids_, id](void const*) { ids->erase(id); }};
  }

  std::size_t size() const { return ids_->size(); }

private:
  std::shared_ptr<std::unordered_set<std::string>> const ids_ =
      std::make_shared<std::unordered_set<std::string>>();
};

} // namespace farm

#endif
