//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 10: where the memory of a gather comes from and when it is given back, and how long work
// is tracked.

#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/timeout.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace lifetimes_memory {

using namespace zoo;
using fanout::gather;
using fanout_test::drive;
using fanout_test::step;

std::vector<awaitable<int>> three() {
  std::vector<awaitable<int>> children;
  for (int i = 1; i <= 3; ++i) children.push_back(after(10 * i, i));
  return children;
}

// Counts its calls.
struct handler {
  int* calls;

  template <class... Args>
  void operator()(std::exception_ptr, Args&&...) {
    ++*calls;
  }
};

// Gives memory from a block of its own and counts it.
class arena {
public:
  arena() = default;
  arena(arena const&) = delete;
  arena& operator=(arena const&) = delete;

  void* allocate(std::size_t bytes) {
    bytes = (bytes + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) *
            alignof(std::max_align_t);
    if (used_ + bytes > block_.size()) throw std::bad_alloc();
    ++allocations;
    ++live;
    return &block_[std::exchange(used_, used_ + bytes)];
  }

  void deallocate() noexcept { --live; }

  int allocations = 0;
  int live = 0;

private:
  std::size_t used_ = 0;
  alignas(std::max_align_t) std::array<std::byte, 64 * 1024> block_;
};

template <class T>
struct arena_allocator {
  using value_type = T;

  arena* from;

  explicit arena_allocator(arena& a) noexcept : from(&a) {}
  template <class U>
  arena_allocator(arena_allocator<U> const& other) noexcept : from(other.from) {}

  T* allocate(std::size_t n) { return static_cast<T*>(from->allocate(n * sizeof(T))); }
  void deallocate(T*, std::size_t) noexcept { from->deallocate(); }

  template <class U>
  bool operator==(arena_allocator<U> const& other) const noexcept {
    return from == other.from;
  }
};

// A completion handler that notes how many blocks are taken when it is called.
struct notes_blocks {
  arena* from;
  int* at_call;

  template <class... Args>
  void operator()(std::exception_ptr, Args&&...) {
    *at_call = from->live;
  }
};

auto in(arena& a, int& at_call) {
  return asio::bind_allocator(arena_allocator<std::byte>(a), notes_blocks{&a, &at_call});
}

BOOST_AUTO_TEST_SUITE(lifetimes_memory_test)

// ---- memory

BOOST_AUTO_TEST_CASE(all_memory_is_given_back_before_the_handler_is_called) {
  asio::io_context context;
  arena a;
  int at_call = -1;
  gather(context, three())(in(a, at_call));
  drive(context);
  BOOST_TEST(a.allocations > 0);
  BOOST_TEST(at_call == 0);
}

BOOST_AUTO_TEST_CASE(all_memory_is_given_back_where_the_handler_runs_elsewhere) {
  asio::io_context children, handlers;
  arena a;
  int at_call = -1;
  gather(children, three())(asio::bind_executor(handlers, in(a, at_call)));
  drive(children);
  handlers.run();
  BOOST_TEST(at_call == 0);
}

BOOST_AUTO_TEST_CASE(all_memory_is_given_back_with_a_slot_and_policies_too) {
  asio::io_context context;
  asio::cancellation_signal signal;
  arena a;
  int at_call = -1;
  gather(context, three(), fanout::limit(2), fanout::return_exceptions,
         fanout::child_timeout<virtual_clock>(milliseconds(15)),
         fanout::on_progress([](auto const&) {}))(
      asio::bind_cancellation_slot(signal.slot(), in(a, at_call)));
  drive(context);
  BOOST_TEST(at_call == 0);
}

BOOST_AUTO_TEST_CASE(all_memory_is_given_back_after_a_cancellation) {
  asio::io_context context;
  asio::cancellation_signal signal;
  arena a;
  int at_call = -1;
  gather(context, three())(asio::bind_cancellation_slot(signal.slot(), in(a, at_call)));
  step(context);
  signal.emit(asio::cancellation_type::terminal);
  drive(context);
  BOOST_TEST(at_call == 0);
}

