//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_FSM_HPP
#define FANOUT_DETAIL_GATHER_FSM_HPP

#include <fanout/policy.hpp>

#include <cstddef>
#include <optional>

namespace fanout::inline FANOUT_ABI::detail {

/// What `gather_core` must do after an event.
struct actions {
  bool keep_error = false;  ///< complete with the error of this event
  bool cancel_rest = false; ///< cancel every running child
  bool wins = false;        ///< the child that has just ended is a winner
  bool loses = false;       ///< the child that has just ended is one of the losers
  bool finish = false;      ///< complete now, as `completes_with()` says; set once
};

enum class completion_kind {
  values,  ///< deliver what the children yielded
  error,   ///< deliver the error that was kept
  aborted, ///< deliver `operation_aborted`
  expired, ///< deliver `deadline_exceeded`
  lost,    ///< deliver `all_failed`
  empty,   ///< deliver that a race had too few children
};

/// Whether a source has a next child.
enum class supply {
  exhausted, ///< no child, and none will come
  available, ///< there is a next child
  pending,   ///< none now, but one may come
};

/// The finite state machine of a gather: events go in, actions come out. It does no I/O and knows
/// no child, no executor and no thread. Its owner reports one event at a time.
///
/// A child is *taken* before it is started, since only the attempt to take it from a lazy range
/// tells whether it exists. To take has two steps: `advance` of the source finds out whether there
/// is a next child, and `read` moves it out. A child that waits for a start condition has been
/// found, but not moved out. The end of a child is *reported* when the hooks that are called for it
/// have returned. Nothing finishes while a child is being taken or an end is being reported.
class gather_fsm {
public:
  constexpr gather_fsm(all_rules const& r, std::optional<std::size_t> total) noexcept
      : rules_(r), total_(total) {}

  /// The operation may start children from now on. Called by the first posted handler.
  constexpr void begin() noexcept {
    if (stage_ == stage::unbegun) stage_ = stage::ready;
  }

  /// Whether one more child may start now. An adopted child runs already, so no limit holds it
  /// back.
  constexpr bool may_start() const noexcept {
    return stage_ == stage::ready && ((!closed() && running_ < rules_.limit) || adopted_ != 0);
  }

  /// Begins to take the next child if one more child may start now. Returns whether it does: then
  /// exactly one of `count_start`, `starved`, `hold_back`, `exhausted` and `source_failed` follows.
  constexpr bool begin_taking() noexcept {
    bool const may = may_start();
    if (may) {
      stage_ = stage::taking;
      offered_ = false;
    }
    return may;
  }

  /// The source has no child now, but one may come.
  constexpr void starved() noexcept { stage_ = offered_ ? stage::ready : stage::starving; }

  /// A child is offered to the source. Returns whether the source takes it.
  constexpr bool offer() noexcept { return !closed() && mark_offered(); }

  /// A running child is offered for adoption. Returns whether it is accepted, which it is until the
  /// operation has finished. It is the next child to be taken, and no limit holds it back.
  constexpr bool adopt() noexcept {
    bool const may = !finished_ && mark_offered();
    adopted_ += may;
    return may;
  }

  /// The operation shall finish as soon as no child runs or waits to be started.
  constexpr void end_when_idle() noexcept { ends_when_idle_ = true; }

  /// The child that was found must wait for a start condition. Returns whether it is still wanted.
  constexpr bool hold_back() noexcept {
    stage_ = stage::held_back;
    return !closed();
  }

  /// The start condition holds, so the child is held back no longer. Returns whether it is still
  /// wanted.
  constexpr bool release_held_back() noexcept {
    stage_ = stage::ready;
    return !closed();
  }

  /// Counts the start of the child that was taken. Returns the index of the child.
  constexpr std::size_t count_start() noexcept {
    stage_ = stage::ready;
    if (adopted_ != 0) --adopted_;
    ++running_;
    return started_++;
  }

  /// The source has no further child, and never will.
  constexpr actions exhausted() noexcept {
    exhaust();
    actions o;
    if (is_race() && !decided_ && is_lost())
      decide(o, started_ < rules_.winners ? completion_kind::empty : completion_kind::lost);
    return o;
  }

  /// The source has thrown. It has no further child, and the error counts like that of a child.
  constexpr actions source_failed() noexcept {
    exhaust();
    if (decided_) return {};
    source_failed_ = true;
    actions o = failed(true);
    if (is_race()) decide(o, completion_kind::error);
    return o;
  }

  /// Counts the end of a child. Called alone for a success that is not late, in an operation that
  /// is no race and has no hooks; otherwise through `ended`.
  constexpr void count_end() noexcept {
    --running_;
    ++ended_;
  }

  /// A child has ended. `reports`: hooks are called for the end, or it is late; `reported` follows.
  constexpr actions ended(bool with_error, bool reports) noexcept {
    count_end();
    reporting_ += reports;
    failed_ += with_error;
    if (is_race()) return ended_in_race(with_error);
    return with_error ? failed(!rules_.return_exceptions) : actions{};
  }

