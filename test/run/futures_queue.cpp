//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: the queue of those who wait for a future. Coming and giving up cost the same among
// few and among many, leave nothing behind, and do not change the order of the others.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/promise.hpp>
#include <fanout/wait.hpp>
#include <fanout/detail/waiting_queue.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <exception>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace futures_queue {

using namespace zoo;
using boost::test_tools::per_element;
using fanout::future;
using fanout::promise;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::heap_mark;
using numbers = std::vector<int>;

constexpr int few = 20, many = 20'000;

// Blocks that were taken from the heap and not given back.
long long kept_since(heap_mark const& mark) {
  auto const use = mark.since();
  return static_cast<long long>(use.allocations) - static_cast<long long>(use.frees);
}

// ---- the queue itself

struct counted_id {
  int n = 0;

  auto operator<=>(counted_id const& other) const {
    ++compared;
    return n <=> other.n;
  }
  bool operator==(counted_id const& other) const = default;
  static inline int compared = 0;
};

struct seat {
  seat() = default;
  explicit seat(int n) : id{n}, content(std::make_unique<int>(n)) {}
  seat(seat&& other) noexcept : id(other.id), content(std::move(other.content)) { ++moved; }
  seat& operator=(seat&& other) noexcept {
    id = other.id;
    content = std::move(other.content);
    ++moved;
    return *this;
  }

  bool empty() const { return !content; }
  bool stale() const { return empty() || *content < 0; }

  counted_id id;
  std::unique_ptr<int> content; // below zero if nobody needs it any more
  static inline int moved = 0;
};

using queue = fanout::detail::waiting_queue<seat>;

std::unique_ptr<queue> queue_of(int n) {
  auto made = std::make_unique<queue>();
  for (int i = 1; i <= n; ++i) made->push(seat(i));
  return made;
}

numbers left_in(queue& q) {
  numbers left;
  for (auto const& s : q.take_all())
    if (!s.empty()) left.push_back(*s.content);
  return left;
}

numbers from_one_to(int n) {
  numbers all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 1);
  return all;
}

// In which order those give up who do.
std::vector<numbers> orders(int n) {
  numbers const all = from_one_to(n);
  numbers backwards(all.rbegin(), all.rend());
  numbers from_the_middle(all);
  std::ranges::rotate(from_the_middle, from_the_middle.begin() + n / 2);
  return {all, backwards, from_the_middle};
}

numbers without(numbers all, numbers const& gone) {
  std::erase_if(all, [&](int i) { return std::ranges::binary_search(gone, i); });
  return all;
}

BOOST_AUTO_TEST_SUITE(futures_queue_test)

BOOST_AUTO_TEST_CASE(those_who_stay_keep_their_order_whoever_gives_up) {
  for (int const n : {2, 3, few, many})
    for (auto const& gone : {numbers{1}, numbers{n / 2 + 1}, numbers{n}, numbers{1, n}}) {
      auto const q = queue_of(n);
      for (int const i : gone) BOOST_TEST(*q->take({i}).content == i);
      BOOST_TEST(left_in(*q) == without(from_one_to(n), gone), per_element());
    }
}

BOOST_AUTO_TEST_CASE(who_has_given_up_is_not_found_again_and_nor_is_who_never_came) {
  auto const q = queue_of(few);
  for (int const i : {1, 7, few}) {
    BOOST_TEST(!q->take({i}).empty());
    BOOST_TEST(q->take({i}).empty());
  }
  BOOST_TEST(q->take({0}).empty());
  BOOST_TEST(q->take({few + 1}).empty());
  BOOST_TEST(left_in(*q).size() == few - 3u);
  BOOST_TEST(q->empty());
}

BOOST_AUTO_TEST_CASE(it_is_empty_when_all_have_given_up_in_any_order) {
  for (int const n : {1, 2, few, many})
    for (auto const& order : orders(n)) {
      auto const q = queue_of(n);
      for (int const i : order) {
        BOOST_TEST_REQUIRE(!q->empty());
        BOOST_TEST_REQUIRE(*q->take({i}).content == i);
      }
      BOOST_TEST(q->empty());
      q->push(seat(n + 1));
      BOOST_TEST(left_in(*q) == numbers{n + 1}, per_element());
    }
}

