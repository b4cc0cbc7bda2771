//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Every order of everything that can happen to one operation.
//
// What follows from a state does not depend on the way that has led there: so each state of the
// library and the model together is followed once, and the orders that come to it are counted. Two
// states count as the same if 128 bits of a hash of all their bytes are.

#include "decision_walk.hpp"

#include "core.hpp"
#include "model.hpp"
#include "report.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace exhaustive {

namespace {

using model::ending;
using model::kind;
using model::life;
using model::policies;

/// Where the library and the model have come to together.
struct moment {
  core library;
  model::operation slow;
  incidents left;
  std::uint8_t queued = 0;      // tasks of a group that wait for their start
  bool queue_was_empty = false; // when the source was reached for
  bool waits_for_room = false;
};

// ---- states that were seen

struct key {
  std::uint64_t high, low;
  friend bool operator==(key const&, key const&) = default;
};

struct hash_of_key {
  std::size_t operator()(key const& k) const noexcept { return k.low; }
};

class hasher {
public:
  void add(std::span<std::byte const> bytes) {
    while (!bytes.empty()) {
      std::uint64_t word = 0;
      std::size_t const n = std::min(bytes.size(), sizeof word);
      std::memcpy(&word, bytes.data(), n);
      bytes = bytes.subspan(n);
      k_.low = std::rotl((k_.low ^ word) * 0x9e3779b97f4a7c15u, 29);
      k_.high = (std::rotl(k_.high, 31) + word) * 0xc2b2ae3d27d4eb4fu;
    }
  }

  template <class T>
  void add_object(T const& object) {
    static_assert(std::has_unique_object_representations_v<T>);
    add(std::as_bytes(std::span(&object, 1)));
  }

  key value() const {
    auto const mixed = [](std::uint64_t x) {
      x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
      return x ^ (x >> 32);
    };
    return {mixed(k_.high), mixed(k_.low)};
  }

private:
  key k_{0x243f6a8885a308d3u, 0x13198a2e03707344u};
};

key key_of(moment const& m) {
  hasher h;
  h.add(m.library.bytes());
  h.add_object(m.slow.seen());
  h.add_object(m.left);
  h.add_object(std::array<std::uint8_t, 3>{m.queued, m.queue_was_empty, m.waits_for_room});
  return h.value();
}

// ---- the walk

class walk {
public:
  explicit walk(setup const& s) : s_(s) {}

  numbers go() {
    moment const first{core(s_.p), model::operation(s_.p), s_.may_happen};
    n_.cases = 1;
    n_.orders = follow(first);
    n_.states = seen_.size();
    return n_;
  }

private:
  // Everything that can happen now. Gives the number of orders.
  double follow(moment const& m) {
    key const k = key_of(m);
    if (auto const known = seen_.find(k); known != seen_.end()) return known->second;
    double orders = 0;
    bool quiet = true; // nothing is still to come by itself
    auto const must = [&](char const* name, auto const& event, std::size_t child = none) {
      quiet = false;
      orders += branch(m, name, child, event);
    };
    auto const may = [&](char const* name, bool can, auto const& event) {
      if (can) orders += branch(m, name, none, event);
    };
    source_events(m, must, may);
    child_events(m, must);
    if (quiet) {
      ++orders;
      if (is_group()) {
        bool const ends = m.slow.is_closed() || m.slow.seen().joined;
        expect(!ends || m.slow.is_finished(), "a group that is closed or joined must end");
      } else {
        expect(m.slow.is_finished(), "it must not stop without having completed");
      }
    }
    incident_events(m, may);
    seen_.emplace(k, orders);
    return orders;
  }

  template <class Must, class May>
  void source_events(moment const& m, Must const& must, May const& may) {
    auto const& f = m.slow.seen();
    if (!f.begun) must("begin", [](walk& w, moment& n) { w.begin(n); });
    if (m.slow.may_start()) must("reach", [](walk& w, moment& n) { w.reach(n); });
    if (f.at_source && is_group()) {
      bool const there = m.queued + f.adopted > 0;
      bool const none_found = m.queue_was_empty || (m.slow.is_closed() && f.adopted == 0);
      if (there) must("start", [](walk& w, moment& n) { w.start(n); });
      if (none_found) must("nothing now", [](walk& w, moment& n) { w.nothing_now(n); });
    } else if (f.at_source) {
      must("arrive", [](walk& w, moment& n) { w.arrive(n); });
      may("no room", m.left.crowds > 0 && child_is_there(f),
          [](walk& w, moment& n) { w.hold_back(n); });
    }
    if (m.waits_for_room) {
      // Where the child is not wanted any more, room may never come.
      auto const room = [](walk& w, moment& n) { w.release_held_back(n); };
      if (m.slow.is_closed())
        may("room", true, room);
      else
        must("room", room);
    }
  }