  /// An end was reported: its hooks have returned, and nothing uses the policies for it any more.
  constexpr void reported() noexcept { --reporting_; }

  /// A cancellation of the operation is requested from outside. Returns whether to forward the
  /// request to the children.
  constexpr bool requested(bool terminal) noexcept {
    if (finished_) return false;
    if (decided_) return true;
    requested_ = true;
    shut_ = shut_ || !rules_.shields_children; // shielded children start all the same
    terminal_ = terminal_ || terminal;
    return !rules_.shields_children || rules_.cancels_waits;
  }

  /// No further child starts. A request to the running children follows.
  constexpr void forbid_starts() noexcept { starts_forbidden_ = shut_ = true; }

  /// A policy cancels the running children. Returns whether to forward its request to them: only
  /// the first call counts.
  constexpr bool cancel_by_policy(bool terminal = true) noexcept {
    if (finished_ || policy_cancelled_) return false;
    policy_cancelled_ = shut_ = true;
    bool const first = !all_asked();
    asked_ = asked_ || terminal;
    return first;
  }

  /// The deadline of the operation has passed. The caller cancels the running children.
  constexpr void expire() noexcept {
    if (expired_) return;
    expired_missing_ = !closed();
    expired_ = shut_ = true;
  }

  /// Decides whether to finish now.
  constexpr actions decide_finish() noexcept {
    actions o;
    bool const all = closed() || (ends_when_idle_ && stage_ == stage::starving);
    bool const quiet = stage_ != stage::unbegun && stage_ != stage::taking && reporting_ == 0;
    bool const last = all && adopted_ == 0;
    o.finish = last && quiet && !finished_ && (running_ == 0 || leaves_children());
    if (o.finish) {
      finished_ = shut_ = true;
      completes_with_ = completion();
    }
    return o;
  }

  /// Whether a child that was taken and has not run must not run any more.
  constexpr bool cancelling() const noexcept {
    return (requested_ && !rules_.shields_children) || expired_ || policy_cancelled_ || decided_ ||
           starts_forbidden_ || rules_.starts_cancelled || (rules_.cancel_on_error && any_failed_);
  }

  /// Whether the operation finishes without its children, which are shielded from the request.
  constexpr bool leaves_shielded() const noexcept {
    return requested_ && rules_.shields_children && !rules_.cancels_waits;
  }

  /// Whether a child that starts after the request is a wait that must be cancelled.
  constexpr bool cancels_waits() const noexcept { return requested_ && rules_.cancels_waits; }

  /// What to complete with, once `finish` was set.
  constexpr completion_kind completes_with() const noexcept { return completes_with_; }

  /// Whether children that were never started end with `deadline_exceeded`.
  constexpr bool expired() const noexcept { return expired_missing_; }

  /// Whether to wrap the error of a child in a `gather_error`: not after a request from outside.
  constexpr bool wraps_errors() const noexcept { return rules_.wraps_errors && !requested_; }

  /// Whether no further child will start. After an error in the default mode the first `limit`
  /// children still start: they are those that would have started had the error come a moment
  /// later.
  constexpr bool closed() const noexcept {
    if (shut_) return true;
    if (!any_failed_) return false;
    bool const full = started_ >= rules_.limit || stage_ == stage::held_back;
    return rules_.cancel_on_error || (!rules_.return_exceptions && full);
  }

  /// Whether no further child will start and the operation waits for the end of running children.
  constexpr bool awaits_others() const noexcept {
    return closed() && running_ != 0 && !leaves_children();
  }

  /// Whether a child that was cancelled does not count as failed.
  constexpr bool forgives_cancelled() const noexcept { return rules_.forgives_cancelled; }

  /// Whether no child runs, is being taken or was just adopted, and none has failed.
  constexpr bool is_idle() const noexcept {
    return running_ == 0 && stage_ != stage::taking && reporting_ == 0 && adopted_ == 0 &&
           !any_failed_;
  }

  constexpr bool finished() const noexcept { return finished_; }

  /// Whether the operation has finished and no child runs.
  constexpr bool over() const noexcept { return finished_ && running_ == 0; }

  /// Whether the operation is over, no child is being taken, and no end is being reported: nothing
  /// uses the source and the policies any more.
  constexpr bool is_at_rest() const noexcept {
    return over() && stage_ != stage::taking && reporting_ == 0;
  }

  constexpr std::size_t started() const noexcept { return started_; }
  constexpr std::size_t running() const noexcept { return running_; }
  constexpr std::size_t winners() const noexcept { return rules_.winners; }

  /// The progress after the end of the child with this index.
  constexpr progress progress_after(std::size_t index) const noexcept {
    return {index, started_, ended_, failed_, total_};
  }

private:
  // The state of the source of the children.
  enum class stage {
    unbegun,   // inside the initiating call, where nothing starts or finishes
    ready,     // the next child may be taken
    taking,    // a child is being taken
    starving,  // the source had no child, but one may come
    held_back, // a child was found and waits for a start condition
  };

  constexpr bool mark_offered() noexcept {
    if (stage_ == stage::starving) stage_ = stage::ready;
    return offered_ = true;
  }

