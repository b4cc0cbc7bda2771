//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Every decision of a race and of a first_success, without Asio: all orders of all endings of up to
// four children, with a source that fails or turns out to be short, requests and a deadline at
// every point, compared with a model that is written in the words of the manual.

#include <fanout/detail/gather_fsm.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gather_fsm_races {

using rules = fanout::detail::all_rules;
using fanout::detail::actions;
using fanout::detail::completion_kind;
using under_test = fanout::detail::gather_fsm;

// ---- the model

enum class life { waiting, running, reporting, over };

struct facts {
  std::array<life, 4> child{};
  std::size_t started = 0;
  std::size_t running = 0;
  std::size_t reporting = 0;
  std::size_t won = 0;
  std::size_t failed = 0;
  bool begun = false;
  bool at_source = false;
  bool source_is_over = false;
  bool requested = false;
  bool terminal = false;
  bool expired = false;
  bool missing_are_late = false;
  bool finished = false;
  std::optional<completion_kind> decided = std::nullopt;
};

struct setup {
  rules r;
  std::size_t children;
  bool total_is_known = true;
  std::optional<std::size_t> source_fails_at = std::nullopt;
};

// "No more start": once it is decided, after a request, after the deadline.
bool closed(facts const& f) {
  return f.source_is_over || f.requested || f.expired || f.decided || f.finished;
}

bool may_start(setup const& s, facts const& f) {
  return f.begun && !f.at_source && !closed(f) && f.running < s.r.limit;
}

// "As soon as not enough children can succeed any more."
bool out_of_reach(setup const& s, facts const& f) {
  bool const number_is_known = s.total_is_known || f.source_is_over;
  std::size_t const to_start = f.source_is_over ? 0 : s.children - f.started;
  return number_is_known && f.won + f.running + to_start < s.r.winners;
}

// "The operation completes when all have ended."
bool time_to_finish(facts const& f) {
  return f.begun && !f.finished && !f.at_source && f.reporting == 0 && closed(f) && f.running == 0;
}

// A terminal request or the deadline makes losers of all who run.
completion_kind unless_cut_short(facts const& f, completion_kind v) {
  if (f.terminal) return completion_kind::aborted;
  return f.expired ? completion_kind::expired : v;
}

completion_kind outcome(facts const& f) {
  if (f.decided) return *f.decided; // "once it is decided the outcome stands"
  return unless_cut_short(f, f.failed == 0 ? completion_kind::aborted : completion_kind::lost);
}

// ---- the walk through all orders

enum class grain {
  eager,      // a child that may start does so before anything else happens
  one_by_one, // everything else comes between two starts
  split       // and while somebody is at the source, or while a hook is running
};

class walk {
public:
  walk(setup const& s, grain g) : setup_(s), grain_(g) {}

  /// Goes through all orders with up to this many requests, and with a deadline or without.
  void go(int requests, bool deadline) {
    std::optional<std::size_t> total;
    if (setup_.total_is_known) total = setup_.children;
    step({under_test(setup_.r, total), facts(), requests, deadline});
  }

  std::size_t orders_seen() const { return orders_seen_; }
  std::size_t failures() const { return failures_; }

private:
  struct moment {
    under_test d;
    facts f;
    int requests;
    bool deadline;
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
    text += r.errors_win ? ", a race" : ", winners " + std::to_string(r.winners);
    if (r.limit != rules::unlimited) text += ", limit " + std::to_string(r.limit);
    if (r.return_exceptions) text += ", return_exceptions";
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
    } else if (may_start(setup_, m.f)) {
      if (grain_ == grain::split)
        follow("reach", none, [this](moment& n) { reach(n); });
      else
        follow("start", none, [this](moment& n) { start(n); });
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
    if (m.requests > 0) {
      branch(m, "terminal", none, [this](moment& n) { request(n, true); });
      branch(m, "partial", none, [this](moment& n) { request(n, false); });
    }
    if (m.deadline) branch(m, "deadline", none, [this](moment& n) { expire(n); });
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
    m.f.at_source = true;
  }

