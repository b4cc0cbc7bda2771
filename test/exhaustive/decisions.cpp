//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The operations over up to four children, with every combination of policies, and what may happen
// to each. decision_walk.cpp walks through the orders.

#include "decision_walk.hpp"
#include "model.hpp"
#include "report.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace exhaustive {

namespace {

using model::kind;

/// A row of the table.
class row {
public:
  explicit row(char const* name) : name_(name) {}
  row(row const&) = delete;
  row& operator=(row const&) = delete;
  ~row() { tell(name_, n_); }

  void add(setup const& s) { n_ += walk_decision(s); }

  /// A source that does not fail, and one that fails in the place of each child and of the end.
  void add_all_sources(setup s) {
    add(s);
    for (std::size_t i = 0; i <= s.children; ++i) {
      s.source_fails_at = i;
      add(s);
    }
  }

  numbers const& total() const { return n_; }

private:
  char const* name_;
  numbers n_;
};

// Calls `f` with each limit that makes a difference, with and without hooks, where the number of
// children is known and where it is not.
template <class F>
void each_size(setup s, F const& f) {
  for (std::size_t limit = 1; limit <= s.children + 1; ++limit)
    for (bool const known : {true, false})
      for (bool const hooks : {true, false}) {
        s.p.limit = limit <= s.children ? limit : model::no_limit;
        s.p.total = known ? std::optional(s.children) : std::nullopt;
        s.hooks = hooks;
        f(s);
      }
}

// Every gather of so many children.
template <class F>
void each_gather(std::size_t children, incidents const& may_happen, F const& f) {
  struct mode {
    bool return_exceptions, cancel_on_error, keep_results, with_index;
  };
  static constexpr std::array<mode, 8> modes{{{0, 0, 0, 0},
                                              {0, 0, 0, 1},
                                              {0, 1, 0, 0},
                                              {0, 1, 0, 1},
                                              {1, 0, 0, 0},
                                              {1, 0, 1, 0},
                                              {1, 1, 0, 0},
                                              {1, 1, 1, 0}}};
  for (mode const& m : modes) {
    setup s;
    s.children = children;
    s.may_happen = may_happen;
    s.p.return_exceptions = m.return_exceptions;
    s.p.cancel_on_error = m.cancel_on_error;
    s.p.keep_results = m.keep_results;
    s.p.with_index = m.with_index;
    each_size(s, f);
  }
}

// Every race and every first_success of so many children. The source of unknown size may turn out
// to be too short.
template <class F>
void each_contest(std::size_t children, incidents const& may_happen, F const& f) {
  setup s;
  s.children = children;
  s.may_happen = may_happen;
  s.p.operation = kind::race;
  for (bool const results : {false, true}) {
    s.p.return_exceptions = results;
    each_size(s, f);
  }
  s.p.return_exceptions = false;
  s.p.operation = kind::first_success;
  for (s.p.quorum = 1; s.p.quorum <= children + 1; ++s.p.quorum) each_size(s, f);
}

// Operations around one child.
template <class F>
void each_of_one(incidents const& may_happen, F const& f) {
  setup s;
  s.children = 1;
  s.may_happen = may_happen;
  for (kind const k : {kind::task, kind::no_time, kind::shield, kind::shielded_wait}) {
    s.p.operation = k;
    each_size(s, f);
  }
}

// Every group with each limit that makes a difference.
template <class F>
void each_group(incidents const& may_happen, F const& f) {
  setup s;
  s.may_happen = may_happen;
  s.p.operation = kind::group;
  s.hooks = true; // a group always listens
  std::size_t const tasks = may_happen.offers + may_happen.adoptions;
  for (bool const going : {false, true})
    for (std::size_t limit = 1; limit <= tasks + 1; ++limit) {
      s.p.keep_going = going;
      s.p.limit = limit <= tasks ? limit : model::no_limit;
      f(s);
    }
}

} // namespace

numbers walk_decisions() {
  numbers all;
  auto const fill = [&all](char const* name, auto const& walks) {
    row r(name);
    walks(r);
    all += r.total();
  };
  fill("gather of 0 to 2", [](row& r) {
    for (std::size_t const n : {0u, 1u, 2u})
      each_gather(n, {.requests = 2, .cancels = 1, .deadlines = 1, .crowds = 1},
                  [&](setup const& s) { r.add_all_sources(s); });
  });
  fill("gather of 3, two requests", [](row& r) {
    each_gather(3, {.requests = 2}, [&](setup const& s) { r.add_all_sources(s); });
  });
  fill("gather of 3, policies and time", [](row& r) {
    each_gather(3, {.requests = 1, .cancels = 1, .deadlines = 1},
                [&](setup const& s) { r.add(s); });
  });
  fill("gather of 3, a shared limit", [](row& r) {
    each_gather(3, {.requests = 1, .crowds = 2}, [&](setup const& s) { r.add(s); });
  });
  fill("gather of 4",
       [](row& r) { each_gather(4, {.requests = 2}, [&](setup const& s) { r.add(s); }); });
  fill("task, timeout, shield", [](row& r) {
    each_of_one({.requests = 3, .cancels = 1, .deadlines = 2},
                [&](setup const& s) { r.add_all_sources(s); });
  });
  fill("contests of 0 to 2", [](row& r) {
    for (std::size_t const n : {0u, 1u, 2u})
      each_contest(n, {.requests = 2, .deadlines = 1},
                   [&](setup const& s) { r.add_all_sources(s); });
  });
  fill("contests of 3, a failing source", [](row& r) {
    each_contest(3, {.requests = 1}, [&](setup const& s) { r.add_all_sources(s); });
  });
  fill("contests of 3", [](row& r) {
    each_contest(3, {.requests = 2, .deadlines = 1}, [&](setup const& s) { r.add(s); });
  });
  fill("contests of 4", [](row& r) {
    each_contest(4, {.requests = 1}, [&](setup const& s) {
      if (!s.hooks) r.add(s);
    });
  });
  fill("groups of 0 to 3", [](row& r) {
    each_group(
        {.requests = 1, .cancels = 1, .offers = 2, .adoptions = 1, .joins = 1, .start_bans = 1},
        [&](setup const& s) { r.add(s); });
    each_group({.requests = 1, .offers = 3, .joins = 1, .start_bans = 1},
               [&](setup const& s) { r.add(s); });
  });
  return all;
}

} // namespace exhaustive