  template <class Must>
  void child_events(moment const& m, Must const& must) {
    auto const& f = m.slow.seen();
    for (std::size_t i = 0; i < f.started; ++i) {
      auto const ends = [&](char const* name, ending how) {
        must(name, [i, how](walk& w, moment& n) { w.end(n, i, how); }, i);
      };
      if (f.child[i] == life::runs) {
        ends("value", ending::value);
        ends("error", ending::error);
        ends("cancelled", ending::cancelled);
      } else if (f.child[i] == life::is_reported) {
        must("hooks", [i](walk& w, moment& n) { w.hooks_return(n, i); }, i);
      }
    }
  }

  template <class May>
  void incident_events(moment const& m, May const& may) {
    using model::request;
    incidents const& left = m.left;
    for (request const r : {request::terminal, request::partial, request::total})
      may(name_of(r), left.requests > 0, [r](walk& w, moment& n) { w.ask(n, r); });
    for (bool const terminal : {true, false})
      may(terminal ? "cancel rest" : "cancel rest mildly", left.cancels > 0,
          [terminal](walk& w, moment& n) { w.cancel_by_policy(n, terminal); });
    may("deadline", left.deadlines > 0, [](walk& w, moment& n) { w.expire(n); });
    may("offer", left.offers > 0, [](walk& w, moment& n) { w.offer(n); });
    may("adopt", left.adoptions > 0, [](walk& w, moment& n) { w.adopt(n); });
    may("end when idle", left.joins > 0, [](walk& w, moment& n) { w.join(n); });
    may("forbid starts", left.start_bans > 0, [](walk& w, moment& n) { w.forbid_starts(n); });
  }

  template <class Event>
  double branch(moment const& m, char const* name, std::size_t child, Event const& event) {
    moment next = m;
    path_.push_back({name, child, {}});
    event(*this, next);
    check(next);
    double const orders = follow(next);
    path_.pop_back();
    return orders;
  }

  // ---- events

  void begin(moment& m) {
    m.library->begin();
    m.slow.begin();
  }

  void reach(moment& m) {
    expect(m.library->begin_taking(), "the next child may be reached for");
    expect(!m.library->begin_taking(), "only one may be at the source");
    m.slow.reach();
    m.queue_was_empty = m.queued + m.slow.seen().adopted == 0;
  }

  void start(moment& m) {
    bool const from_queue = is_group() && m.slow.seen().adopted == 0;
    if (from_queue) --m.queued;
    expect(m.library->count_start() == m.slow.count_start(), "children start in argument order");
    expect(m.slow.seen().running <= s_.p.limit || s_.may_happen.adoptions > 0,
           "at most as many children run as the limit says");
  }

  void arrive(moment& m) {
    auto const& f = m.slow.seen();
    if (f.started == s_.source_fails_at)
      compare(actions_of(m.library->source_failed()), m.slow.source_fails());
    else if (f.started == s_.children)
      compare(actions_of(m.library->exhausted()), m.slow.exhausted());
    else
      start(m);
  }

  void nothing_now(moment& m) {
    m.library->starved();
    m.slow.nothing_now();
  }

  void hold_back(moment& m) {
    --m.left.crowds;
    m.waits_for_room = m.slow.hold_back();
    expect(m.library->hold_back() == m.waits_for_room, "whether it is worth waiting for room");
  }

  void release_held_back(moment& m) {
    m.waits_for_room = false;
    expect(m.library->release_held_back() == m.slow.release_held_back(),
           "whether room is still wanted");
  }

  void end(moment& m, std::size_t i, ending how) {
    bool const failed = how == ending::error || (how == ending::cancelled && !forgives(m));
    bool const only_counts = !failed && !s_.hooks && !is_contest();
    bool const kept = m.slow.seen().error_is_kept;
    auto const expected = m.slow.end(i, how, s_.hooks);
    model::orders given;
    if (only_counts)
      m.library->count_end();
    else
      given = actions_of(m.library->ended(failed, s_.hooks));
    path_.back().given = given;
    compare(given, expected);
    expect(!given.keep_error || !kept, "one error is kept");
    if (s_.hooks) check_told(m, i);
  }

  void hooks_return(moment& m, std::size_t i) {
    m.library->reported();
    m.slow.hooks_return(i);
  }

  void ask(moment& m, model::request r) {
    --m.left.requests;
    bool const forward = m.library->requested(r == model::request::terminal);
    expect(forward == m.slow.ask(r), "whether the children hear of a request");
  }

  void cancel_by_policy(moment& m, bool terminal) {
    --m.left.cancels;
    bool const forward = m.library->cancel_by_policy(terminal);
    expect(forward == m.slow.cancel_by_policy(terminal), "whether the rest hears of a policy");
  }

  void expire(moment& m) {
    --m.left.deadlines;
    m.library->expire();
    m.slow.expire();
  }

  void offer(moment& m) {
    --m.left.offers;
    bool const taken = m.slow.offer();
    expect(m.library->offer() == taken, "whether a group takes a task");
    m.queued = static_cast<std::uint8_t>(m.queued + taken);
  }

  void adopt(moment& m) {
    --m.left.adoptions;
    expect(m.library->adopt() == m.slow.adopt(), "whether a group takes a task that runs");
  }

  void join(moment& m) {
    --m.left.joins;
    m.library->end_when_idle();
    m.slow.join();
  }