  void arrive(moment& m) {
    facts& f = m.f;
    f.at_source = false;
    if (f.started == setup_.source_fails_at) {
      f.source_is_over = true;
      std::optional<completion_kind> decides;
      if (!f.decided) decides = completion_kind::error;
      check_actions(m.d.source_failed(), f, decides, decides.has_value(), false, false);
    } else if (f.started == setup_.children) {
      f.source_is_over = true;
      std::optional<completion_kind> decides;
      if (!f.decided && out_of_reach(setup_, f))
        decides = f.started < setup_.r.winners ? completion_kind::empty
                                               : unless_cut_short(f, completion_kind::lost);
      check_actions(m.d.exhausted(), f, decides, false, false, false);
    } else {
      expect(m.d.count_start() == f.started, "children start in their order");
      f.child[f.started++] = life::running;
      ++f.running;
      expect(f.running <= setup_.r.limit, "at most limit children run");
    }
  }

  void end(moment& m, std::size_t i, bool with_error) {
    facts& f = m.f;
    f.child[i] = life::reporting;
    --f.running;
    ++f.reporting;
    f.failed += with_error;
    bool const wins = !f.decided && (setup_.r.errors_win || !with_error);
    bool const loses = !f.decided && !wins;
    bool const counts = wins && with_error && !setup_.r.return_exceptions;
    f.won += wins && !with_error;
    std::optional<completion_kind> decides;
    if (counts)
      decides = completion_kind::error;
    else if (wins && (with_error || f.won == setup_.r.winners))
      decides = f.terminal ? completion_kind::aborted : completion_kind::values;
    else if (loses && out_of_reach(setup_, f))
      decides = unless_cut_short(f, completion_kind::lost);
    check_actions(m.d.ended(with_error, true), f, decides, counts, wins, loses);
    if (grain_ != grain::split) report(m, i);
  }

  void report(moment& m, std::size_t i) {
    expect(!m.d.decide_finish().finish, "nothing finishes before the hooks have returned");
    m.d.reported();
    m.f.child[i] = life::over;
    --m.f.reporting;
  }

  void request(moment& m, bool terminal) {
    --m.requests;
    expect(m.d.requested(terminal) == !m.f.finished,
           "a request is passed on to the children until the end");
    bool const counts = !m.f.finished && !m.f.decided;
    m.f.requested = m.f.requested || counts;
    m.f.terminal = m.f.terminal || (counts && terminal);
  }

  void expire(moment& m) {
    m.deadline = false;
    m.d.expire();
    m.f.missing_are_late = !closed(m.f);
    m.f.expired = true;
  }

  // ---- expectations

  void check_actions(actions const& o, facts& f, std::optional<completion_kind> decides,
                     bool keep_error, bool wins, bool loses) {
    expect(o.wins == wins, "who ends before it is decided wins, unless it has failed");
    expect(o.loses == loses, "who fails before it is decided is listed");
    expect(o.keep_error == keep_error, "an error that decides is kept");
    expect(o.cancel_rest == (decides && !f.terminal && !f.expired),
           "whatever decides cancels the rest, unless it has been asked to end before");
    expect(!o.finish, "nothing of this finishes by itself");
    if (decides) f.decided = decides;
  }

  void check(moment& m) {
    facts& f = m.f;
    bool const over = time_to_finish(f);
    actions const o = m.d.decide_finish();
    expect(o.finish == over, over ? "it is time to finish" : "it is not time to finish");
    if (over) {
      f.finished = true;
      expect(m.d.completes_with() == outcome(f), "the outcome");
      expect(!m.d.decide_finish().finish, "it finishes once");
    }
    expect(m.d.over() == (f.finished && f.running == 0), "it knows whether all is over");
    expect(m.d.closed() == closed(f), "it knows whether more may come");
    expect(m.d.may_start() == may_start(setup_, f), "whether one more child may start");
    expect(m.d.expired() == f.missing_are_late, "whether those that never started are late");
    expect(m.d.cancelling() == (f.requested || f.expired || f.decided),
           "whether a child that has not run must not run any more");
  }

  setup setup_;
  grain grain_;
  std::vector<std::string> path_;
  std::size_t orders_seen_ = 0;
  std::size_t failures_ = 0;
};