BOOST_AUTO_TEST_CASE(coming_and_giving_up_take_a_bounded_number_of_steps) {
  for (int const n : {few, many})
    for (auto const& order : orders(n)) {
      seat::moved = counted_id::compared = 0;
      auto const q = queue_of(n);
      BOOST_TEST(seat::moved <= 8 * n); // each comes once, and moves as the queue grows
      seat::moved = 0;
      for (int const i : order) q->take({i});
      BOOST_TEST(seat::moved <= 8 * n);
      BOOST_TEST(counted_id::compared <= 16 * n); // the logarithm of 20,000 is 14.3
    }
}

BOOST_AUTO_TEST_CASE(one_comes_and_gives_up_among_many_at_the_same_price) {
  for (int const n : {few, many}) {
    auto const q = queue_of(n);
    q->push(seat(n + 1));
    q->take({n + 1});
    heap_mark const mark;
    seat::moved = 0;
    for (int i = 2; i <= many; ++i) {
      q->push(seat(n + i));
      q->take({n + i});
    }
    BOOST_TEST(seat::moved <= 8 * many);
    BOOST_TEST(kept_since(mark) == 0);
    BOOST_TEST(left_in(*q) == from_one_to(n), per_element());
  }
}

// How many more there is room for without asking the heap for places.
int room_in(queue& q) {
  for (int room = 0;; ++room) {
    seat next(many + 1 + room);
    heap_mark const mark;
    q.push(std::move(next));
    if (mark.since().allocations != 0 || room == many) return room;
  }
}

BOOST_AUTO_TEST_CASE(a_crowd_that_has_given_up_leaves_no_memory_behind) {
  if (!fanout_test::counts_allocations()) return;
  for (int const stay : {0, 1, few})
    for (auto const& order : orders(many)) {
      auto const q = queue_of(many);
      for (int const i : order)
        if (i > stay) q->take({i});
      BOOST_TEST(room_in(*q) <= 4 * stay + 8);
    }
}

BOOST_AUTO_TEST_CASE(who_came_last_and_stays_does_not_hold_the_others_places) {
  if (!fanout_test::counts_allocations()) return;
  auto const q = queue_of(many);
  for (int i = 1; i < many; ++i) q->take({i});
  BOOST_TEST(room_in(*q) <= 12);
  BOOST_TEST(left_in(*q).front() == many);
}

BOOST_AUTO_TEST_CASE(the_dead_make_room_for_those_who_come) {
  for (int const alive : {1, few}) {
    auto const q = queue_of(alive);
    heap_mark const mark;
    for (int i = 1; i <= many; ++i) {
      q->push(seat(alive + i));
      auto dead = q->take({alive + i});
      *dead.content = -1;
      q->push(std::move(dead));
    }
    BOOST_TEST(kept_since(mark) <= 2 * alive + 4);
  }
}

// ---- of a future

// A future, and callbacks that say when they were called.
struct crowd {
  explicit crowd(asio::io_context& context, int n) : word(context), f(word.get_future()) {
    for (int i = 1; i <= n; ++i)
      ids.push_back(f.add_done_callback([this, i](future<int> const&) { called.push_back(i); }));
  }

  bool give_up(int i) { return f.remove_done_callback(ids[static_cast<std::size_t>(i) - 1]); }

  promise<int> word;
  future<int> f;
  std::vector<future<int>::id> ids;
  numbers called;
};

BOOST_AUTO_TEST_CASE(the_others_are_called_in_the_order_in_which_they_came) {
  for (int const n : {few, many})
    for (auto const& gone : {numbers{1}, numbers{n / 2}, numbers{n}, numbers{1, n / 2, n}}) {
      asio::io_context context;
      crowd c(context, n);
      for (int const i : gone) {
        BOOST_TEST(c.give_up(i));
        BOOST_TEST(!c.give_up(i));
      }
      c.word.set_value(7);
      context.run();
      BOOST_TEST(c.called == without(from_one_to(n), gone), per_element());
    }
}

BOOST_AUTO_TEST_CASE(all_may_give_up_in_any_order) {
  for (int const n : {few, many})
    for (auto const& order : orders(n)) {
      asio::io_context context;
      crowd c(context, n);
      bool found = true;
      for (int const i : order) found = c.give_up(i) && found;
      BOOST_TEST(found);
      c.word.set_value(7);
      context.run();
      BOOST_TEST(c.called.empty());
    }
}

