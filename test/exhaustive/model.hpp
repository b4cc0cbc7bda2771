//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_EXHAUSTIVE_MODEL_HPP
#define FANOUT_TEST_EXHAUSTIVE_MODEL_HPP

// What an operation over a few children has to do, written from the sentences of the manual. No
// header of the library is included here, nor in model.cpp: a fault of the library cannot be a
// fault of the model as well.
//
// The model notes what has happened and computes every answer anew from that.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace model {

inline constexpr std::size_t most_children = 4;
inline constexpr std::size_t no_limit = static_cast<std::size_t>(-1);

enum class kind {
  gather,
  task,          // create_task, timeout, run: one child, whose value is kept in spite of a request
  no_time,       // a timeout without any time: its child never runs
  shield,        // one child, which no request reaches
  shielded_wait, // a shield around a future: a request gives the wait up
  race,
  first_success,
  group,
};

struct policies {
  kind operation = kind::gather;
  std::size_t limit = no_limit;
  bool return_exceptions = false;
  bool cancel_on_error = false;
  bool keep_results = false;
  bool with_index = false;
  bool keep_going = false;                         // of a group
  std::size_t quorum = 1;                          // of a first_success
  std::optional<std::size_t> total = std::nullopt; // the number of children, where it is known
};

enum class ending { value, error, cancelled };

enum class request { terminal, partial, total };

enum class outcome : std::uint8_t {
  none,       // it has not ended
  values,     // what the children have yielded
  error,      // the error that was kept
  aborted,    // operation_aborted
  expired,    // deadline_exceeded
  all_failed, // nothing can win any more
  too_few,    // there are fewer children than winners
};

/// What follows from an event at once.
struct orders {
  bool keep_error = false;  // the operation will end with this error
  bool cancel_rest = false; // every child that runs is asked to end, by a terminal request
  bool wins = false;        // the child is a winner
  bool loses = false;       // the child is one of those that failed

  friend bool operator==(orders const&, orders const&) = default;
};

enum class life : std::uint8_t { not_started, runs, is_reported, over };

/// What has happened. Only bytes, so that two of them are the same where their bytes are.
struct facts {
  std::array<life, most_children> child{};
  std::uint8_t started = 0;
  std::uint8_t running = 0;
  std::uint8_t reported = 0; // children that have ended, and whose hooks have not returned
  std::uint8_t ended = 0;
  std::uint8_t failed = 0;

  bool begun = false;           // the call that has initiated it has returned
  bool at_source = false;       // the next child is being taken
  bool source_is_over = false;  // there is no further child
  bool source_failed = false;   // because taking one has thrown
  bool source_is_empty = false; // there is none now, but more may come
  bool came_meanwhile = false;  // a child has come since the source was reached for
  bool held_back = false;       // a child is there, but a shared limit has no room for it

  bool requested = false;        // it was asked to end, from outside
  bool terminal = false;         // by a terminal request
  bool expired = false;          // its deadline has passed
  bool missing_are_late = false; // and kept children from starting
  bool rest_cancelled = false;   // a policy has cancelled the rest
  bool rest_asked = false;       // the library itself has asked its children to end, terminally
  bool starts_forbidden = false; // a group takes no further task
  bool joined = false;           // a group ends when nothing of it is left
  std::uint8_t adopted = 0;      // tasks that run already, and wait to be taken over

  bool error_is_kept = false;
  outcome decided = outcome::none; // of a contest
  outcome ended_with = outcome::none;
  std::uint8_t winners = 0;
  std::uint8_t losers = 0;
  std::array<std::uint8_t, most_children> winner{}; // their indices, in the order of their ends
  std::array<std::uint8_t, most_children> loser{};
};

class operation {
public:
  explicit operation(policies const& p) : p_(p) {}

  facts const& seen() const { return f_; }

  // ---- what may be asked

  bool may_start() const; // the next child may be taken now
  bool is_closed() const; // no further child will be taken
  bool is_finished() const { return f_.ended_with != outcome::none; }
  bool is_over() const; // finished, and nothing runs any more
  bool waits_for_others() const;
  bool must_not_run() const;  // a child that was taken, and has not run
  bool is_left_alone() const; // it ends without its children, which are protected
  bool cancels_wait() const;  // a wait that begins now is to end
  bool has_index() const;     // an error tells which child it is of

  // ---- what happens

  void begin();
  void reach();
  std::size_t count_start();
  orders exhausted();
  orders source_fails();
  void nothing_now();
  bool hold_back();         // gives whether it waits for room
  bool release_held_back(); // gives whether the child is still wanted
  orders end(std::size_t child, ending how, bool hooks_hear);
  void hooks_return(std::size_t child);
  bool ask(request r);                  // gives whether the children hear of it
  bool cancel_by_policy(bool terminal); // gives whether the children hear of it
  void expire();

  bool offer(); // gives whether it takes one more task
  bool adopt(); // the same for a task that runs
  void forbid_starts() { f_.starts_forbidden = true; }
  void join() { f_.joined = true; }

  /// Looks whether it is time to complete. Says so once.
  bool completes();

private:
  bool is_contest() const;
  bool is_shield() const;
  bool cancels_on_error() const;
  bool errors_are_results() const;
  bool has_failed() const;
  bool nothing_starts_any_more() const;
  bool is_full() const;
  bool leaves_children() const;
  bool is_out_of_reach() const;
  bool was_asked() const;
  bool all_were_started() const;
  orders error_of_gather(bool counts);
  orders end_of_contestant(std::size_t child, bool failed);
  void decide(orders& o, outcome what);
  outcome outcome_of_gather() const;
  outcome outcome_of_contest() const;
  std::optional<outcome> outcome_from_outside() const;

  policies p_;
  facts f_;
};

} // namespace model

#endif // FANOUT_TEST_EXHAUSTIVE_MODEL_HPP
