//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Whatever an operation has to do with may die in any order: signals, operations that were
// initiated and that were not, their handlers, streams, groups, limiters and their places, futures,
// promises, and contexts. For AddressSanitizer above all.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/promise.hpp>
#include <fanout/task_group.hpp>

#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lifetimes_orders {

using namespace zoo;
using fanout_test::counted;
using fanout_test::counted_handler;

awaitable<int> holds(counted, long long ms) {
  counted const local;
  co_await sleep_ms(ms);
  co_return 1;
}

std::vector<awaitable<int>> two_that_hold() {
  std::vector<awaitable<int>> children;
  children.push_back(holds(counted(), 1));
  children.push_back(holds(counted(), 3));
  return children;
}

// An operation that never ends by itself, and whose handler is kept elsewhere.
auto kept(std::shared_ptr<void>& where) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void()>(
      [&where, own = counted()](auto handler) {
        where = std::make_shared<decltype(handler)>(std::move(handler));
      },
      token);
}

/// One of everything, and each is in the middle of something.
class world {
  auto next_handler_on(asio::io_context& context) {
    auto const i = handlers_++;
    return asio::bind_executor(
        context,
        asio::bind_cancellation_slot((*signals_)[i].slot(), counted_handler{&calls_[i], {}}));
  }

  auto next_handler() { return next_handler_on(*elsewhere_); }

public:
  world() {
    auto operation = fanout::gather(*home_, two_that_hold(), fanout::return_exceptions);
    packaged_ = std::make_shared<decltype(operation)>(std::move(operation));
    // As everywhere in Asio, the context of the handler outlives the operation. A wait for a
    // future, a stream, a group or a limiter does not mind.
    fanout::gather(*home_, kept(handler_), holds(counted(), 2))(next_handler_on(*home_));
    stream_.emplace(fanout::as_completed(*home_, two_that_hold()));
    stream_->next()(next_handler());
    group_.emplace(*home_, fanout::limit(1));
    tasks_.push_back(group_->create_task(holds(counted(), 2)));
    tasks_.push_back(group_->create_task(holds(counted(), 2))); // waits for its turn
    group_->slot()(next_handler());
    group_->join()(next_handler());
    place_.emplace(limiter_->try_acquire());
    limiter_->acquire (*home_)(next_handler());
    limiter_->acquire (*elsewhere_)(next_handler());
    future_.emplace(promise_->get_future());
    (*future_)(next_handler());
    tasks_.push_back(fanout::create_task(*home_, holds(counted(), 2)));
    tasks_.back()(next_handler());
  }
  world(world const&) = delete;
  world& operator=(world const&) = delete;

  static constexpr std::array names{
      "the context", "the context of the handlers",
      "the signals", "what was never initiated",
      "a handler",   "the stream",
      "the group",   "the futures of tasks",
      "the limiter", "a place",
      "the future",  "the promise",
  };
  static constexpr std::size_t size = names.size();

  void kill(std::size_t i) {
    switch (i) {
    case 0: handler_.reset(); return home_.reset(); // Asio wants the handlers to go first
    case 1: return elsewhere_.reset();
    case 2: return signals_.reset();
    case 3: return packaged_.reset();
    case 4: return handler_.reset();
    case 5: return stream_.reset();
    case 6: return group_.reset();
    case 7: return tasks_.clear();
    case 8: return limiter_.reset();
    case 9: return place_.reset();
    case 10: return future_.reset();
    case 11: return promise_.reset();
    }
  }

  /// An operation that ends clears its slot: so nothing runs without the signals.
  void run(std::size_t steps) {
    if (!signals_) return;
    for (std::size_t i = 0; i < steps; ++i) {
      if (home_) fanout_test::step(*home_);
      if (elsewhere_) fanout_test::step(*elsewhere_);
    }
  }

  /// Ends what can be ended by whatever is left.
  void ask_to_end() {
    if (signals_)
      for (auto& signal : *signals_) signal.emit(asio::cancellation_type::terminal);
    for (auto const& task : tasks_) task.cancel();
    if (group_) group_->cancel();
    if (future_) future_->cancel();
    if (promise_) promise_->set_value(1);
    if (place_) place_->release();
  }

  void check() const {
    for (int const n : calls_) BOOST_TEST(n <= 1);
  }

private:
  std::array<int, 8> calls_{};
  std::size_t handlers_ = 0;
  std::optional<asio::io_context> home_{std::in_place};
  std::optional<asio::io_context> elsewhere_{std::in_place};
  std::optional<std::array<asio::cancellation_signal, 8>> signals_{std::in_place};
  std::shared_ptr<void> packaged_;
  std::shared_ptr<void> handler_;
  std::optional<fanout::completion_stream<int>> stream_;
  std::optional<fanout::task_group> group_;
  std::vector<fanout::future<int>> tasks_;
  std::optional<fanout::limiter> limiter_{std::in_place, 1};
  std::optional<fanout::limiter::guard> place_;
  std::optional<fanout::promise<int>> promise_{std::in_place, *home_};
  std::optional<fanout::future<int>> future_;
};

// Two die, one after the other, at a certain time, and then all others.
struct order {
  std::size_t first, second;
  std::size_t steps;   // before the first death
  std::size_t between; // and before the second one
  bool asked;          // what is left is asked to end then
};

void die_in(order const& o) {
  world w;
  w.run(o.steps);
  w.kill(o.first);
  w.run(o.between);
  w.kill(o.second);
  if (o.asked) w.ask_to_end();
  w.run(1);
  for (std::size_t i = 0; i < world::size; ++i) w.kill(o.asked ? world::size - 1 - i : i);
  w.check();
}

BOOST_AUTO_TEST_SUITE(lifetimes_orders_test)

BOOST_AUTO_TEST_CASE(any_two_may_die_in_both_orders_at_any_time) {
  for (std::size_t first = 0; first < world::size; ++first)
    for (std::size_t second = 0; second < world::size; ++second) {
      if (first == second) continue;
      BOOST_TEST_CONTEXT(world::names[first] << ", then " << world::names[second])
      for (std::size_t const steps : {0u, 1u, 3u, 9u})
        for (std::size_t const between : {0u, 1u})
          for (bool const asked : {false, true}) {
            die_in({first, second, steps, between, asked});
            BOOST_TEST(counted::live == 0);
            counted::live = 0;
          }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace lifetimes_orders
