//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Every decision of a gather, without Asio: all orders of all endings of up to four children, with
// a failing source and, at every point, cancellation requests, policies that cancel, a deadline and
// a limit that others have used up, compared with a model that is written in the words of the
// manual.

#include <fanout/detail/gather_fsm.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gather_fsm {

using rules = fanout::detail::all_rules;
using fanout::detail::actions;
using fanout::detail::completion_kind;
using under_test = fanout::detail::gather_fsm;

// ---- the model: facts only, from which every expectation is computed anew

enum class life { waiting, running, reporting, over };

struct facts {
  std::array<life, 4> child{};
  std::size_t started = 0;
  std::size_t running = 0;
  std::size_t reporting = 0;
  std::size_t ended = 0;
  std::size_t failed = 0;
  bool begun = false;
  bool at_source = false;
  bool source_is_over = false;
  bool source_failed = false;
  bool requested = false;
  bool terminal = false;
  bool rest_cancelled = false; // by a policy
  bool expired = false;
  bool expired_first = false; // the deadline came while children were still wanted
  bool held_back = false;     // the source stands at a child for which there is no room
  bool waits_for_room = false;
  bool finished = false;

  bool error() const { return failed > 0 || source_failed; }
};

struct setup {
  rules r;
  std::size_t children;
  bool total_is_known = true;
  std::optional<std::size_t> source_fails_at = std::nullopt;
};

// "No start after a request, at the deadline, or when a policy has cancelled the rest." A shield
// that is cancelled before its child's first step starts it all the same.
bool over_for_the_rest(setup const& s, facts const& f) {
  return (f.requested && !s.r.shields_children) || f.rest_cancelled || f.expired;
}

// "At most n unfinished children; without limit every child starts, even when an earlier one failed
// at once; children held back by a limit are never started."
bool more_children_wanted(setup const& s, facts const& f) {
  if (over_for_the_rest(s, f) || f.finished || f.source_is_over) return false;
  if (!f.error()) return true;
  if (s.r.cancel_on_error) return false;
  return s.r.return_exceptions || (f.started < s.r.limit && !f.held_back);
}

bool may_start(setup const& s, facts const& f) {
  return f.begun && !f.at_source && !f.held_back && more_children_wanted(s, f) &&
         f.running < s.r.limit;
}

// "Completes at once with the first error"; with a policy or after a request or the deadline "when
// all its children have ended"; a shielded child is left alone by a request.
bool may_leave_children(setup const& s, facts const& f) {
  if (f.requested) return s.r.shields_children;
  return f.error() && !s.r.return_exceptions && !s.r.cancel_on_error && !over_for_the_rest(s, f);
}

bool time_to_finish(setup const& s, facts const& f) {
  bool const busy = f.at_source || f.reporting > 0;
  bool const children_matter = f.running > 0 && !may_leave_children(s, f);
  return f.begun && !f.finished && !busy && !more_children_wanted(s, f) && !children_matter;
}

completion_kind outcome(setup const& s, facts const& f) {
  if (s.r.return_exceptions) {
    if (f.terminal && !s.r.keeps_results) return completion_kind::aborted;
    return f.source_failed ? completion_kind::error : completion_kind::values;
  }
  if (f.error()) return completion_kind::error;
  if (f.running > 0) return completion_kind::aborted;
  bool const all_started = f.source_is_over || (s.total_is_known && f.started == s.children);
  if (s.r.keeps_values && all_started) return completion_kind::values;
  if (f.terminal) return completion_kind::aborted;
  if (all_started || !(f.requested || over_for_the_rest(s, f))) return completion_kind::values;
  return f.expired_first ? completion_kind::expired
                         : completion_kind::aborted; // a child is missing
}

// ---- the walk through all orders

enum class grain {
  eager,      // a child that may start does so before anything else happens
  one_by_one, // children end and requests come between two starts
  split       // and while somebody is at the source, or while a hook is running
};

/// What may happen beside starts and ends, and how many times at most.
struct incidents {
  int requests = 0;
  int cancels = 0; // a policy cancels the rest
  int deadlines = 0;
  int crowds = 0; // others have used up a limit
};

class walk {
public:
  walk(setup const& s, grain g) : setup_(s), grain_(g) {}

  /// Goes through all orders with up to so many incidents.
  void go(incidents const& may_happen) {
    std::optional<std::size_t> total;
    if (setup_.total_is_known) total = setup_.children;
    step({under_test(setup_.r, total), facts(), may_happen});
  }