BOOST_AUTO_TEST_CASE(it_is_too_late_to_give_up_in_the_turn_in_which_the_future_ends) {
  for (int const n : {few, many}) {
    asio::io_context context;
    crowd c(context, n);
    c.word.set_value(7);
    for (int const i : {1, n / 2, n}) BOOST_TEST(!c.give_up(i));
    context.run();
    BOOST_TEST(c.called == from_one_to(n), per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_callback_may_make_others_give_up_that_are_not_called_yet) {
  asio::io_context context;
  promise<int> word(context);
  auto const f = word.get_future();
  numbers called;
  std::optional<future<int>::id> later;
  bool removed = true;
  f.add_done_callback([&](future<int> const&) {
    called.push_back(1);
    removed = f.remove_done_callback(*later); // posted already
  });
  later = f.add_done_callback([&](future<int> const&) { called.push_back(2); });
  word.set_value(7);
  context.run();
  BOOST_TEST(!removed);
  BOOST_TEST(called == (numbers{1, 2}), per_element());
}

BOOST_AUTO_TEST_CASE(those_whose_context_dies_do_not_disturb_the_others) {
  for (int const n : {few, many}) {
    asio::io_context context;
    promise<int> word(context);
    auto const f = word.get_future();
    int dead_calls = 0;
    numbers called;
    {
      asio::io_context other;
      for (int i = 1; i <= n; ++i) {
        f.add_done_callback([&called, i](future<int> const&) { called.push_back(i); });
        f(asio::bind_executor(other, counted_handler{&dead_calls}));
      }
      BOOST_TEST(counted::live == n);
    }
    BOOST_TEST(counted::live == 0);
    word.set_value(7);
    context.run();
    BOOST_TEST(dead_calls == 0);
    BOOST_TEST(called == from_one_to(n), per_element());
  }
}

BOOST_AUTO_TEST_CASE(contexts_that_die_one_after_another_leave_nothing_with_a_future) {
  asio::io_context context;
  promise<int> word(context);
  auto const f = word.get_future();
  int calls = 0;
  f(counted_handler{&calls});
  auto const one = [&] {
    asio::io_context other;
    f(asio::bind_executor(other, counted_handler{&calls}));
  };
  for (int i = 0; i < few; ++i) one();
  heap_mark const mark;
  for (int i = 0; i < 50 * few; ++i) one();
  BOOST_TEST(kept_since(mark) <= few);
  word.set_value(7);
  context.run();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_million_who_gave_up_leave_nothing_with_a_future) {
  asio::io_context context;
  promise<int> word(context);
  auto const f = word.get_future();
  int calls = 0;
  f.add_done_callback([&](future<int> const&) { ++calls; });
  f.remove_done_callback(f.add_done_callback([](future<int> const&) {}));
  heap_mark const mark;
  for (int i = 0; i < 1'000'000; ++i)
    f.remove_done_callback(f.add_done_callback([](future<int> const&) {}));
  BOOST_TEST(kept_since(mark) == 0);
  word.set_value(7);
  context.run();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(the_one_who_waits_costs_the_queue_no_memory) {
  asio::io_context context;
  promise<int> word(context);
  auto const f = word.get_future();
  heap_mark const mark;
  auto const id = f.add_done_callback([](future<int> const&) {});
  BOOST_TEST(mark.since().allocations == (fanout_test::counts_allocations() ? 1u : 0u));
  BOOST_TEST(f.remove_done_callback(id));
  BOOST_TEST(kept_since(mark) == 0);
}

FANOUT_TEST(waits_and_callbacks_stand_in_one_queue) {
  auto const ex = co_await asio::this_coro::executor;
  promise<int> word(ex);
  auto const f = word.get_future();
  std::string order;
  f.add_done_callback([&](future<int> const&) { order += "a"; });
  fanout::wait(ex, std::vector(1, f), fanout::all_completed)(
      [&](std::exception_ptr, fanout::wait_result<int> const&) { order += "b"; });
  f.add_done_callback([&](future<int> const&) { order += "c"; });
  f([&](std::exception_ptr, int) { order += "d"; });
  word.set_value(7);
  co_await sleep_ms(1);
  BOOST_TEST(order == "abcd");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace futures_queue