BOOST_AUTO_TEST_CASE(memory_of_stragglers_is_given_back_at_their_end) {
  asio::io_context context;
  arena a;
  int at_call = -1;
  gather(context, throws_at_once("oops"), after(10, 1))(in(a, at_call));
  drive(context);
  BOOST_TEST(at_call > 0);
  BOOST_TEST(a.live == 0);
}

// An operation that takes no memory: it ends inside its initiation.
auto free_of_charge(int value) {
  return asio::async_initiate<asio::deferred_t const, void(boost::system::error_code, int)>(
      [value](auto handler) { std::move(handler)(boost::system::error_code(), value); },
      asio::deferred);
}

// asio#1278, #1427
BOOST_AUTO_TEST_CASE(all_memory_of_a_gather_comes_from_the_allocator_of_its_handler) {
  asio::io_context context;
  asio::post(context, [] {});
  context.run(); // whatever a context takes for itself
  context.restart();
  arena a;
  int at_call = -1;
  fanout_test::heap_mark const mark;
  gather(context, free_of_charge(1), free_of_charge(2), free_of_charge(3))(in(a, at_call));
  context.run();
  auto const used = mark.since();
  BOOST_TEST(at_call == 0);
  BOOST_TEST(a.allocations > 0);
  BOOST_TEST(used.allocations == 0);
}

BOOST_AUTO_TEST_CASE(the_heap_is_left_as_it_was) {
  auto const once = [] {
    asio::io_context context;
    int calls = 0;
    gather(context, three(), fanout::limit(2))(handler{&calls});
    drive(context);
  };
  once(); // fills the caches of the thread
  fanout_test::heap_mark const mark;
  once();
  BOOST_TEST(mark.since().allocations == mark.since().frees);
}

BOOST_AUTO_TEST_CASE(an_allocator_may_die_after_the_context_and_before_the_signal) {
  for (int stage = 0; stage < 4; ++stage) {
    asio::cancellation_signal signal;
    auto a = std::make_unique<arena>();
    int at_call = -1;
    {
      asio::io_context context;
      gather(context, three())(asio::bind_cancellation_slot(signal.slot(), in(*a, at_call)));
      for (int i = 0; i < stage; ++i) step(context);
    }
    BOOST_TEST(a->live == 0);
    a.reset();
    signal.emit(asio::cancellation_type::terminal);
    BOOST_TEST(at_call == -1);
  }
}

BOOST_AUTO_TEST_CASE(an_allocator_may_die_in_the_handler) {
  asio::io_context context;
  asio::cancellation_signal signal;
  auto a = std::make_unique<arena>();
  int calls = 0;
  auto const destroys = [&](std::exception_ptr, std::vector<int> const&) {
    a.reset();
    ++calls;
  };
  gather(context, three())(asio::bind_cancellation_slot(
      signal.slot(), asio::bind_allocator(arena_allocator<std::byte>(*a), destroys)));
  drive(context);
  signal.emit(asio::cancellation_type::terminal);
  BOOST_TEST(calls == 1);
}

// ---- work

BOOST_AUTO_TEST_CASE(work_is_tracked_on_the_executor_of_the_handler_until_the_end) {
  asio::io_context handlers, children;
  int calls = 0;
  gather(children, after(10, 1))(asio::bind_executor(handlers, handler{&calls}));
  handlers.poll();
  BOOST_TEST(!handlers.stopped());
  drive(children);
  handlers.poll();
  BOOST_TEST(calls == 1);
  BOOST_TEST(handlers.stopped());
}

BOOST_AUTO_TEST_CASE(work_is_tracked_until_the_last_straggler_has_ended) {
  asio::io_context home, other;
  int calls = 0;
  gather(home, throws_at_once("oops"), asio::bind_executor(other, after(10, 1)))(handler{&calls});
  home.poll();
  BOOST_TEST(calls == 1);
  BOOST_TEST(!home.stopped());
  drive(other);
  home.poll();
  BOOST_TEST(home.stopped());
}

