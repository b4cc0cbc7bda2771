//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather decides without Asio, also at compile time: walks through it as one reads them.

#include <fanout/detail/gather_fsm.hpp>

#include <cstddef>

namespace compile_gather_fsm {

using rules = fanout::detail::all_rules;
using fanout::detail::completion_kind;
using under_test = fanout::detail::gather_fsm;

constexpr rules with(bool return_exceptions, bool cancel_on_error, std::size_t limit) {
  rules r;
  r.return_exceptions = return_exceptions;
  r.cancel_on_error = cancel_on_error;
  r.limit = limit;
  return r;
}

constexpr under_test started(rules const& r, std::size_t total, std::size_t now) {
  under_test d(r, total);
  d.begin();
  for (std::size_t i = 0; i < now; ++i)
    if (d.begin_taking()) d.count_start();
  return d;
}

// By default the first error finishes while a sibling runs, and is told once.
static_assert([] {
  under_test d = started(with(false, false, rules::unlimited), 2, 2);
  if (d.begin_taking()) d.exhausted();
  bool const kept = d.ended(true, true).keep_error;
  bool const early = d.decide_finish().finish;
  d.reported();
  bool const at_once = d.decide_finish().finish && d.completes_with() == completion_kind::error;
  bool const again = d.ended(true, true).keep_error;
  d.reported();
  return kept && !early && at_once && !again && !d.decide_finish().finish;
}());

// An error before all have started waits for the starts, but not for what the limit holds back.
static_assert([] {
  under_test free = started(with(false, false, rules::unlimited), 3, 1);
  under_test held = started(with(false, false, 1), 3, 1);
  for (under_test* d : {&free, &held}) {
    d->ended(true, true);
    d->reported();
  }
  return free.may_start() && !free.decide_finish().finish && !held.may_start() &&
         held.decide_finish().finish;
}());

// With cancel_on_error the first error cancels the rest and waits for it.
static_assert([] {
  under_test d = started(with(false, true, rules::unlimited), 3, 2);
  bool const cancels = d.ended(true, true).cancel_rest;
  d.reported();
  bool const waits = !d.may_start() && !d.decide_finish().finish;
  bool const again = d.ended(true, true).cancel_rest;
  d.reported();
  return cancels && waits && !again && d.decide_finish().finish &&
         d.completes_with() == completion_kind::error;
}());

// With return_exceptions errors are values, also together with cancel_on_error.
static_assert([] {
  under_test d = started(with(true, true, rules::unlimited), 3, 1);
  bool const cancels = d.ended(true, true).cancel_rest;
  d.reported();
  return cancels && d.decide_finish().finish && d.completes_with() == completion_kind::values;
}());

// The limit lets the next child start as one ends.
static_assert([] {
  under_test d = started(with(false, false, 2), 3, 3);
  bool const full = d.started() == 2 && !d.may_start();
  d.ended(false, true);
  return full && d.may_start();
}());

// A request prevents every start; of type terminal, it is an error even if all succeed.
static_assert([] {
  under_test d = started(with(false, false, rules::unlimited), 2, 2);
  if (d.begin_taking()) d.exhausted();
  under_test partial = d;
  d.requested(true);
  partial.requested(false);
  for (under_test* each : {&d, &partial})
    for (int i = 0; i < 2; ++i) {
      each->ended(false, true);
      each->reported();
    }
  return d.decide_finish().finish && d.completes_with() == completion_kind::aborted &&
         partial.decide_finish().finish && partial.completes_with() == completion_kind::values;
}());

// A child that was never started counts as cancelled, also after a request that is not terminal.
static_assert([] {
  under_test d = started(with(false, false, 1), 2, 1);
  d.requested(false);
  d.ended(false, true);
  d.reported();
  return !d.may_start() && d.decide_finish().finish &&
         d.completes_with() == completion_kind::aborted;
}());

} // namespace compile_gather_fsm