rules race(bool return_exceptions, std::size_t limit) {
  rules r;
  r.winners = 1;
  r.errors_win = true;
  r.return_exceptions = return_exceptions;
  r.limit = limit;
  return r;
}

rules first_success(std::size_t quorum, std::size_t limit) {
  rules r;
  r.winners = quorum;
  r.limit = limit;
  return r;
}

std::size_t orders_of(setup const& s, grain g, int requests, bool deadline = false) {
  walk w(s, g);
  w.go(requests, deadline);
  BOOST_TEST(w.failures() == 0u);
  return w.orders_seen();
}

// Every contest of so many children, with each limit that makes a difference.
template <class F>
void in_all_contests(std::size_t children, F const& f) {
  for (bool const total_is_known : {true, false})
    for (std::size_t n = 1; n <= children + 1; ++n) {
      std::size_t const limit = n <= children ? n : rules::unlimited;
      for (bool const errors : {false, true})
        f(setup{race(errors, limit), children, total_is_known});
      for (std::size_t quorum = 1; quorum <= children + !total_is_known; ++quorum)
        f(setup{first_success(quorum, limit), children, total_is_known});
    }
}

// A source that does not fail, and one that fails in the place of each child and of the end.
void all_sources(setup s, grain g, int requests, bool deadline) {
  orders_of(s, g, requests, deadline);
  for (std::size_t i = 0; i <= s.children; ++i) {
    s.source_fails_at = i;
    orders_of(s, g, requests, deadline);
  }
}

BOOST_AUTO_TEST_SUITE(gather_fsm_races_test)

BOOST_AUTO_TEST_CASE(the_walk_sees_every_order_of_every_ending) {
  // Whatever comes after the first end changes nothing, and is walked through all the same.
  setup const four{race(false, rules::unlimited), 4};
  BOOST_TEST(orders_of(four, grain::eager, 0) == 24u * 16u);
}

BOOST_AUTO_TEST_CASE(a_source_without_a_child_is_an_error_of_its_own) {
  for (bool const errors : {false, true}) {
    under_test d(race(errors, rules::unlimited), std::nullopt);
    d.begin();
    BOOST_TEST(d.begin_taking());
    BOOST_TEST(d.exhausted().cancel_rest);
    BOOST_TEST(d.decide_finish().finish);
    BOOST_TEST((d.completes_with() == completion_kind::empty));
  }
}

BOOST_AUTO_TEST_CASE(one_child_ends_in_every_order_of_events) {
  in_all_contests(1, [](setup const& s) { all_sources(s, grain::split, 2, true); });
}

BOOST_AUTO_TEST_CASE(two_children_end_in_every_order_of_events) {
  in_all_contests(2, [](setup const& s) { all_sources(s, grain::split, 1, false); });
}

BOOST_AUTO_TEST_CASE(two_children_meet_a_deadline_in_every_order) {
  in_all_contests(2, [](setup const& s) { orders_of(s, grain::split, 1, true); });
}

BOOST_AUTO_TEST_CASE(two_children_hear_two_requests_in_every_order) {
  in_all_contests(2, [](setup const& s) { orders_of(s, grain::one_by_one, 2, true); });
}

BOOST_AUTO_TEST_CASE(three_children_end_in_every_order_around_a_failing_source) {
  in_all_contests(3, [](setup const& s) { all_sources(s, grain::one_by_one, 0, false); });
}

BOOST_AUTO_TEST_CASE(three_children_hear_a_request_in_every_order) {
  in_all_contests(3, [](setup const& s) { orders_of(s, grain::one_by_one, 1, false); });
}

BOOST_AUTO_TEST_CASE(four_children_end_in_every_order) {
  in_all_contests(4, [](setup const& s) { orders_of(s, grain::eager, 1, false); });
}

BOOST_AUTO_TEST_CASE(a_source_that_fails_after_the_decision_does_not_change_it) {
  under_test d(race(false, rules::unlimited), std::nullopt);
  d.begin();
  d.begin_taking();
  d.count_start();
  d.begin_taking();
  BOOST_TEST(d.ended(false, false).wins);
  BOOST_TEST(!d.source_failed().keep_error);
  BOOST_TEST(d.decide_finish().finish);
  BOOST_TEST((d.completes_with() == completion_kind::values));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_fsm_races
