//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout_stress SECONDS [SEED]
// Random trees of operations on pools of 2 to 8 threads, strands and several contexts, with
// cancellations from everywhere; contexts are destroyed with work in flight. The nodes themselves
// check what they are told, see ../trees. Here every start and every end is counted.

#include "watchdog.hpp"

#include "../trees/play.hpp"

#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Contexts, and trees on them.
class world {
public:
  world(std::mt19937& random, watchdog& dog) : random_(random), dog_(dog) {
    front_.emplace(1);
    pool_.emplace(2 + random_() % 7);
    back_.emplace(2 + random_() % 2);
    work_.emplace(asio::make_work_guard(*front_));
    thread_ = std::thread([this] { front_->run(); });
    add_places(front_->get_executor(), 0);
    add_places(pool_->get_executor(), 1);
    add_places(back_->get_executor(), 2);
    for (int i = 0; i < 3; ++i) surroundings_.limiters.emplace_back(1 + random_() % 4);
    surroundings_.may_block = true;
  }
  world(world const&) = delete;
  world& operator=(world const&) = delete;

  void plant(std::string name) {
    std::vector<std::uint8_t> bytes(random_() % 600);
    std::ranges::generate(bytes, [this] { return static_cast<std::uint8_t>(random_()); });
    trees::choices choices(bytes);
    auto t = std::make_shared<trees::tree>(surroundings_, choices, 40, std::move(name));
    dog_.watch(t);
    trees_.push_back(t);
    if (random_() % 2 == 0)
      trees::start_task(t, t->root(), surroundings_.places.front().executor);
    else
      gather_with_signal(t);
  }

  /// Requests to end from this thread, which belongs to no context.
  void cancel_some() {
    for (auto const& weak : trees_) {
      auto const t = weak.lock();
      if (!t || random_() % 4 != 0) continue;
      std::optional<fanout::future<trees::value>> f;
      {
        std::lock_guard const lock(t->root().mutex);
        f = t->root().handle;
      }
      if (f) f->cancel();
    }
    for (auto& s : signals_)
      if (random_() % 4 == 0)
        asio::post(*s.strand, [&s] { s.signal.emit(asio::cancellation_type::terminal); });
  }

  /// Waits until no tree is left: everything ends by itself.
  void let_end() {
    while (std::ranges::any_of(trees_, [](auto const& t) { return !t.expired(); }))
      std::this_thread::sleep_for(100us);
    close();
    for (auto const& s : signals_)
      require(s.calls == 1, "a completion handler was not called once");
  }

  /// Stops and destroys the contexts, wherever the trees are.
  void cut() {
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 3000));
    surroundings_.cut = true;
    pool_->stop();
    front_->stop();
    back_->stop();
    close();
    for (auto const& s : signals_) require(s.calls <= 1, "a completion handler was called twice");
    signals_.clear();
    for (auto const& t : trees_) require(t.expired(), "something of a tree outlives the contexts");
  }

private:
  struct signal {
    std::optional<asio::strand<asio::io_context::executor_type>> strand;
    asio::cancellation_signal signal{};
    std::atomic<int> calls{0};
  };

  template <class Executor>
  void add_places(Executor const& executor, unsigned rank) {
    surroundings_.places.push_back({executor, rank, false});
    surroundings_.places.push_back({asio::make_strand(executor), rank, true});
  }

  void gather_with_signal(trees::shared_tree const& t) {
    auto& s = signals_.emplace_back(asio::make_strand(*front_));
    auto root = trees::start_task(t, t->root(), *s.strand);
    auto operation = fanout::gather(*s.strand, std::move(root), fanout::return_exceptions);
    auto handler = [&s, t](std::exception_ptr const&, auto const&) {
      trees::expect(t->root().started == t->root().ended, *t, t->root(),
                    "it runs although the operation has completed");
      ++s.calls;
    };
    std::move(operation)(asio::bind_cancellation_slot(
        s.signal.slot(), asio::bind_executor(*s.strand, std::move(handler))));
  }

  // The threads of all contexts end before the first context goes. Then those go first on which
  // operations of others may have children.
  void close() {
    work_.reset();
    pool_->join();
    back_->join();
    thread_.join();
    surroundings_.places.clear(); // a strand must not outlive its context
    for (auto& s : signals_) s.strand.reset();
    back_.reset();
    pool_.reset();
    front_.reset();
  }

  static void require(bool holds, char const* rule) {
    if (holds) return;
    std::printf("%s\n", rule);
    std::fflush(stdout);
    std::abort();
  }

  std::mt19937& random_;
  watchdog& dog_;
  trees::surroundings surroundings_;
  std::deque<signal> signals_;
  std::optional<asio::io_context> front_;
  std::optional<asio::thread_pool> pool_;
  std::optional<asio::thread_pool> back_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::thread thread_;
  std::vector<std::weak_ptr<trees::tree>> trees_;
};

int report(int worlds, int cut) {
  auto const& all = trees::all_trees();
  unsigned long ended = 0;
  for (auto const& n : all.ended) ended += n;
  auto const count = [&](trees::ending e) { return all.ended[static_cast<std::size_t>(e)].load(); };
  std::printf(
      "%lu trees, %lu children, ends: %lu values, %lu errors, %lu cancelled, %lu timed out, "
      "%lu destroyed; %lu requests in the moment of an end; %d worlds, %d of them cut; "
      "%ld lost, 0 twice\n",
      all.trees_made.load(), all.started.load(), count(trees::ending::value),
      count(trees::ending::error), count(trees::ending::cancelled), count(trees::ending::timed_out),
      count(trees::ending::destroyed), all.strikes.load(), worlds, cut,
      static_cast<long>(all.started - ended));
  return all.started == ended && all.trees_made == all.trees_gone ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("usage: fanout_stress SECONDS [SEED]\n");
    return 2;
  }
  auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
  auto seed =
      argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : std::random_device()();
  std::printf("seed %u\n", seed);
  std::fflush(stdout);
  fanout::set_unhandled_error_handler([](std::string_view, std::exception_ptr const&) {});

  watchdog dog;
  int worlds = 0;
  int cut = 0;
  for (; std::chrono::steady_clock::now() < end; ++seed, ++worlds) {
    std::mt19937 random(seed);
    world w(random, dog);
    for (unsigned n = 1 + random() % 12; n > 0; --n)
      w.plant("seed " + std::to_string(seed) + ", tree " + std::to_string(n));
    if (random() % 2 == 0) w.cancel_some();
    if (random() % 3 == 0) {
      w.cut();
      ++cut;
    } else {
      w.let_end();
    }
  }
  return report(worlds, cut);
}
