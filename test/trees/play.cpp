//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "play.hpp"

#include <fanout/create_task.hpp>

#include <boost/asio/post.hpp>

#include <optional>
#include <string>

namespace trees {

namespace {

/// The time between the start of a node and its end, or its destruction.
class visit {
public:
  visit(shared_tree t, node& n) : tree_(std::move(t)), node_(n) {
    ++node_.started;
    ++all_trees().started;
    note('+');
  }
  visit(visit const&) = delete;
  visit& operator=(visit const&) = delete;
  ~visit() {
    if (node_.how == ending::none) node_.how = ending::destroyed;
    note("?-!/~x"[static_cast<std::size_t>(node_.how)]);
    ++all_trees().ended[static_cast<std::size_t>(node_.how)];
    ++node_.ended;
  }

  value succeeds(value v) {
    node_.result = v;
    node_.how = ending::value;
    strike();
    return v;
  }

  void fails(std::exception_ptr error) {
    node_.error = error;
    node_.how = fanout::is_cancelled(error)   ? ending::cancelled
                : fanout::is_timed_out(error) ? ending::timed_out
                                              : ending::error;
    strike();
  }

private:
  void note(char what) {
    if (auto* trace = tree_->around().trace) *trace += what + std::to_string(node_.id) + ' ';
  }

  void strike() {
    if (node_.strikes) make_strike(tree_, *node_.strikes);
  }

  shared_tree tree_;
  node& node_;
};

asio::awaitable<value> act(shared_tree t, node& n) {
  if (n.what < kind::gather_plain) return leaf(std::move(t), n);
  if (n.what < kind::race_plain) return gathers(std::move(t), n);
  if (n.what < kind::group) return contests(std::move(t), n);
  if (n.what < kind::time_limit) return groups(std::move(t), n);
  return tasks(std::move(t), n);
}

} // namespace

asio::awaitable<value> run(shared_tree t, node& n) {
  visit v(t, n);
  try {
    value result = co_await act(t, n);
    co_return v.succeeds(std::move(result));
  } catch (...) {
    v.fails(std::current_exception());
    throw;
  }
}

std::vector<child> children_of(shared_tree const& t, node& n) {
  std::vector<child> all;
  for (auto* c : n.children) all.push_back({t, c});
  return all;
}

std::vector<bound_child> bound_children_of(shared_tree const& t, node& n,
                                           asio::any_io_executor const& home) {
  std::vector<bound_child> all;
  for (auto* c : n.children)
    all.push_back(asio::bind_executor(place_of(*t, *c, home), child{t, c}));
  return all;
}

asio::any_io_executor place_of(tree& t, node const& n, asio::any_io_executor const& home) {
  return n.place == 0 ? home : t.around().places[n.place - 1].executor;
}

fanout::future<value> start_task(shared_tree const& t, node& n, asio::any_io_executor const& home) {
  auto const place = place_of(*t, n, home);
  auto f = n.id % 2 == 0 ? fanout::create_task(place, child{t, &n}, name_of(n.what))
                         : fanout::create_task(place, child{t, &n}, name_of(n.what), fanout::eager);
  std::lock_guard const lock(n.mutex);
  n.handle = f;
  return f;
}

void count_callback(shared_tree const& t, node const& n, fanout::future<value> const& f) {
  ++t->callbacks_added();
  f.add_done_callback([t, &n](fanout::future<value> const& ended) {
    expect(ended.done(), *t, n, "a callback was called before the end");
    ++t->callbacks_called();
  });
}

void make_strike(shared_tree const& t, strike const& s) {
  auto request = [t, s] {
    node& target = t->at(s.task);
    std::optional<fanout::future<value>> f;
    {
      std::lock_guard const lock(target.mutex);
      f = target.handle;
    }
    if (f) f->cancel(s.type);
    ++all_trees().strikes;
  };
  auto const& places = t->around().places;
  if (!places.empty()) asio::post(places[s.from].executor, std::move(request));
}

void expect_nothing_left(tree& t, node const& n) {
  for (auto const* c : n.children)
    if (c->started != c->ended)
      broken(t, n, "child " + std::to_string(c->id) + " runs although the operation has completed");
}

void expect_same(tree& t, node const& c, fanout::result<value> const& told) {
  if (told) {
    expect(c.how == ending::value, t, c,
           "it has a value for its operation, but has ended otherwise");
    expect(*told == c.result, t, c, "its operation has another value of it");
    return;
  }
  auto const& error = told.error();
  bool const ended_for_others = fanout::is_cancelled(error) || fanout::is_timed_out(error);
  switch (c.how) {
  case ending::error:
    expect(error == c.error, t, c, "its operation has another error of it");
    break;
  case ending::value: broken(t, c, "its value is lost");
  default:
    expect(ended_for_others, t, c, "it was cancelled, but its operation has another error of it");
  }
}

void expect_known(tree& t, node const& n, std::exception_ptr const& error) {
  if (fanout::is_cancelled(error) || fanout::is_timed_out(error)) return;
  for (auto const* c : n.children)
    if (c->how == ending::error && c->error == error) return;
  broken(t, n, "its error is not one of its children's");
}

} // namespace trees