  std::size_t orders_seen() const { return orders_seen_; }
  std::size_t failures() const { return failures_; }

private:
  struct moment {
    under_test d;
    facts f;
    incidents left;
  };

  void expect(bool ok, char const* sentence) {
    if (ok) return;
    if (++failures_ <= 3) BOOST_ERROR(sentence << " after" << describe());
  }

  std::string describe() const {
    std::string text;
    for (auto const& event : path_) text += " " + event;
    rules const& r = setup_.r;
    text += "; children " + std::to_string(setup_.children);
    if (r.limit != rules::unlimited) text += ", limit " + std::to_string(r.limit);
    if (r.return_exceptions) text += ", return_exceptions";
    if (r.cancel_on_error) text += ", cancel_on_error";
    if (r.shields_children) text += ", shielded";
    if (r.keeps_values) text += ", keeps values";
    if (r.keeps_results) text += ", keep_results";
    if (!setup_.total_is_known) text += ", total unknown";
    return text;
  }

  // One event on a copy of the moment, and then everything that can follow.
  template <class Event>
  void branch(moment const& m, char const* name, std::size_t index, Event const& event) {
    moment next = m;
    path_.push_back(index < 4 ? name + std::to_string(index) : name);
    event(next);
    if (grain_ == grain::eager)
      while (may_start(setup_, next.f)) start(next);
    check(next);
    step(next);
    path_.pop_back();
  }

  void step(moment const& m) {
    bool last = true;
    auto const follow = [&](char const* name, std::size_t index, auto const& event) {
      last = false;
      branch(m, name, index, event);
    };
    constexpr std::size_t none = 4;
    if (!m.f.begun) follow("begin", none, [this](moment& n) { begin(n); });
    if (m.f.at_source) {
      follow("arrive", none, [this](moment& n) { arrive(n); });
      if (m.left.crowds > 0 && child_is_there(m.f))
        follow("crowd", none, [this](moment& n) { hold_back(n); });
    } else if (may_start(setup_, m.f)) {
      if (grain_ == grain::split) {
        follow("reach", none, [this](moment& n) { reach(n); });
      } else {
        follow("start", none, [this](moment& n) { start(n); });
        if (m.left.crowds > 0 && child_is_there(m.f))
          follow("crowd", none, [this](moment& n) {
            reach(n);
            hold_back(n);
          });
      }
    }
    if (m.f.waits_for_room) {
      bool const wanted = more_children_wanted(setup_, m.f); // otherwise room may never come
      last = last && !wanted;
      branch(m, "room", none, [this](moment& n) { release_held_back(n); });
    }
    for (std::size_t i = 0; i < m.f.started; ++i) {
      if (m.f.child[i] == life::running) {
        follow("value", i, [&](moment& n) { end(n, i, false); });
        follow("error", i, [&](moment& n) { end(n, i, true); });
      } else if (m.f.child[i] == life::reporting) {
        follow("reported", i, [&](moment& n) { report(n, i); });
      }
    }
    if (last) {
      ++orders_seen_;
      expect(m.f.finished, "it must not end without finishing");
    }
    if (m.left.requests > 0) {
      branch(m, "terminal", none, [this](moment& n) { request(n, true); });
      branch(m, "partial", none, [this](moment& n) { request(n, false); });
    }
    if (m.left.cancels > 0) branch(m, "cancel", none, [this](moment& n) { cancel_by_policy(n); });
    if (m.left.deadlines > 0) branch(m, "deadline", none, [this](moment& n) { expire(n); });
  }

  bool child_is_there(facts const& f) const {
    return f.started < setup_.children && f.started != setup_.source_fails_at;
  }

  // ---- events

  void begin(moment& m) {
    m.d.begin();
    m.f.begun = true;
  }

  void start(moment& m) {
    reach(m);
    arrive(m);
  }

  void reach(moment& m) {
    expect(m.d.begin_taking(), "the next child may be reached for");
    expect(!m.d.begin_taking(), "only one may be at the source");
    m.f.at_source = true;
  }

  void arrive(moment& m) {
    m.f.at_source = false;
    if (m.f.started == setup_.source_fails_at) {
      check_error(m.d.source_failed(), m.f, true);
      m.f.source_is_over = m.f.source_failed = true;
    } else if (m.f.started == setup_.children) {
      m.d.exhausted();
      m.f.source_is_over = true;
    } else {
      expect(m.d.count_start() == m.f.started, "children start in their order");
      m.f.child[m.f.started++] = life::running;
      ++m.f.running;
      expect(m.f.running <= setup_.r.limit, "at most limit children run");
    }
  }

