//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Every sequence of a few things that can happen to a limiter: one asks for a place, from one of
// two contexts; a place is given back; a wait is cancelled; handlers run; a context is destroyed
// with all that waits on it; the limiter is destroyed. Beside it a deque.

#include "report.hpp"

#include <fanout/limiter.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace exhaustive {

namespace {

namespace asio = boost::asio;

enum class what { enter, give_back, cancel, run, destroy_context, destroy_limiter };

struct change {
  what kind;
  std::size_t index = 0; // of a context, or of one that has asked
};

// ---- the model

enum class state { waits, is_given, holds, is_refused, was_refused, gave_back, gone };

struct asker {
  std::size_t context;
  state now;
};

/// What the manual says: "the first to come is the first to be served"; "cancellation of every
/// type, until there is a place"; "a limiter may be destroyed before those who have places or wait
/// for them"; "a wait is destroyed with its context".
class slow_limiter {
public:
  explicit slow_limiter(std::size_t places) : free_(places) {}

  std::vector<asker> askers;
  std::array<std::vector<std::size_t>, 2> told; // in which order, on each context
  std::array<bool, 2> context_lives{true, true};
  bool limiter_lives = true;

  void apply(change const& c) {
    switch (c.kind) {
    case what::enter: return enter(c.index);
    case what::give_back: return give_back(c.index);
    case what::cancel: return cancel(c.index);
    case what::run: return run();
    case what::destroy_context: return destroy_context(c.index);
    case what::destroy_limiter: limiter_lives = false;
    }
  }

  std::size_t free() const { return free_; }

  /// Whether a run would tell anything.
  bool has_news() const { return !news_.empty(); }

private:
  void enter(std::size_t context) {
    askers.push_back({context, state::waits});
    if (free_ == 0) {
      line_.push_back(askers.size() - 1);
    } else {
      --free_;
      tell(askers.size() - 1, state::is_given);
    }
  }

  void tell(std::size_t i, state s) {
    askers[i].now = s;
    news_.push_back(i);
  }

  void pass_on() {
    if (line_.empty()) {
      ++free_;
      return;
    }
    std::size_t const first = line_.front();
    line_.pop_front();
    tell(first, state::is_given);
  }

  void give_back(std::size_t i) {
    askers[i].now = state::gave_back;
    pass_on();
  }

  void cancel(std::size_t i) {
    if (askers[i].now != state::waits) return;
    std::erase(line_, i);
    tell(i, state::is_refused);
  }

  void run() {
    for (std::size_t const i : std::exchange(news_, {})) {
      asker& one = askers[i];
      one.now = one.now == state::is_given ? state::holds : state::was_refused;
      told[one.context].push_back(i);
    }
  }

  // Those that wait there go first, so that none of them is given the place of another.
  void destroy_context(std::size_t context) {
    context_lives[context] = false;
    std::vector<std::size_t> lost;
    for (std::size_t i = 0; i < askers.size(); ++i) {
      asker& one = askers[i];
      bool const goes =
          one.now == state::waits || one.now == state::is_given || one.now == state::is_refused;
      if (one.context != context || !goes) continue;
      if (one.now == state::is_given) lost.push_back(i);
      one.now = state::gone;
      std::erase(line_, i);
      std::erase(news_, i);
    }
    for (std::size_t n = lost.size(); n != 0; --n) pass_on();
  }

  std::size_t free_;
  std::deque<std::size_t> line_;
  std::deque<std::size_t> news_; // ends that were not told yet
};

// ---- the library

class true_limiter {
public:
  explicit true_limiter(std::size_t places) : limiter_(std::in_place, places) {
    for (auto& c : contexts_) c.emplace();
  }

  struct asking {
    asio::cancellation_signal signal;
    fanout::limiter::guard place;
    bool refused = false;
    bool other_error = false;
  };

  std::deque<asking> askers; // a signal cannot be moved
  std::array<std::vector<std::size_t>, 2> told;

  void apply(change const& c) {
    switch (c.kind) {
    case what::enter: return enter(c.index);
    case what::give_back: return askers[c.index].place.release();
    case what::cancel: return askers[c.index].signal.emit(asio::cancellation_type::terminal);
    case what::run: return run();
    case what::destroy_context: return contexts_[c.index].reset();
    case what::destroy_limiter: limiter_.reset();
    }
  }