  constexpr void exhaust() noexcept {
    stage_ = stage::ready;
    exhausted_ = shut_ = true;
  }

  constexpr bool is_race() const noexcept { return rules_.winners != 0; }

  // The end of a child of a race.
  constexpr actions ended_in_race(bool with_error) noexcept {
    actions o;
    if (decided_) return o;
    if (!with_error || rules_.errors_win) {
      o.wins = true;
      o.keep_error = with_error && !rules_.return_exceptions;
      if (with_error || ++won_ == rules_.winners)
        decide(o, o.keep_error ? completion_kind::error : completion_kind::values);
    } else {
      o.loses = true;
      if (is_lost()) decide(o, completion_kind::lost);
    }
    return o;
  }

  // Whether fewer children can still win than must.
  constexpr bool is_lost() const noexcept {
    if (!total_ && !exhausted_) return false;
    std::size_t const to_start = exhausted_ ? 0 : *total_ - started_;
    return won_ + running_ + to_start < rules_.winners;
  }

  // Decides the race. The outcome does not change after that.
  constexpr void decide(actions& o, completion_kind v) noexcept {
    o.cancel_rest = !all_asked();
    decided_ = shut_ = true;
    completes_with_ = v;
    if (v == completion_kind::values && terminal_) completes_with_ = completion_kind::aborted;
    if (v == completion_kind::lost && cut_short()) completes_with_ = *cut_short();
  }

  // What a race completes with that a request or the deadline has ended.
  constexpr std::optional<completion_kind> cut_short() const noexcept {
    if (terminal_) return completion_kind::aborted;
    if (expired_) return completion_kind::expired;
    return std::nullopt;
  }

  // Whether every running child has been asked to end. A second request would interrupt its
  // cleaning up.
  constexpr bool all_asked() const noexcept { return terminal_ || expired_ || decided_ || asked_; }

  constexpr completion_kind race_completion() const noexcept {
    if (decided_) return completes_with_;
    if (auto const v = cut_short()) return *v;
    return failed_ == 0 ? completion_kind::aborted : completion_kind::lost;
  }

  constexpr completion_kind completion() const noexcept {
    if (is_race()) return race_completion();
    if (rules_.return_exceptions) {
      if (terminal_ && !rules_.keeps_results) return completion_kind::aborted;
      return source_failed_ ? completion_kind::error : completion_kind::values;
    }
    if (any_failed_) return completion_kind::error;
    if (requested_ && running_ != 0) return completion_kind::aborted; // its children run on
    if (rules_.keeps_values && everything_started()) return completion_kind::values;
    if (terminal_) return completion_kind::aborted;
    if (everything_started()) return completion_kind::values;
    if (expired_missing_) return completion_kind::expired;
    return requested_ || policy_cancelled_ ? completion_kind::aborted : completion_kind::values;
  }

  // `counts`: the operation may complete with this error. Otherwise the error is a result.
  constexpr actions failed(bool counts) noexcept {
    actions o;
    o.keep_error = counts && !kept_ && !finished_;
    o.cancel_rest = rules_.cancel_on_error && !any_failed_ && !finished_ && !all_asked();
    kept_ = kept_ || o.keep_error;
    asked_ = asked_ || o.cancel_rest;
    any_failed_ = true;
    return o;
  }

  // Whether the operation finishes while children run: after an error in the default mode, unless
  // the operation was asked to end; and after a request that is not forwarded.
  constexpr bool leaves_children() const noexcept {
    if (requested_) return leaves_shielded();
    if (!any_failed_ || rules_.return_exceptions) return false;
    return !expired_ && !policy_cancelled_ && !decided_ && !rules_.cancel_on_error;
  }

  constexpr bool everything_started() const noexcept {
    return exhausted_ || rules_.open || (total_ && started_ == *total_);
  }

  all_rules rules_;
  std::optional<std::size_t> total_;
  std::size_t started_ = 0;
  std::size_t running_ = 0;
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  std::size_t won_ = 0;
  std::size_t adopted_ = 0;   // and not yet taken
  std::size_t reporting_ = 0; // children that have ended and whose hooks have not returned
  stage stage_ = stage::unbegun;
  bool offered_ = false; // a child was offered since the last `begin_taking`
  bool ends_when_idle_ = false;
  bool shut_ = false; // no further child will start
  bool starts_forbidden_ = false;
  bool exhausted_ = false;
  bool source_failed_ = false;
  bool any_failed_ = false; // a child or the source
  bool kept_ = false;       // there is an error to complete with
  bool decided_ = false;    // the race is decided
  bool requested_ = false;  // a cancellation of any type was requested
  bool terminal_ = false;
  bool policy_cancelled_ = false; // a policy has cancelled the rest
  bool asked_ = false;            // the operation has sent running children a terminal request
  bool expired_ = false;          // the deadline has passed
  bool expired_missing_ = false;  // and nothing else has kept children from being started
  bool finished_ = false;
  completion_kind completes_with_ = completion_kind::values;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_FSM_HPP
