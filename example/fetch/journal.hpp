// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What --jsonl prints.

#ifndef FANOUT_EXAMPLE_FETCH_JOURNAL_HPP
#define FANOUT_EXAMPLE_FETCH_JOURNAL_HPP

#include "job.hpp"
#include "output.hpp"
#include "report.hpp"

#include <fanout/result.hpp>

#include <cstdio>
#include <unordered_set>

/// A line for each URL, as soon as it has ended.
class journal {
public:
  journal(output& out, std::FILE* to) : out_(out), to_(to) {}

  /// Throws not_printed if nothing can be said any more.
  void check() const { out_.check(); }

  void say(job const& j, fanout::result<answer> const& outcome) {
    said_.insert(&j);
    out_.put(to_, to_json_line(j, outcome));
  }

  /// What was cancelled or never began: why, is known in the end.
  void say_the_rest(report const& r) {
    for (std::size_t i = 0; i < r.jobs.size(); ++i)
      if (!said_.contains(&r.jobs[i])) say(r.jobs[i], r.outcomes[i]);
  }

private:
  output& out_;
  std::FILE* to_;
  std::unordered_set<job const*> said_;
};

#endif
