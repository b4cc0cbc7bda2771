//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Every sequence of up to nine changes of a queue of those that wait: one comes, one leaves, one
// dies without a word, all are taken. Beside it a deque.

#include "report.hpp"

#include <fanout/detail/waiting_queue.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace exhaustive {

namespace {

// Those that have died, by their ids: they are still in the queue, and of no use.
std::set<int> dead;

struct place {
  int id = 0;
  bool there = false;

  place() = default;
  explicit place(int i) : id(i), there(true) {}
  place(place const&) = default;
  place& operator=(place const&) = default;
  place(place&& other) noexcept : id(other.id), there(std::exchange(other.there, false)) {}
  place& operator=(place&& other) noexcept {
    id = other.id;
    there = std::exchange(other.there, false);
    return *this;
  }

  bool empty() const noexcept { return !there; }
  bool stale() const noexcept { return !there || dead.contains(id); }
};

using queue = fanout::detail::waiting_queue<place>;

struct moment {
  queue library;
  std::deque<int> slow; // ids, those of the dead too
  int last_id = 0;
};

class walk {
public:
  numbers go() {
    n_.cases = 1;
    follow({}, 9);
    return n_;
  }

private:
  void follow(moment const& m, int length) {
    ++n_.orders;
    if (length == 0) return;
    branch(m, length, "push", [](walk& w, moment& n) { w.push(n); });
    for (int id = 1; id <= m.last_id; ++id)
      branch(m, length, "take", [id](walk& w, moment& n) { w.take(n, id); });
    for (int const id : m.slow)
      if (dead.insert(id).second) {
        branch(m, length, "die", [](walk&, moment&) {});
        dead.erase(id);
      }
    branch(m, length, "take all", [](walk& w, moment& n) { w.take_all(n); });
  }

  template <class Event>
  void branch(moment const& m, int length, char const* name, Event const& event) {
    moment next = m;
    path_.push_back(name);
    event(*this, next);
    check(next);
    follow(next, length - 1);
    path_.pop_back();
  }

  void push(moment& m) {
    m.library.push(place(++m.last_id));
    m.slow.push_back(m.last_id);
  }

  // One that has been taken before, or has died, may be gone.
  void take(moment& m, int id) {
    place const taken = m.library.take(id);
    bool const there = std::erase(m.slow, id) != 0;
    if (!dead.contains(id)) expect(!taken.empty() == there, "what is there can be taken, once");
    expect(taken.empty() || taken.id == id, "what is taken is what was asked for");
    if (taken.empty()) std::erase(m.slow, id);
  }

  void take_all(moment& m) {
    auto const all = m.library.take_all();
    expect(living(all) == living(m.slow), "all are taken, in the order in which they came");
    expect(m.library.empty(), "nothing is left then");
    m.slow.clear();
  }

  void check(moment const& m) {
    ++n_.steps;
    auto copy = m.library;
    auto const all = copy.take_all();
    expect(living(all) == living(m.slow), "those that wait, in the order in which they came");
    auto const holes = static_cast<std::size_t>(std::ranges::count_if(all, &place::empty));
    expect(holes <= all.size() / 2, "at most half of the places are empty");
    expect(all.empty() || !all.back().empty(), "the last place is not empty");
    expect(!m.library.empty() || living(m.slow).empty(), "it is empty only where nothing waits");
  }

  template <class Places>
  static std::vector<int> living(Places const& places) {
    std::vector<int> ids;
    for (place const& p : places)
      if (!p.stale()) ids.push_back(p.id);
    return ids;
  }

  static std::vector<int> living(std::deque<int> const& places) {
    std::vector<int> ids;
    for (int const id : places)
      if (!dead.contains(id)) ids.push_back(id);
    return ids;
  }

  void expect(bool ok, char const* what) {
    if (ok) return;
    ++n_.differences;
    std::string text = what;
    for (auto const* name : path_) text += std::string(", ") + name;
    tell_difference(text);
  }

  numbers n_;
  std::vector<char const*> path_;
};

} // namespace

numbers walk_queues() {
  numbers const n = walk().go();
  tell("queue, all sequences of 9", n);
  return n;
}

} // namespace exhaustive