  void end(moment& m, std::size_t i, bool with_error) {
    actions const o = m.d.ended(with_error, true);
    if (with_error)
      check_error(o, m.f, !setup_.r.return_exceptions);
    else
      expect(!o.keep_error && !o.cancel_rest && !o.finish, "a value changes nothing by itself");
    m.f.child[i] = life::reporting;
    --m.f.running;
    ++m.f.reporting;
    ++m.f.ended;
    m.f.failed += with_error;
    check_told(m, i);
    if (grain_ != grain::split) report(m, i);
  }

  void report(moment& m, std::size_t i) {
    expect(!m.d.decide_finish().finish, "nothing finishes before the hooks have returned");
    m.d.reported();
    m.f.child[i] = life::over;
    --m.f.reporting;
  }

  void hold_back(moment& m) {
    --m.left.crowds;
    m.f.at_source = false;
    m.f.held_back = true;
    m.f.waits_for_room = m.d.hold_back();
    expect(m.f.waits_for_room == more_children_wanted(setup_, m.f),
           "it waits for room as long as the child is wanted");
  }

  void release_held_back(moment& m) {
    m.f.held_back = m.f.waits_for_room = false;
    expect(m.d.release_held_back() == more_children_wanted(setup_, m.f),
           "room is taken if the child is still wanted");
  }

  void cancel_by_policy(moment& m) {
    --m.left.cancels;
    bool const heard = !m.f.finished && !m.f.rest_cancelled;
    bool const by_error = setup_.r.cancel_on_error && m.f.error();
    expect(m.d.cancel_by_policy() == (heard && !m.f.terminal && !m.f.expired && !by_error),
           "a policy cancels the rest once, and nobody twice");
    m.f.rest_cancelled = m.f.rest_cancelled || heard;
  }

  void expire(moment& m) {
    --m.left.deadlines;
    m.f.expired_first = m.f.expired_first || (!m.f.expired && more_children_wanted(setup_, m.f));
    m.f.expired = true;
    m.d.expire();
  }

  void request(moment& m, bool terminal) {
    --m.left.requests;
    bool const heard = !m.f.finished;
    expect(m.d.requested(terminal) == (heard && !setup_.r.shields_children),
           "a request is passed on to the children until the end");
    m.f.requested = m.f.requested || heard;
    m.f.terminal = m.f.terminal || (heard && terminal);
  }

  // ---- expectations

  // `counts`: it is not a result like any other. `f`: how it was before.
  void check_error(actions const& o, facts const& f, bool counts) {
    bool const kept = setup_.r.return_exceptions ? f.source_failed : f.error();
    expect(o.keep_error == (counts && !kept && !f.finished),
           "the first error that counts is kept, and no other");
    bool const asked = f.terminal || f.expired || f.rest_cancelled;
    expect(o.cancel_rest == (setup_.r.cancel_on_error && !f.error() && !f.finished && !asked),
           "the first error cancels the rest under cancel_on_error only, and nobody twice");
    expect(!o.finish, "an end does not finish by itself");
  }

  void check_told(moment const& m, std::size_t i) {
    fanout::progress const p = m.d.progress_after(i);
    expect(p.index == i && p.started == m.f.started && p.ended == m.f.ended &&
               p.failed == m.f.failed,
           "progress tells what has happened");
    expect(p.total.has_value() == setup_.total_is_known && p.total.value_or(0) == total(),
           "progress tells the total where it is known");
  }

  std::size_t total() const { return setup_.total_is_known ? setup_.children : 0; }

  void check(moment& m) {
    bool const over = time_to_finish(setup_, m.f);
    actions const o = m.d.decide_finish();
    expect(o.finish == over, over ? "it is time to finish" : "it is not time to finish");
    expect(!o.keep_error && !o.cancel_rest, "a review orders nothing but the end");
    if (over) {
      m.f.finished = true;
      expect(m.d.completes_with() == outcome(setup_, m.f), "the outcome");
      expect(!m.d.decide_finish().finish, "it finishes once");
    }
    expect(m.d.finished() == m.f.finished, "it knows whether it has finished");
    expect(m.d.over() == (m.f.finished && m.f.running == 0), "it knows whether all is over");
    expect(m.d.started() == m.f.started, "it knows how many were started");
    expect(m.d.may_start() == may_start(setup_, m.f), "whether one more child may start");
    bool const cancelling =
        over_for_the_rest(setup_, m.f) || (setup_.r.cancel_on_error && m.f.error());
    expect(m.d.cancelling() == cancelling,
           "whether a child that has not run must not run any more");
    expect(m.d.leaves_shielded() == (m.f.requested && setup_.r.shields_children),
           "whether nothing waits for the children any more");
    expect(m.d.expired() == m.f.expired_first, "what children that never started end with");
    expect(m.d.wraps_errors() == (setup_.r.wraps_errors && !m.f.requested),
           "an error has an index unless somebody cancelled");
  }