  void forbid_starts(moment& m) {
    --m.left.start_bans;
    m.library->forbid_starts();
    m.slow.forbid_starts();
  }

  // ---- comparisons

  void compare(model::orders const& given, model::orders const& expected) {
    expect(given.keep_error == expected.keep_error, "whether an error is the one to end with");
    expect(given.cancel_rest == expected.cancel_rest, "whether the rest is cancelled");
    expect(given.wins == expected.wins, "whether a child wins");
    expect(given.loses == expected.loses, "whether a child is listed as failed");
  }

  void check(moment& m) {
    ++n_.steps;
    bool const ends = m.slow.completes();
    auto const o = m.library->decide_finish();
    expect(o.finish == ends, ends ? "it is time to complete" : "it is not time to complete");
    expect(actions_of(o) == model::orders(), "a look whether it is time changes nothing else");
    if (ends) {
      expect(outcome_of(m.library->completes_with()) == m.slow.seen().ended_with, "the outcome");
      expect(!m.library->decide_finish().finish, "it completes once");
      if (is_contest()) check_tally(m);
    }
    auto const& d = *m.library;
    auto const& f = m.slow.seen();
    expect(d.finished() == m.slow.is_finished(), "whether it has completed");
    expect(d.over() == m.slow.is_over(), "whether all is over");
    expect(d.started() == f.started && d.running() == f.running, "how many run");
    expect(d.closed() == m.slow.is_closed(), "whether a further child may come");
    expect(d.may_start() == m.slow.may_start(), "whether the next child may start");
    expect(d.awaits_others() == m.slow.waits_for_others(), "whether it waits for what runs");
    expect(d.cancelling() == m.slow.must_not_run(), "whether a child that has not run may run");
    expect(d.leaves_shielded() == m.slow.is_left_alone(), "whether children are left alone");
    expect(d.cancels_waits() == m.slow.cancels_wait(), "whether a wait is given up");
    expect(d.expired() == f.missing_are_late, "what children that never started end with");
    expect(d.wraps_errors() == m.slow.has_index(), "whether an error tells the index");
  }

  void check_told(moment& m, std::size_t i) {
    auto const told = m.library->progress_after(i);
    auto const& f = m.slow.seen();
    expect(told.index == i && told.started == f.started && told.ended == f.ended &&
               told.failed == f.failed && told.total == s_.p.total,
           "what the progress tells");
  }

  // Of the orders that have led here.
  void check_tally(moment const& m) {
    core_score score;
    for (auto const& e : path_) score.end(e.given, e.child);
    auto const& f = m.slow.seen();
    expect(std::ranges::equal(score.winners(), std::span(f.winner).first(f.winners)),
           "the winners, in the order of their ends");
    if (f.ended_with != model::outcome::all_failed) return;
    expect(std::ranges::equal(score.losers(), std::span(f.loser).first(f.losers)),
           "the failures, in the order of their ends");
  }

  void expect(bool ok, char const* what) {
    if (ok) return;
    ++n_.differences;
    tell_difference(what + (" after" + path()));
  }

  std::string path() const {
    std::string text;
    for (auto const& e : path_) {
      text += std::string(text.empty() ? " " : ", ") + e.name;
      if (e.child != none) text += " " + std::to_string(e.child);
    }
    return text + "; " + describe();
  }

  std::string describe() const {
    static constexpr std::array names{"gather",        "task", "no time",       "shield",
                                      "shielded wait", "race", "first_success", "group"};
    policies const& p = s_.p;
    std::string text = names[static_cast<std::size_t>(p.operation)];
    text += " of " + std::to_string(s_.children);
    if (!p.total) text += " in a range of unknown size";
    if (s_.source_fails_at) text += ", source fails at " + std::to_string(*s_.source_fails_at);
    if (p.limit != model::no_limit) text += ", limit " + std::to_string(p.limit);
    if (p.quorum != 1) text += ", quorum " + std::to_string(p.quorum);
    if (p.return_exceptions) text += ", return_exceptions";
    if (p.cancel_on_error) text += ", cancel_on_error";
    if (p.keep_results) text += ", keep_results";
    if (p.keep_going) text += ", keep_going";
    if (s_.hooks) text += ", hooks";
    return text;
  }

  static char const* name_of(model::request r) {
    static constexpr std::array names{"terminal", "partial", "total"};
    return names[static_cast<std::size_t>(r)];
  }

  bool is_group() const { return s_.p.operation == kind::group; }
  bool is_contest() const {
    return s_.p.operation == kind::race || s_.p.operation == kind::first_success;
  }
  static bool forgives(moment& m) { return m.library->forgives_cancelled(); }
  bool child_is_there(model::facts const& f) const {
    return f.started < s_.children && f.started != s_.source_fails_at;
  }

  static constexpr std::size_t none = model::most_children;

  struct event {
    char const* name;
    std::size_t child;
    model::orders given;
  };

  setup s_;
  numbers n_;
  std::vector<event> path_;
  std::unordered_map<key, double, hash_of_key> seen_;
};

} // namespace

numbers walk_decision(setup const& s) { return walk(s).go(); }

} // namespace exhaustive