BOOST_AUTO_TEST_CASE(work_is_tracked_for_the_handler_until_the_last_straggler_has_ended) {
  asio::io_context handlers, children;
  int calls = 0;
  gather(children, throws_at_once("oops"),
         after(10, 1))(asio::bind_executor(handlers, handler{&calls}));
  children.poll();
  handlers.poll();
  BOOST_TEST(calls == 1);
  BOOST_TEST(!handlers.stopped());
  drive(children);
  handlers.poll();
  BOOST_TEST(handlers.stopped());
}

BOOST_AUTO_TEST_CASE(work_is_tracked_where_a_child_is_bound_until_it_has_ended) {
  asio::io_context home, other;
  int calls = 0;
  std::function<void()> go_on;
  auto const waits = [&]() -> awaitable<int> {
    auto token = asio::use_awaitable;
    co_await asio::async_initiate<asio::use_awaitable_t<>, void()>(
        [&go_on](auto h) {
          auto const kept = std::make_shared<decltype(h)>(std::move(h)); // no context knows of it
          go_on = [kept] {
            auto const executor = asio::get_associated_executor(*kept);
            asio::post(executor, [kept] { std::move (*kept)(); });
          };
        },
        token);
    co_return 1;
  };
  gather(home, asio::bind_executor(other, waits()))(handler{&calls});
  home.poll();
  other.poll();
  BOOST_TEST(!other.stopped());
  go_on();
  other.poll();
  BOOST_TEST(other.stopped());
  home.poll();
  BOOST_TEST(calls == 1);
  BOOST_TEST(home.stopped());
}

// ---- the stack

// A result that may be large: counts how many of its kind stand on the stack at once.
class large {
public:
  large() noexcept { begin(); }
  large(large&&) noexcept { begin(); }
  large& operator=(large&&) noexcept { return *this; }
  ~large() { on_stack -= is_on_stack(); }

  static inline std::uintptr_t stack_base = 0;
  static inline int on_stack = 0;
  static inline int most = 0;

private:
  void begin() noexcept {
    on_stack += is_on_stack();
    most = std::max(most, on_stack);
  }

  bool is_on_stack() const noexcept {
    auto const here = reinterpret_cast<std::uintptr_t>(this);
    auto const top = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    return top < here && here < stack_base;
  }
};

awaitable<large> gives_large() {
  co_await asio::post(asio::deferred);
  co_return large();
}

// How many stand on the stack at most until `operation` has called a handler.
template <class Operation>
int most_on_stack(Operation operation) {
  large::stack_base = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  large::on_stack = large::most = 0;
  asio::io_context context;
  std::move(operation)(asio::bind_executor(context, [](std::exception_ptr, auto&&...) {}));
  context.run();
  return large::most;
}

BOOST_AUTO_TEST_CASE(results_stand_on_the_stack_at_most_twice_at_once) {
  BOOST_TEST(most_on_stack(gather(gives_large())) <= 2);
  BOOST_TEST(most_on_stack(gather(gives_large(), gives_large())) <= 2 * 2);
  BOOST_TEST(most_on_stack(gather(gives_large(), gives_large(), fanout::return_exceptions)) <=
             2 * 2);
  BOOST_TEST(most_on_stack(fanout::race(gives_large(), gives_large())) <= 2);
  BOOST_TEST(most_on_stack(fanout::timeout(std::chrono::hours(1), gives_large())) <= 2);
}

BOOST_AUTO_TEST_CASE(results_of_gathers_in_gathers_stand_on_the_stack_as_often) {
  int const flat = most_on_stack(gather(gives_large()));
  BOOST_TEST(most_on_stack(gather(gather(gives_large()))) == flat);
  BOOST_TEST(most_on_stack(gather(gather(gather(gather(gives_large()))))) == flat);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace lifetimes_memory