  setup setup_;
  grain grain_;
  std::vector<std::string> path_;
  std::size_t orders_seen_ = 0;
  std::size_t failures_ = 0;
};

struct mode {
  bool return_exceptions;
  bool cancel_on_error;
  bool shielded = false;
};

constexpr mode default_mode{false, false};
constexpr std::array<mode, 4> modes{{{false, false}, {true, false}, {false, true}, {true, true}}};

rules rules_of(mode const& m, std::size_t limit) {
  rules r;
  r.limit = limit;
  r.return_exceptions = m.return_exceptions;
  r.cancel_on_error = m.cancel_on_error;
  r.shields_children = m.shielded;
  return r;
}

std::size_t orders_of(setup const& s, grain g, incidents const& may_happen = {}) {
  walk w(s, g);
  w.go(may_happen);
  BOOST_TEST(w.failures() == 0u);
  return w.orders_seen();
}

// A source that does not fail, and one that fails in the place of each child and of the end.
void all_sources(setup s, grain g, incidents const& may_happen) {
  orders_of(s, g, may_happen);
  for (std::size_t i = 0; i <= s.children; ++i) {
    s.source_fails_at = i;
    orders_of(s, g, may_happen);
  }
}

// All modes with each limit that makes a difference.
template <class F>
void in_all_modes(std::size_t children, F const& f) {
  for (mode const& m : modes)
    for (bool const total_is_known : {true, false}) {
      for (std::size_t limit = 1; limit <= children; ++limit)
        f(setup{rules_of(m, limit), children, total_is_known});
      f(setup{rules_of(m, rules::unlimited), children, total_is_known});
    }
}

BOOST_AUTO_TEST_SUITE(gather_fsm_test)

BOOST_AUTO_TEST_CASE(the_walk_sees_every_order_of_every_ending) {
  setup const four{rules_of(modes[1], rules::unlimited), 4};
  BOOST_TEST(orders_of(four, grain::eager) == 24u * 16u);
  setup const two{rules_of(modes[1], rules::unlimited), 2};
  // An end of the second child stands before or after the end of the source; one of the first
  // child in any of the four gaps that follow its start.
  BOOST_TEST(orders_of(two, grain::one_by_one) == (2u * 4u) * 4u);
}

BOOST_AUTO_TEST_CASE(nothing_to_gather_finishes_in_every_mode) {
  in_all_modes(0, [](setup const& s) { all_sources(s, grain::split, {.requests = 2}); });
}

BOOST_AUTO_TEST_CASE(one_child_ends_in_every_order_of_events) {
  in_all_modes(1, [](setup const& s) { all_sources(s, grain::split, {.requests = 2}); });
}

BOOST_AUTO_TEST_CASE(two_children_end_in_every_order_of_events) {
  in_all_modes(2, [](setup const& s) { all_sources(s, grain::split, {.requests = 1}); });
}

BOOST_AUTO_TEST_CASE(two_children_hear_two_requests_in_every_order) {
  in_all_modes(2, [](setup const& s) { orders_of(s, grain::one_by_one, {.requests = 2}); });
}

BOOST_AUTO_TEST_CASE(three_children_end_in_every_order_around_a_failing_source) {
  in_all_modes(3, [](setup const& s) { all_sources(s, grain::one_by_one, {.requests = 1}); });
}

BOOST_AUTO_TEST_CASE(four_children_end_in_every_order) {
  in_all_modes(4, [](setup const& s) { all_sources(s, grain::eager, {.requests = 1}); });
}

BOOST_AUTO_TEST_CASE(four_children_end_in_every_order_between_the_starts) {
  in_all_modes(4, [](setup const& s) { orders_of(s, grain::one_by_one); });
}

BOOST_AUTO_TEST_CASE(shielded_children_end_in_every_order_of_events) {
  for (std::size_t const children : {1u, 2u}) {
    setup const s{rules_of({false, false, true}, rules::unlimited), children};
    orders_of(s, grain::split, {.requests = 2});
  }
}

