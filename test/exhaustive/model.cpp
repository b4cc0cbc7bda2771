//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "model.hpp"

namespace model {

// ---- which operation it is

bool operation::is_contest() const {
  return p_.operation == kind::race || p_.operation == kind::first_success;
}

bool operation::is_shield() const {
  return p_.operation == kind::shield || p_.operation == kind::shielded_wait;
}

// "The first error cancels the rest", in a group too, unless it is to keep going.
bool operation::cancels_on_error() const {
  return p_.cancel_on_error || (p_.operation == kind::group && !p_.keep_going);
}

// "Errors are results": of a group that keeps going, errors end nothing either.
bool operation::errors_are_results() const {
  return p_.return_exceptions || (p_.operation == kind::group && p_.keep_going);
}

// "A throwing `begin`, `++` or `==` is the gather's error." In a contest the ends of children are
// counted, and are no errors of the operation by themselves.
bool operation::has_failed() const { return f_.source_failed || (!is_contest() && f_.failed != 0); }

// ---- starting

// "After a request, at the deadline, when a policy has cancelled the rest, or once a contest is
// decided, no further child starts." A shield that is cancelled starts its child all the same.
bool operation::nothing_starts_any_more() const {
  return f_.source_is_over || is_finished() || f_.expired || f_.rest_cancelled ||
         f_.starts_forbidden || f_.decided != outcome::none || (f_.requested && !is_shield());
}

// "Children held back by a limit are never started" after an error.
bool operation::is_full() const { return f_.started >= p_.limit || f_.held_back; }

// "Without a limit every child starts, even when an earlier one failed at once."
bool operation::is_closed() const {
  if (nothing_starts_any_more()) return true;
  if (!has_failed()) return false;
  if (cancels_on_error()) return true;
  return !errors_are_results() && is_full();
}

// "At most n unfinished children at any moment", one taken after the other, and none inside the
// initiating call. A task that is adopted runs already and waits for nothing.
bool operation::may_start() const {
  bool const source_is_free = f_.begun && !f_.at_source && !f_.held_back && !f_.source_is_empty;
  bool const has_room = !is_closed() && f_.running < p_.limit;
  return source_is_free && (has_room || f_.adopted != 0);
}

// "A cancelled child that has not begun never runs."
bool operation::must_not_run() const {
  return (f_.requested && !is_shield()) || f_.expired || f_.rest_cancelled || f_.starts_forbidden ||
         f_.decided != outcome::none || p_.operation == kind::no_time ||
         (cancels_on_error() && has_failed());
}

// ---- the end

// "The first error completes it at once, and the siblings run on", by default. After a request,
// the deadline or a policy's cancellation it waits for all. Nothing but a shield "ends with
// operation_aborted at once" when it is cancelled.
bool operation::leaves_children() const {
  if (f_.requested) return p_.operation == kind::shield;
  bool const early_error =
      has_failed() && !is_contest() && !errors_are_results() && !cancels_on_error();
  return early_error && !f_.expired && !f_.rest_cancelled;
}

// "Nothing finishes inside the initiating call", while a child is being taken, or before the last
// call of a hook has returned.
bool operation::completes() {
  bool const busy = !f_.begun || f_.at_source || f_.reported != 0 || f_.adopted != 0;
  bool const idle = f_.joined && f_.source_is_empty; // a group that is joined ends when idle
  if (busy || is_finished() || !(is_closed() || idle)) return false;
  if (f_.running != 0 && !leaves_children()) return false;
  f_.ended_with = is_contest() ? outcome_of_contest() : outcome_of_gather();
  return true;
}

bool operation::is_over() const { return is_finished() && f_.running == 0; }

bool operation::waits_for_others() const {
  return is_closed() && f_.running != 0 && !leaves_children();
}

// Of a range of unknown size all have started only once its end was seen. A group has no children
// but those that it was given.
bool operation::all_were_started() const {
  return f_.source_is_over || p_.operation == kind::group || p_.total == f_.started;
}

outcome operation::outcome_of_gather() const {
  // "return_exceptions: after a terminal request operation_aborted, unless keep_results."
  if (errors_are_results()) {
    if (f_.terminal && !p_.keep_results) return outcome::aborted;
    return f_.source_failed ? outcome::error : outcome::values;
  }
  // "The first end in time that was an error."
  if (has_failed()) return outcome::error;
  // "Cancelling a shield ends the wait with operation_aborted."
  if (f_.running != 0) return outcome::aborted;
  // "A value that arrives all the same is delivered", of a task, a timeout or a wait.
  bool const keeps_value = p_.operation == kind::task || p_.operation == kind::no_time ||
                           p_.operation == kind::shielded_wait;
  if (keeps_value && all_were_started()) return outcome::values;
  // "operation_aborted if all succeeded all the same."
  if (f_.terminal) return outcome::aborted;
  // "If only partial or total were requested: as if not cancelled."
  if (all_were_started()) return outcome::values;
  // "Children that were never started are failures": for the deadline deadline_exceeded.
  return f_.missing_are_late ? outcome::expired : outcome::aborted;
}

// ---- contests

// "As soon as not enough children can succeed any more."
bool operation::is_out_of_reach() const {
  std::size_t const winners = p_.operation == kind::race ? 1 : p_.quorum;
  std::size_t const won = f_.winners;
  if (f_.source_is_over) return won + f_.running < winners;
  return p_.total && won + f_.running + (*p_.total - f_.started) < winners;
}

// "A terminal request ends it with operation_aborted, the deadline with deadline_exceeded."
std::optional<outcome> operation::outcome_from_outside() const {
  if (f_.terminal) return outcome::aborted;
  if (f_.expired) return outcome::expired;
  return std::nullopt;
}

outcome operation::outcome_of_contest() const {
  if (f_.decided != outcome::none) return f_.decided;
  return outcome_from_outside().value_or(f_.failed == 0 ? outcome::aborted : outcome::all_failed);
}

// "Once it is decided the outcome stands, and the rest is cancelled." After a terminal request
// there is no winner: it ends with operation_aborted.
void operation::decide(orders& o, outcome what) {
  o.cancel_rest = !was_asked();
  if (what == outcome::values && f_.terminal) what = outcome::aborted;
  if (what == outcome::all_failed) what = outcome_from_outside().value_or(what);
  f_.decided = what;
}

// "The first to end, value or error" wins a race; "the first to succeed" the others.
orders operation::end_of_contestant(std::size_t child, bool failed) {
  orders o;
  if (f_.decided != outcome::none) return o;
  auto const index = static_cast<std::uint8_t>(child);
  bool const race = p_.operation == kind::race;
  if (failed && !race) {
    o.loses = true;
    f_.loser[f_.losers++] = index;
    if (is_out_of_reach()) decide(o, outcome::all_failed);
    return o;
  }
  o.wins = true;
  f_.winner[f_.winners++] = index;
  o.keep_error = failed && !p_.return_exceptions;
  f_.error_is_kept = f_.error_is_kept || o.keep_error;
  if (o.keep_error)
    decide(o, outcome::error);
  else if (race || f_.winners == p_.quorum)
    decide(o, outcome::values);
  return o;
}

// ---- events

void operation::begin() { f_.begun = true; }

void operation::reach() {
  f_.at_source = true;
  f_.came_meanwhile = false;
}

// "Children start in argument order." A task that is adopted comes before those that wait.
std::size_t operation::count_start() {
  f_.at_source = false;
  if (f_.adopted != 0) --f_.adopted;
  f_.child[f_.started] = life::runs;
  ++f_.running;
  return f_.started++;
}

// A contest whose range turns out to be too short cannot be won any more: if there never were
// enough children, "invalid_argument" says so.
orders operation::exhausted() {
  f_.at_source = false;
  f_.source_is_over = true;
  orders o;
  std::size_t const winners = p_.operation == kind::race ? 1 : p_.quorum;
  if (is_contest() && f_.decided == outcome::none && is_out_of_reach())
    decide(o, f_.started < winners ? outcome::too_few : outcome::all_failed);
  return o;
}

// It "ends the range and is the gather's error", even where errors of children are results. What
// was decided before stands.
orders operation::source_fails() {
  f_.at_source = false;
  f_.source_is_over = true;
  if (f_.decided != outcome::none) return {};
  orders o;
  if (is_contest()) {
    decide(o, outcome::error);
    o.keep_error = f_.error_is_kept = true;
  } else {
    o = error_of_gather(true);
  }
  f_.source_failed = true;
  return o;
}

// More may have come while the source was looked at: then it is looked at once more.
void operation::nothing_now() {
  f_.at_source = false;
  f_.source_is_empty = !f_.came_meanwhile;
}

bool operation::hold_back() {
  f_.at_source = false;
  f_.held_back = true;
  return !is_closed();
}

bool operation::release_held_back() {
  f_.held_back = false;
  return !is_closed();
}

// "The first child, in time, to fail": its error is kept, and no other. Under cancel_on_error it
// cancels the rest, unless the children have been asked already: "a second request would interrupt
// a child that is cleaning up".
orders operation::error_of_gather(bool counts) {
  orders o;
  o.keep_error = counts && !f_.error_is_kept && !is_finished();
  o.cancel_rest = cancels_on_error() && !has_failed() && !is_finished() && !was_asked();
  f_.error_is_kept = f_.error_is_kept || o.keep_error;
  f_.rest_asked = f_.rest_asked || o.cancel_rest;
  return o;
}

// "A child that is cancelled on its own counts as having failed with operation_aborted", but in a
// group, where it has just ended.
orders operation::end(std::size_t child, ending how, bool hooks_hear) {
  bool const failed =
      how == ending::error || (how == ending::cancelled && p_.operation != kind::group);
  f_.child[child] = hooks_hear ? life::is_reported : life::over;
  --f_.running;
  ++f_.ended;
  f_.reported = static_cast<std::uint8_t>(f_.reported + hooks_hear);
  orders o;
  if (is_contest())
    o = end_of_contestant(child, failed);
  else if (failed)
    o = error_of_gather(!errors_are_results());
  f_.failed = static_cast<std::uint8_t>(f_.failed + failed);
  return o;
}

void operation::hooks_return(std::size_t child) {
  f_.child[child] = life::over;
  --f_.reported;
}

// ---- being cancelled

// Whether every child that runs has been asked to end by a terminal request.
bool operation::was_asked() const {
  return f_.terminal || f_.expired || f_.rest_asked || f_.decided != outcome::none;
}

// "Every request is forwarded, of every type, each time" until the operation has completed, but for
// what is protected. Once a contest is decided, a request does not change the outcome.
bool operation::ask(request r) {
  if (is_finished()) return false;
  if (f_.decided != outcome::none) return true;
  f_.requested = true;
  f_.terminal = f_.terminal || r == request::terminal;
  return p_.operation != kind::shield;
}

// "The first answer other than none cancels the rest."
bool operation::cancel_by_policy(bool terminal) {
  if (is_finished() || f_.rest_cancelled) return false;
  bool const heard = !was_asked();
  f_.rest_cancelled = true;
  f_.rest_asked = f_.rest_asked || terminal;
  return heard;
}

// "At that moment the children that run are cancelled, and no further child starts." Those that
// something else has kept from starting are not late.
void operation::expire() {
  if (f_.expired) return;
  f_.missing_are_late = !is_closed();
  f_.expired = true;
}

bool operation::is_left_alone() const { return f_.requested && p_.operation == kind::shield; }

bool operation::cancels_wait() const { return f_.requested && p_.operation == kind::shielded_wait; }

// "After an outer cancellation the error is not wrapped."
bool operation::has_index() const { return p_.with_index && !f_.requested; }

// ---- groups

// "create_task throws when the group has ended, or is being cancelled."
bool operation::offer() {
  if (is_closed()) return false;
  f_.came_meanwhile = true;
  f_.source_is_empty = false;
  return true;
}

// "Adopted stragglers are awaited whatever happens to the group."
bool operation::adopt() {
  if (is_finished()) return false;
  f_.came_meanwhile = true;
  f_.source_is_empty = false;
  ++f_.adopted;
  return true;
}

} // namespace model
