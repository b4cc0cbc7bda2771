//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The memory that a thread keeps for its next operation.

#include <fanout.hpp>

#include "../support/allocations.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

namespace spare_memory_test {

namespace asio = boost::asio;
using namespace fanout;
using detail::spare_memory;
using fanout_test::counts_allocations;
using fanout_test::heap_mark;

// Neither Asio's cache of frames nor this one exists.
#if defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
constexpr bool keeps = false;
#else
constexpr bool keeps = true;
#endif

boost::test_tools::assertion_result keeps_and_counts(boost::unit_test::test_unit_id) {
  return keeps && counts_allocations();
}

asio::awaitable<int> hop(int value) {
  co_await asio::post(asio::deferred);
  co_return value;
}

// What the calling thread has allocated and not freed.
std::ptrdiff_t in_use() {
  auto const all = fanout_test::heap_use_of_this_thread();
  return static_cast<std::ptrdiff_t>(all.allocations - all.frees);
}

BOOST_AUTO_TEST_SUITE(spare_memory_test, *boost::unit_test::precondition(keeps_and_counts))

BOOST_AUTO_TEST_CASE(an_operation_that_is_repeated_allocates_nothing) {
  std::size_t allocations = 1;
  asio::io_context context(1);
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
          heap_mark const mark;
          auto const [a] = co_await gather(hop(1));
          allocations = mark.since().allocations;
          BOOST_TEST(a == 1);
        }
      },
      asio::detached);
  context.run();
  BOOST_TEST(allocations == (detail::has_own_launch ? 0u : allocations));
}

BOOST_AUTO_TEST_CASE(a_block_is_used_again_for_the_same_size_only) {
  void* const first = spare_memory::allocate(200);
  spare_memory::deallocate(first, 200);
  heap_mark const mark;
  void* const larger = spare_memory::allocate(208);
  BOOST_TEST(mark.since().allocations == 1u);
  void* const smaller = spare_memory::allocate(192);
  BOOST_TEST(mark.since().allocations == 2u);
  void* const same = spare_memory::allocate(200);
  BOOST_TEST(mark.since().allocations == 2u);
  BOOST_TEST(same == first);
  spare_memory::deallocate(larger, 208);
  spare_memory::deallocate(smaller, 192);
  spare_memory::deallocate(same, 200);
}

BOOST_AUTO_TEST_CASE(a_thread_keeps_eight_blocks_and_the_latest_ones) {
  std::array<void*, 12> blocks{};
  heap_mark const mark;
  for (std::size_t i = 0; i < 12; ++i) blocks[i] = spare_memory::allocate(300 + i);
  BOOST_TEST(mark.since().allocations == 12u);
  for (std::size_t i = 0; i < 12; ++i) spare_memory::deallocate(blocks[i], 300 + i);
  for (std::size_t i = 4; i < 12; ++i) blocks[i] = spare_memory::allocate(300 + i);
  BOOST_TEST(mark.since().allocations == 12u);
  for (std::size_t i = 0; i < 4; ++i) blocks[i] = spare_memory::allocate(300 + i);
  BOOST_TEST(mark.since().allocations == 16u);
  for (std::size_t i = 0; i < 12; ++i) spare_memory::deallocate(blocks[i], 300 + i);
}

BOOST_AUTO_TEST_CASE(a_large_block_is_not_kept) {
  {
    spare_memory::none const empties;
  }
  heap_mark const mark;
  spare_memory::deallocate(spare_memory::allocate(2049), 2049);
  BOOST_TEST(mark.since().frees == 1u);
  spare_memory::deallocate(spare_memory::allocate(2048), 2048);
  BOOST_TEST(mark.since().frees == 1u);
  heap_mark const next;
  spare_memory::deallocate(spare_memory::allocate(2048), 2048);
  BOOST_TEST(next.since().allocations == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_while_that_is_turned_off) {
  spare_memory::deallocate(spare_memory::allocate(400), 400);
  std::optional<spare_memory::none> none;
  none.emplace();
  heap_mark const mark;
  spare_memory::deallocate(spare_memory::allocate(400), 400);
  BOOST_TEST(mark.since().allocations == 1u);
  BOOST_TEST(mark.since().frees == 1u);
  none.reset();
  spare_memory::deallocate(spare_memory::allocate(400), 400);
  spare_memory::deallocate(spare_memory::allocate(400), 400);
  BOOST_TEST(mark.since().allocations == 2u);
  BOOST_TEST(mark.since().frees == 1u);
}

// Destroyed last of the variables of its thread: after what the library keeps.
struct destroyed_last {
  std::ptrdiff_t* left = nullptr;
  std::optional<asio::io_context> context;

  ~destroyed_last() {
    context.reset();
    if (left) *left = in_use();
  }
};

// What is in use at the end of a thread that has run that.
template <class F>
std::ptrdiff_t left_by_thread(F const& f) {
  std::ptrdiff_t left = -1;
  std::thread([&] {
    static thread_local destroyed_last last;
    last.left = &left;
    f(last);
  }).join();
  return left;
}

void begin_two(asio::io_context& context) {
  for (int i = 0; i < 2; ++i)
    gather(context, hop(1), hop(2))([](std::exception_ptr const&, auto const&) {});
}

void run_two() {
  asio::io_context context(1);
  begin_two(context);
  context.run();
}

BOOST_AUTO_TEST_CASE(a_thread_that_ends_keeps_nothing_whatever_is_destroyed_after_it) {
  run_two(); // what is made once for the whole program
  std::ptrdiff_t const usual = left_by_thread([](destroyed_last&) {});
  BOOST_TEST(left_by_thread([](destroyed_last&) { run_two(); }) == usual);
  // Operations and frames of children are destroyed after what the thread keeps.
  BOOST_TEST(left_by_thread([](destroyed_last& last) {
               run_two();
               begin_two(last.context.emplace(1));
               last.context->run_one();
             }) == usual);
}

BOOST_AUTO_TEST_CASE(memory_may_be_released_on_another_thread) {
  asio::io_context context(1);
  int sum = 0;
  for (int i = 0; i < 20; ++i) {
    std::thread([&] {
      gather(context, hop(1), hop(2))([&](std::exception_ptr, std::tuple<int, int> const& both) {
        sum += std::get<0>(both) + std::get<1>(both);
      });
    }).join();
    context.run();
    context.restart();
  }
  BOOST_TEST(sum == 60);
}

// A completion handler that counts where it stands at a wrong address.
struct alignas(64) aligned_handler {
  explicit aligned_handler(int& calls, int& wrong) : calls(&calls), wrong(&wrong) { check(); }
  aligned_handler(aligned_handler const& other) : calls(other.calls), wrong(other.wrong) {
    check();
  }
  aligned_handler& operator=(aligned_handler const&) = delete;

  void operator()(std::exception_ptr const&, std::tuple<int> const&) const { ++*calls; }

  void check() const { *wrong += reinterpret_cast<std::uintptr_t>(this) % 64 != 0; }

  int* calls;
  int* wrong;
};

BOOST_AUTO_TEST_CASE(a_handler_that_is_aligned_more_strictly_stays_so) {
  int calls = 0, wrong = 0;
  asio::io_context context(1);
  for (int i = 0; i < 3; ++i) gather(context, hop(1))(aligned_handler(calls, wrong));
  context.run();
  BOOST_TEST(calls == 3);
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace spare_memory_test