BOOST_AUTO_TEST_CASE(values_that_are_kept_in_spite_of_a_request_end_in_every_order) {
  for (std::size_t const children : {1u, 2u}) {
    setup s{rules_of(default_mode, rules::unlimited), children};
    s.r.keeps_values = true;
    all_sources(s, grain::split, {.requests = 1});
  }
}

BOOST_AUTO_TEST_CASE(results_that_are_kept_in_spite_of_a_request_end_in_every_order) {
  for (std::size_t const children : {1u, 2u})
    for (bool const cancel_on_error : {false, true}) {
      setup s{rules_of({true, cancel_on_error}, 1), children};
      s.r.keeps_results = s.r.wraps_errors = true;
      all_sources(s, grain::split, {.requests = 1, .deadlines = 1});
    }
}

BOOST_AUTO_TEST_CASE(nothing_starts_or_finishes_before_the_beginning) {
  under_test d(rules_of(default_mode, rules::unlimited), 0);
  BOOST_TEST(!d.may_start());
  BOOST_TEST(!d.begin_taking());
  BOOST_TEST(d.requested(true));
  BOOST_TEST(!d.decide_finish().finish);
  d.begin();
  BOOST_TEST(d.decide_finish().finish);
}

// ---- policies that cancel, deadlines, and a limit that is shared with others

BOOST_AUTO_TEST_CASE(nothing_to_gather_finishes_whatever_happens) {
  in_all_modes(0, [](setup const& s) {
    all_sources(s, grain::split, {.requests = 1, .cancels = 1, .deadlines = 2});
  });
}

BOOST_AUTO_TEST_CASE(one_child_ends_in_every_order_whatever_happens) {
  in_all_modes(1, [](setup const& s) {
    all_sources(s, grain::split, {.requests = 1, .cancels = 1, .deadlines = 1, .crowds = 1});
  });
}

BOOST_AUTO_TEST_CASE(two_children_end_in_every_order_around_a_policy_that_cancels) {
  in_all_modes(2, [](setup const& s) { all_sources(s, grain::split, {.cancels = 2}); });
  in_all_modes(
      2, [](setup const& s) { orders_of(s, grain::one_by_one, {.requests = 1, .cancels = 2}); });
}

BOOST_AUTO_TEST_CASE(two_children_end_in_every_order_around_a_deadline) {
  in_all_modes(2, [](setup const& s) { all_sources(s, grain::split, {.deadlines = 1}); });
  in_all_modes(2, [](setup const& s) {
    orders_of(s, grain::one_by_one, {.requests = 1, .cancels = 1, .deadlines = 1});
  });
}

BOOST_AUTO_TEST_CASE(two_children_are_held_back_in_every_order) {
  in_all_modes(2, [](setup const& s) { all_sources(s, grain::split, {.crowds = 2}); });
  in_all_modes(2, [](setup const& s) {
    orders_of(s, grain::one_by_one, {.requests = 1, .deadlines = 1, .crowds = 2});
  });
}

BOOST_AUTO_TEST_CASE(three_children_are_held_back_and_late_in_every_order) {
  in_all_modes(
      3, [](setup const& s) { orders_of(s, grain::one_by_one, {.deadlines = 1, .crowds = 1}); });
}

BOOST_AUTO_TEST_CASE(four_children_meet_a_deadline_and_a_policy_in_every_order) {
  in_all_modes(4,
               [](setup const& s) { orders_of(s, grain::eager, {.cancels = 1, .deadlines = 1}); });
}

BOOST_AUTO_TEST_CASE(a_deadline_before_the_beginning_starts_nothing) {
  under_test d(rules_of(default_mode, rules::unlimited), 1);
  d.expire();
  BOOST_TEST(!d.decide_finish().finish);
  d.begin();
  BOOST_TEST(!d.begin_taking());
  BOOST_TEST(d.decide_finish().finish);
  BOOST_TEST((d.completes_with() == completion_kind::expired));
}

BOOST_AUTO_TEST_CASE(a_child_that_is_held_back_is_not_reached_for_again_before_there_is_room) {
  under_test d(rules_of(default_mode, rules::unlimited), 1);
  d.begin();
  BOOST_TEST(d.begin_taking());
  BOOST_TEST(d.hold_back());
  BOOST_TEST(!d.begin_taking());
  BOOST_TEST(!d.decide_finish().finish);
  BOOST_TEST(d.release_held_back());
  BOOST_TEST(d.begin_taking());
  BOOST_TEST(d.count_start() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_fsm
