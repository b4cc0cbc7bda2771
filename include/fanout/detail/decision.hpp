//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_DECISION_HPP
#define FANOUT_DETAIL_DECISION_HPP

#include <fanout/policy.hpp>

#include <cstddef>
#include <optional>

namespace fanout::detail {

/// What the machine has to do after an event.
struct orders {
  bool keep_error = false;  ///< the error just told is the one to complete with
  bool cancel_rest = false; ///< cancel every child that still runs
  bool finish = false;      ///< complete now, with `outcome()`; ordered once
};

enum class verdict {
  values,  ///< deliver what the children yielded
  error,   ///< deliver the error that was kept
  aborted, ///< deliver `operation_aborted`
};

/// Takes every decision of a gather and does nothing else: events go in, orders come out. It knows
/// no child, no executor and no thread; whoever drives it calls it one event at a time.
///
/// A child is *reached for* before it is started, since only the attempt to take it from a lazy
/// range tells whether it exists; it is *reported* when the hooks that hear of its end have
/// returned. Nothing finishes between these.
class decision {
public:
  constexpr decision(rules const& r, std::optional<std::size_t> total) noexcept
      : rules_(r), total_(total) {}

  /// The operation may start children from now on.
  constexpr void begin() noexcept { begun_ = true; }

  /// Whether one more child may start now.
  constexpr bool may_start() const noexcept {
    return begun_ && !reaching_ && !closed() && running_ < rules_.limit;
  }

  /// The machine wants the next child: if this says true, one of `start`, `exhausted` and
  /// `source_failed` follows.
  constexpr bool reach() noexcept {
    bool const may = may_start();
    if (may) reaching_ = true;
    return may;
  }

  /// The child that was reached for is there. Gives its index.
  constexpr std::size_t start() noexcept {
    reaching_ = false;
    ++running_;
    return started_++;
  }

  /// There was no further child.
  constexpr void exhausted() noexcept {
    reaching_ = false;
    exhausted_ = true;
  }

  /// The source failed: it has no further child, and that error counts like a child's.
  constexpr orders source_failed() noexcept {
    exhausted();
    source_failed_ = true;
    return failed(true);
  }

  /// A child has ended. `heard`: hooks hear of it, and `reported` follows.
  constexpr orders ended(bool with_error, bool heard) noexcept {
    --running_;
    ++ended_;
    reporting_ += heard;
    failed_ += with_error;
    return with_error ? failed(!rules_.return_exceptions) : orders{};
  }

  /// The hooks that hear of an end have returned.
  constexpr void reported() noexcept { --reporting_; }

  /// Somebody asks to cancel the operation. Says whether to forward this to the children.
  constexpr bool requested(bool terminal) noexcept {
    if (finished_) return false;
    requested_ = true;
    terminal_ = terminal_ || terminal;
    return !rules_.abandons_children;
  }

  /// Whether it is time to complete.
  constexpr orders review() noexcept {
    orders o;
    o.finish = begun_ && !finished_ && !reaching_ && reporting_ == 0 && closed() &&
               (running_ == 0 || leaves_children());
    if (o.finish) {
      finished_ = true;
      outcome_ = judged();
    }
    return o;
  }

  /// Whether a child that was taken but did not run yet must not run any more.
  constexpr bool cancelling() const noexcept {
    return requested_ || rules_.starts_cancelled || (rules_.cancel_on_error && any_failed_);
  }

  /// Whether the children that run were asked to end.
  constexpr bool asks_children() const noexcept {
    return cancelling() && !rules_.abandons_children;
  }

  /// What to complete with, once `finish` was ordered.
  constexpr verdict outcome() const noexcept { return outcome_; }

  constexpr bool finished() const noexcept { return finished_; }

  /// Finished, and no child runs any more.
  constexpr bool over() const noexcept { return finished_ && running_ == 0; }

  constexpr std::size_t started() const noexcept { return started_; }

  constexpr progress told(std::size_t index) const noexcept {
    return {index, started_, ended_, failed_, total_};
  }

private:
  constexpr verdict judged() const noexcept {
    if (rules_.return_exceptions) {
      if (terminal_) return verdict::aborted;
      return source_failed_ ? verdict::error : verdict::values;
    }
    if (any_failed_) return verdict::error;
    if (requested_ && running_ != 0) return verdict::aborted; // its children are left alone
    if (rules_.keeps_values && everything_started()) return verdict::values;
    return terminal_ || (requested_ && !everything_started()) ? verdict::aborted : verdict::values;
  }

  // `counts`: the operation may complete with this error; others are results.
  constexpr orders failed(bool counts) noexcept {
    orders o;
    o.keep_error = counts && !kept_ && !finished_;
    o.cancel_rest = rules_.cancel_on_error && !any_failed_ && !finished_;
    kept_ = kept_ || o.keep_error;
    any_failed_ = true;
    return o;
  }

  // No further child will start. After an error, the first `limit` children still do: they are
  // those that would have started had the error come a moment later.
  constexpr bool closed() const noexcept {
    if (exhausted_ || requested_ || finished_) return true;
    if (!any_failed_) return false;
    return rules_.cancel_on_error || (!rules_.return_exceptions && started_ >= rules_.limit);
  }

  // Completes while children run: after an error in the default mode, unless it was asked to
  // cancel; and when it is cancelled and does not pass that on.
  constexpr bool leaves_children() const noexcept {
    if (requested_) return rules_.abandons_children;
    return any_failed_ && !rules_.return_exceptions && !rules_.cancel_on_error;
  }

  constexpr bool everything_started() const noexcept {
    return exhausted_ || (total_ && started_ == *total_);
  }

  rules rules_;
  std::optional<std::size_t> total_;
  std::size_t started_ = 0;
  std::size_t running_ = 0;
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  std::size_t reporting_ = 0; // ended, but their hooks have not returned
  bool begun_ = false;        // nothing starts or finishes inside the initiating call
  bool reaching_ = false;     // somebody is at the source
  bool exhausted_ = false;
  bool source_failed_ = false;
  bool any_failed_ = false; // a child or the source
  bool kept_ = false;       // an error to complete with
  bool requested_ = false;  // a cancellation of any type
  bool terminal_ = false;
  bool finished_ = false;
  verdict outcome_ = verdict::values;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_DECISION_HPP