  /// How many places can be taken now.
  std::size_t free() {
    std::vector<fanout::limiter::guard> taken;
    while (auto one = limiter_->try_acquire()) taken.push_back(std::move(one));
    return taken.size();
  }

private:
  void enter(std::size_t context) {
    std::size_t const i = askers.size();
    auto& one = askers.emplace_back();
    limiter_->acquire (*contexts_[context])(asio::bind_cancellation_slot(
        one.signal.slot(),
        [this, i, context](std::exception_ptr const& error, fanout::limiter::guard place) {
          told[context].push_back(i);
          askers[i].place = std::move(place);
          askers[i].refused = error && fanout::is_cancelled(error);
          askers[i].other_error = error && !askers[i].refused;
        }));
  }

  void run() {
    for (auto& c : contexts_) {
      if (!c) continue;
      c->restart();
      c->poll();
    }
  }

  std::optional<fanout::limiter> limiter_;
  std::array<std::optional<asio::io_context>, 2> contexts_;
};

// ---- the walk

class walk {
public:
  walk(std::size_t places, std::size_t length) : places_(places), length_(length) {}

  numbers go() {
    n_.cases = 1;
    follow(slow_limiter(places_));
    return n_;
  }

private:
  // The model says what can happen; each longest sequence is done by the library from the start.
  void follow(slow_limiter const& slow) {
    if (path_.size() == length_) return compare();
    auto const then = [&](change const& c) {
      slow_limiter next = slow;
      next.apply(c);
      path_.push_back(c);
      follow(next);
      path_.pop_back();
    };
    for (std::size_t c = 0; c < 2; ++c) {
      if (!slow.context_lives[c]) continue;
      if (slow.limiter_lives) then({what::enter, c});
      if (c == 1) then({what::destroy_context, c});
    }
    for (std::size_t i = 0; i < slow.askers.size(); ++i) {
      auto const now = slow.askers[i].now;
      if (now == state::holds) then({what::give_back, i});
      if (now == state::waits || now == state::is_given) then({what::cancel, i});
    }
    if (slow.has_news()) then({what::run});
    if (slow.limiter_lives) then({what::destroy_limiter});
  }

  void compare() {
    ++n_.orders;
    true_limiter fast(places_);
    slow_limiter slow(places_);
    done_ = 0;
    for (change const& c : path_) {
      ++done_;
      fast.apply(c);
      slow.apply(c);
      check(fast, slow);
    }
    // In the end nothing is lost: what still waits has its turn, and all places come back.
    for (bool changed = true; changed;) {
      changed = slow.has_news();
      fast.apply({what::run});
      slow.apply({what::run});
      for (std::size_t i = 0; i < slow.askers.size(); ++i) {
        if (slow.askers[i].now != state::holds) continue;
        changed = true;
        fast.apply({what::give_back, i});
        slow.apply({what::give_back, i});
      }
      check(fast, slow);
    }
    for (auto const& one : slow.askers)
      expect(one.now != state::waits, "nothing waits when all places are free");
    if (slow.limiter_lives) expect(fast.free() == places_, "all places come back");
  }

  void check(true_limiter& fast, slow_limiter const& slow) {
    ++n_.steps;
    expect(fast.told == slow.told, "what was told, in which order");
    for (std::size_t i = 0; i < slow.askers.size(); ++i) {
      auto const now = slow.askers[i].now;
      auto const& one = fast.askers[i];
      expect(bool(one.place) == (now == state::holds), "which have a place");
      expect(one.refused == (now == state::was_refused), "which were cancelled");
      expect(!one.other_error, "there is no other error");
    }
    if (slow.limiter_lives) expect(fast.free() == slow.free(), "how many places are free");
  }

  void expect(bool ok, char const* sentence) {
    if (ok) return;
    ++n_.differences;
    static constexpr std::array names{"enter on ", "give back ",       "cancel ",
                                      "run ",      "destroy context ", "destroy limiter "};
    std::string text = sentence + (" after " + std::to_string(places_)) + " places";
    for (change const& c : std::span(path_).first(done_))
      text += std::string(", ") + names[static_cast<std::size_t>(c.kind)] + std::to_string(c.index);
    tell_difference(text);
  }

  std::size_t places_;
  std::size_t length_;
  numbers n_;
  std::vector<change> path_;
  std::size_t done_ = 0; // of the path
};

} // namespace

numbers walk_limiters() {
  numbers n = walk(1, 8).go();
  n += walk(2, 8).go();
  tell("limiter, all sequences of 8", n);
  return n;
}

} // namespace exhaustive
