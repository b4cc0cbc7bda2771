//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Bytes become a tree of operations with policies, endings and moments of cancellation, which runs
// in virtual time. The nodes check what they are told, see ../trees. Every tree runs twice, and
// both runs must be the same; some are cut in the middle, and their context is destroyed.

#include "../support/counted.hpp"
#include "../trees/play.hpp"

#include <fanout/all_tasks.hpp>
#include <fanout/error.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/testing.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;

/// What happens to a tree from outside.
struct fate {
  struct request {
    unsigned when;
    asio::cancellation_type type;
  };
  std::vector<request> requests;
  unsigned steps = 0;          ///< after which the context is destroyed; 0: it is not
  bool ends_with_root = false; ///< `main` ends then, and what is left over is cancelled
};

fate read_fate(trees::choices& c) {
  static constexpr std::array types{
      asio::cancellation_type::terminal, asio::cancellation_type::terminal,
      asio::cancellation_type::partial, asio::cancellation_type::total};
  fate f;
  if (c.below(8) == 1) f.steps = 1 + c.below(64);
  f.ends_with_root = c.below(4) == 1;
  for (unsigned left = c.below(4); left > 0; --left) {
    auto const when = c.below(256);
    f.requests.push_back({when, types[c.below(4)]});
  }
  return f;
}

asio::awaitable<void> play(trees::shared_tree t, fate f) {
  auto const home = co_await asio::this_coro::executor;
  auto const root = trees::start_task(t, t->root(), home);
  for (auto const& r : f.requests) {
    co_await fanout::sleep<trees::clock>(trees::span(r.when));
    root.cancel(r.type);
  }
  try {
    co_await root;
  } catch (...) {
    trees::expect(t->root().how != trees::ending::value, *t, t->root(), "its value is lost");
  }
  if (f.ends_with_root) co_return;
  co_await fanout::sleep<trees::clock>(
      std::chrono::hours(1)); // whatever is left over ends by itself
  if (auto const left = fanout::all_tasks(home); left.size() != 1)
    trees::broken(*t, t->root(),
                  left.empty() ? "main is not listed" : "listed: " + left.back().name);
}

struct cut {};

/// Runs a tree, and gives the order of its starts and ends.
std::string run(std::span<std::uint8_t const> bytes) {
  std::string trace;
  trees::surroundings around;
  around.trace = &trace;
  for (int places = 1; places <= 3; ++places) around.limiters.emplace_back(places);
  auto const gone = trees::all_trees().trees_gone.load();
  {
    asio::io_context context;
    around.places.push_back({context.get_executor(), 0, false});
    around.places.push_back({asio::make_strand(context), 0, true});
    trees::choices choices(bytes);
    fate const f = read_fate(choices);
    auto t = std::make_shared<trees::tree>(around, choices, 60, "the tree");
    around.cut = f.steps != 0;
    auto const drive = [&context, &f] {
      for (unsigned n = 0; !context.stopped() && fanout_test::step(context); ++n)
        if (f.steps != 0 && n == f.steps) throw cut();
    };
    try {
      fanout::run_on(context, play(std::move(t), f), drive);
    } catch (cut const&) { // the context goes now
    }
    around.places.clear();
  }
  if (trees::all_trees().trees_gone == gone) {
    std::fprintf(stderr, "something of the tree outlives its context\n");
    std::abort();
  }
  return trace;
}

// The same on a thread of its own: each thread has its own virtual time, and that stands still
// after 106 days. Each tree takes an hour of it.
std::string run_on_new_thread(std::span<std::uint8_t const> bytes) {
  std::string trace;
  std::thread([&] { trace = run(bytes); }).join();
  return trace;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static auto const silent =
      fanout::set_unhandled_error_handler([](std::string_view, std::exception_ptr const&) {});
  static_cast<void>(silent);
  std::span const bytes(data, size);
  auto const first = run_on_new_thread(bytes);
  auto const second = run_on_new_thread(bytes);
  if (first != second) {
    std::fprintf(stderr, "two runs differ:\n%s\n%s\n", first.c_str(), second.c_str());
    std::abort();
  }
  return 0;
}
