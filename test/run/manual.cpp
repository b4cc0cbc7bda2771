//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The code of README.md and docs/ that stands in no example does what is said there.
// tools/check-docs compares the regions with the pages.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/result.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include "../support/coroutine_test.hpp"

#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace manual {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using fanout::gather;
using fanout::virtual_clock;
using namespace std::chrono_literals;
using boost::test_tools::per_element;

struct not_found : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Takes as many milliseconds as the URL has characters.
awaitable<std::string> get(std::string url) {
  co_await fanout::sleep<virtual_clock>(url.size() * 1ms);
  if (url.ends_with("?")) throw not_found(url);
  co_return "page " + url;
}

// In virtual time, under the name of the manual.
auto sleep(std::chrono::milliseconds d) { return fanout::sleep<virtual_clock>(d); }

// [text of an error]
std::string text_of(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (std::exception const& e) {
    return e.what();
  }
}
// [end]

BOOST_AUTO_TEST_SUITE(manual_test)

// ---- gather.md

FANOUT_TEST(the_type_of_what_a_gather_yields_has_a_name) {
  // [gather_result_t]
  using pages = fanout::gather_result_t<awaitable<std::string>, awaitable<void>>;
  static_assert(std::is_same_v<pages, std::tuple<std::string, std::monostate>>);
  // [end]
  co_return;
}

FANOUT_TEST(on_progress_tells_how_far_it_is) {
  std::vector<std::string> const urls{"c", "a?", "b/1"};
  std::vector<std::string> lines;
  // [on_progress]
  auto const show = [&lines](fanout::progress const& p) {
    std::string line = std::to_string(p.ended);
    if (p.total) line += " of " + std::to_string(*p.total);
    lines.push_back(line + " done, " + std::to_string(p.failed) + " failed");
  };
  auto const pages = co_await gather(urls | std::views::transform(get), fanout::return_exceptions,
                                     fanout::on_progress(show));
  // [end]
  BOOST_TEST(pages.size() == 3u);
  BOOST_TEST(lines == (std::vector<std::string>{"1 of 3 done, 0 failed", "2 of 3 done, 1 failed",
                                                "3 of 3 done, 1 failed"}),
             per_element());
}

FANOUT_TEST(on_late_error_hears_of_errors_after_the_end) {
  auto const log = std::make_shared<std::vector<std::string>>();
  std::string first;
  // [on_late_error]
  auto keep = [log](std::size_t index, std::exception_ptr error) { // owns what it uses
    log->push_back("child " + std::to_string(index) + ": " + text_of(error));
  };
  auto pages = gather(get("b?"), get("/late?"), fanout::on_late_error(std::move(keep)));
  // [end]
  try {
    co_await std::move(pages);
  } catch (not_found const& e) {
    first = e.what();
  }
  BOOST_TEST(first == "b?");
  BOOST_TEST(log->empty());
  co_await fanout::sleep<virtual_clock>(1s);
  BOOST_TEST(*log == std::vector<std::string>{"child 1: /late?"}, per_element());
}

FANOUT_TEST(stragglers_are_tasks_of_a_group) {
  std::string first;
  // [stragglers]
  fanout::task_group background(co_await asio::this_coro::executor, fanout::keep_going);
  auto pages =
      gather(get("b?"), fanout::named("late", get("/late?")), fanout::stragglers(background));
  try {
    co_await std::move(pages);
  } catch (not_found const& e) { // "/late?" is still on its way
    first = e.what();
  }
  co_await background.join();
  auto const failures = background.failures(); // one, "late"
  // [end]
  BOOST_TEST(first == "b?");
  BOOST_REQUIRE(failures.size() == 1u);
  BOOST_TEST(failures[0].name == "late");
}

// [own policy]
/// At most four children at once, and the first error cancels the rest.
struct gently {
  std::size_t* failures; // must live until the gather has completed

  void apply(fanout::rules& r) const {
    r.limit = 4;
    r.cancel_on_error = true;
  }

  void ended(fanout::progress const& p) { *failures = p.failed; }
};
// [end]

FANOUT_TEST(a_policy_of_ones_own_works_as_well) {
  std::vector<std::string> const urls(9, "a?");
  std::size_t failures = 0, started = 0;
  auto const counted = [&](std::string const& url) {
    ++started;
    return get(url);
  };
  auto const ended = co_await gather(urls | std::views::transform(counted),
                                     fanout::return_exceptions, gently{&failures});
  BOOST_TEST(ended.size() == 9u);
  BOOST_TEST(started == 4u);
  BOOST_TEST(failures == 4u);
}

FANOUT_TEST(tokens_are_those_of_asio) {
  // [as_tuple]
  auto const ended = co_await gather(get("a"), get("b?"))(asio::as_tuple(asio::use_awaitable));
  auto const& [error, pages] = ended; // no exception is thrown
  // [end]
  fanout_test::check_error<not_found>(error, "b?");
}

// ---- children.md

FANOUT_TEST(a_vector_of_awaitables_is_moved_in) {
  std::vector<std::string> const urls{"a", "b"};
  // [vector of awaitables]
  std::vector<awaitable<std::string>> children;
  for (auto const& url : urls) children.push_back(get(url));
  std::vector<std::string> const pages = co_await gather(std::move(children));
  // [end]
  BOOST_TEST(pages == (std::vector<std::string>{"page a", "page b"}), per_element());
}

FANOUT_TEST(a_gather_is_a_child_of_another) {
  // [nested]
  auto const nested = co_await gather(gather(get("a"), get("b")), get("c"));
  auto const& [first_two, third] = nested;
  // [end]
  BOOST_TEST(std::get<1>(first_two) == "page b");
  BOOST_TEST(third == "page c");
}

// [own operation]
/// An operation of the old kind, which calls back with an error code and a number.
template <class Token>
auto async_roll(int sides, Token&& token) {
  return asio::async_initiate<Token, void(boost::system::error_code, int)>(
      [sides](auto handler) {
        auto const executor = asio::get_associated_executor(handler);
        asio::post(executor, [handler = std::move(handler), sides]() mutable {
          std::move(handler)(boost::system::error_code(), sides);
        });
      },
      token);
}
// [end]

FANOUT_TEST(any_operation_can_be_a_child) {
  // [own operation as a child]
  auto const rolled = co_await gather(async_roll(2, asio::deferred), async_roll(6, asio::deferred));
  // [end]
  BOOST_TEST((rolled == std::tuple(2, 6)));
}

// ---- lifetimes.md

FANOUT_TEST(closures_that_own_are_named_first) {
  auto const words = std::make_shared<std::string const>("ab");
  // [named closure]
  auto child = [words]() -> awaitable<std::string> { co_return co_await get(*words); };
  auto const pages = co_await gather(std::move(child));
  // [end]
  BOOST_TEST(std::get<0>(pages) == "page ab");
}

FANOUT_TEST(views_over_closures_that_own_are_named_first) {
  std::vector<std::string> const paths{"1", "2"};
  auto const host = std::make_shared<std::string const>("h/");
  // [named operation]
  auto children =
      paths | std::views::transform([host](std::string const& p) { return get(*host + p); });
  auto operation = gather(std::move(children));
  auto const pages = co_await std::move(operation);
  // [end]
  BOOST_TEST(pages == (std::vector<std::string>{"page h/1", "page h/2"}), per_element());
}

FANOUT_TEST(results_that_own_are_bound_to_one_name_first) {
  // [bound result]
  auto const pages = co_await gather(get("a"), get("b"));
  auto const& [a, b] = pages;
  // [end]
  BOOST_TEST(a + b == "page apage b");
}

FANOUT_TEST(locals_may_be_used_where_no_child_outlives_the_gather) {
  // [locals]
  std::size_t bytes = 0;
  auto const count = [&bytes](std::string const& url) -> awaitable<void> {
    bytes += (co_await get(url)).size();
  };
  std::vector<std::string> const urls{"a", "bb?", "ccc"};
  co_await gather(urls | std::views::transform(count), fanout::return_exceptions);
  // [end]
  BOOST_TEST(bytes == std::string("page apage ccc").size());
}

// [shared state]
awaitable<void> count_bytes(std::string url, std::shared_ptr<std::size_t> bytes) {
  *bytes += (co_await get(url)).size();
}
// [end]

FANOUT_TEST(in_the_default_mode_children_own_what_they_use) {
  auto bytes = std::make_shared<std::size_t>(0);
  std::weak_ptr<std::size_t> const alive = bytes;
  bool failed = false;
  try {
    co_await gather(count_bytes("a?", bytes), count_bytes("/late", bytes));
  } catch (not_found const&) {
    failed = true;
  }
  bytes.reset();
  BOOST_TEST(failed);
  BOOST_TEST(!alive.expired());
  co_await fanout::sleep<virtual_clock>(1s);
  BOOST_TEST(alive.expired());
}

awaitable<void> forever() {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::deferred);
}

FANOUT_TEST(a_child_whose_pool_goes_has_ended) {
  // [a pool that goes]
  auto pool = std::make_unique<asio::thread_pool>(1);
  auto close = [&pool]() -> awaitable<void> {
    pool.reset(); // stops it and joins its threads
    co_return;
  };
  auto const all = co_await gather(asio::bind_executor(*pool, forever()), get("a"), close,
                                   fanout::return_exceptions);
  auto const& [lost, page, closed] = all; // lost holds operation_aborted, page is there
  // [end]
  FANOUT_CHECK_THROWS(boost::system::system_error, "Operation canceled [system:125]", lost.value());
  BOOST_TEST(page.value() == "page a");
  BOOST_TEST(closed.has_value());
}

// ---- cancellation.md

// [partial]
awaitable<int> stops_at_a_good_moment() {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  int steps = 0;
  auto const state = co_await asio::this_coro::cancellation_state;
  co_await asio::this_coro::throw_if_cancelled(false);
  while (state.cancelled() == asio::cancellation_type::none && steps < 1000) {
    auto const token = asio::as_tuple(asio::use_awaitable);
    co_await sleep(10ms)(token); // an aborted sleep is no error here
    ++steps;
  }
  co_return steps;
}
// [end]

FANOUT_TEST(a_coroutine_hears_what_it_enables) {
  asio::cancellation_signal stop;
  int steps = 0;
  gather(co_await asio::this_coro::executor, stops_at_a_good_moment())(asio::bind_cancellation_slot(
      stop.slot(), [&](std::exception_ptr error, std::tuple<int> const& result) {
        if (!error) steps = std::get<0>(result);
      }));
  co_await fanout::sleep<virtual_clock>(55ms);
  stop.emit(asio::cancellation_type::total);
  co_await fanout::sleep<virtual_clock>(0ms);
  co_await fanout::sleep<virtual_clock>(5ms);
  BOOST_TEST(steps == 6);
}

FANOUT_TEST(a_shielded_child_does_not_hear_of_a_cancellation) {
  auto const saved = std::make_shared<std::vector<std::string>>();
  // [shield]
  auto save = [saved]() -> awaitable<void> { saved->push_back(co_await get("/a/slow/one")); };
  auto protected_save = fanout::shield(std::move(save));
  auto both = gather(std::move(protected_save), get("a?"), fanout::cancel_on_error);
  // [end]
  FANOUT_CHECK_THROWS(not_found, "a?", co_await std::move(both));
  BOOST_TEST(saved->empty());
  co_await fanout::sleep<virtual_clock>(1s);
  BOOST_TEST(*saved == std::vector<std::string>{"page /a/slow/one"}, per_element());
}

// ---- task_group.md

struct visitors {
  ~visitors() { log.push_back("the list is gone"); }

  inline static std::vector<std::string> log;
};

constexpr auto report = [](std::string_view, std::exception_ptr const&) {};

// Greets the client, and waits for what it says.
awaitable<void> serve(tcp::socket socket, visitors& seen) {
  char word = '!';
  co_await asio::async_write(socket, asio::buffer(&word, 1), asio::deferred);
  bool is_cancelled = false;
  try {
    co_await asio::async_read(socket, asio::buffer(&word, 1), asio::deferred);
  } catch (boost::system::system_error const& e) {
    is_cancelled = fanout::is_cancelled(e.code());
  }
  co_await asio::this_coro::reset_cancellation_state();
  co_await fanout::sleep(1ms); // cleans up
  seen.log.push_back(is_cancelled ? "a visitor is sent away" : "a visitor leaves");
}

// [server in order]
awaitable<void> accept_all(tcp::acceptor acceptor) {
  visitors seen; // the tasks refer to it
  fanout::task_group connections(co_await asio::this_coro::executor, fanout::keep_going,
                                 fanout::on_error(report), fanout::limit(100));
  std::exception_ptr stopped;
  try {
    for (;;) {
      co_await connections.slot();
      auto socket = co_await acceptor.async_accept(asio::deferred);
      connections.create_task(serve(std::move(socket), seen));
    }
  } catch (...) { // nothing can be awaited in here
    stopped = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(); // otherwise join() throws at once
  connections.cancel(); // interrupts the tasks; without this line they finish their work
  co_await connections.join();
  if (!fanout::is_cancelled(stopped)) std::rethrow_exception(stopped);
}
// [end]

BOOST_AUTO_TEST_CASE(a_server_that_is_cancelled_awaits_its_tasks) {
  visitors::log.clear();
  auto const main = []() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
    auto const here = acceptor.local_endpoint();
    auto const server = fanout::create_task(executor, accept_all(std::move(acceptor)));
    tcp::socket client(executor);
    co_await client.async_connect(here, asio::deferred);
    char greeting = 0;
    co_await asio::async_read(client, asio::buffer(&greeting, 1), asio::deferred);
    server.cancel();
    co_await server;
  };
  fanout::run(main, {.signals = false});
  BOOST_TEST(visitors::log ==
                 (std::vector<std::string>{"a visitor is sent away", "the list is gone"}),
             per_element());
}

// ---- executors_and_threads.md

awaitable<int> compute(int n) { co_return n* n; }

BOOST_AUTO_TEST_CASE(the_executor_that_stands_first_runs_the_children) {
  // [pool first]
  asio::thread_pool pool(4);
  auto const numbers = std::views::iota(1, 4) | std::views::transform(compute);
  std::future<std::vector<int>> future = gather(pool, numbers)(asio::use_future);
  std::vector<int> const squares = future.get();
  // [end]
  BOOST_TEST(squares == (std::vector<int>{1, 4, 9}), per_element());
}

BOOST_AUTO_TEST_CASE(a_strand_keeps_children_that_share_something_apart) {
  // [strand]
  asio::thread_pool pool(4);
  int sum = 0; // only touched on the strand
  auto const add = [&sum](int n) -> awaitable<void> {
    sum += n;
    co_return;
  };
  auto const numbers = std::views::iota(1, 101) | std::views::transform(add);
  gather(asio::make_strand(pool), numbers)(asio::use_future).get();
  // [end]
  BOOST_TEST(sum == 5050);
}

BOOST_AUTO_TEST_CASE(run_gives_the_result_of_main) {
  // [run]
  int const answer = fanout::run(compute(6), {.threads = 2, .signals = false});
  // [end]
  BOOST_TEST(answer == 36);
}

BOOST_AUTO_TEST_CASE(run_on_runs_main_on_a_context_of_the_callers) {
  // [run_on]
  asio::io_context context;
  int const answer = fanout::run_on(context, compute(7), [&context] { context.run(); });
  // [end]
  BOOST_TEST(answer == 49);
}

BOOST_AUTO_TEST_CASE(a_classic_program_starts_its_coroutines_with_co_spawn) {
  std::vector<int> squares;
  auto const session = [&squares]() -> awaitable<void> {
    squares = co_await gather(std::views::iota(1, 4) | std::views::transform(compute));
  };
  // [co_spawn]
  asio::io_context context;
  asio::co_spawn(context, session(), asio::detached);
  context.run();
  // [end]
  BOOST_TEST(squares == (std::vector<int>{1, 4, 9}), per_element());
}

BOOST_AUTO_TEST_CASE(run_on_leaves_a_context_that_has_to_be_restarted) {
  asio::io_context context;
  asio::steady_timer timer(context, 1h);
  bool called = false;
  timer.async_wait([&called](boost::system::error_code) { called = true; });
  auto const drive = [&context] { context.run(); };
  BOOST_TEST(fanout::run_on(context, compute(2), drive) == 4);
  BOOST_TEST(!called); // what is not the library's is neither awaited nor destroyed
  FANOUT_CHECK_THROWS(fanout::invalid_state,
                      "fanout::run: nothing is left to wait for, but main has not ended: invalid "
                      "state [fanout:1]",
                      fanout::run_on(context, compute(2), drive));
  // [restart]
  context.restart(); // run_on has stopped it
  int const again = fanout::run_on(context, compute(8), [&context] { context.run(); });
  // [end]
  BOOST_TEST(again == 64);
}

// [to_thread]
/// A child that calls `f`, which blocks, on a thread of the pool.
template <class F>
auto to_thread(asio::thread_pool& pool, F f) {
  auto call = [f = std::move(f)]() -> awaitable<std::invoke_result_t<F const&>> { co_return f(); };
  return asio::bind_executor(pool, std::move(call));
}
// [end]

BOOST_AUTO_TEST_CASE(a_child_that_blocks_is_sent_to_a_pool) {
  auto const home = std::this_thread::get_id();
  std::promise<void> ticked; // the digest waits for it: the loop must go on meanwhile
  auto const slow_digest = [&ticked](std::string const& text) {
    ticked.get_future().wait();
    return std::pair(text.size(), std::this_thread::get_id());
  };
  auto const tick = [&ticked]() -> awaitable<std::thread::id> {
    ticked.set_value();
    co_return std::this_thread::get_id();
  };
  auto const main = [&]() -> awaitable<void> {
    // [blocking]
    asio::thread_pool blocking(4); // as many as may block at once
    auto digest = to_thread(blocking, [&] { return slow_digest("backup"); });
    auto both = gather(std::move(digest), tick, fanout::cancel_on_error);
    auto const results = co_await std::move(both);
    // [end]
    BOOST_TEST(std::get<0>(results).first == 6u);
    BOOST_TEST((std::get<0>(results).second != home));
    BOOST_TEST((std::get<1>(results) == home));
    BOOST_TEST((std::this_thread::get_id() == home));

    co_await asio::post(blocking, asio::use_awaitable);
    BOOST_TEST((std::this_thread::get_id() == home)); // a bare post does not move a coroutine
  };
  fanout::run(main, {.signals = false});
}

BOOST_AUTO_TEST_CASE(the_wait_for_a_call_that_blocks_can_be_given_up) {
  auto const main = []() -> awaitable<void> {
    std::promise<void> release;
    asio::thread_pool blocking(1);
    auto const wait = [&release] {
      release.get_future().wait();
      return 1;
    };
    bool late = false;
    try {
      // [give up a blocking call]
      auto waits = fanout::timeout(20ms, fanout::shield(to_thread(blocking, wait)));
      co_await std::move(waits); // the call goes on, and its result is dropped
      // [end]
    } catch (fanout::deadline_exceeded const&) {
      late = true;
    }
    BOOST_TEST(late);
    release.set_value();
    blocking.join();
  };
  fanout::run(main, {.signals = false});
}

BOOST_AUTO_TEST_CASE(a_gather_on_a_context_that_nobody_runs_never_completes) {
  // [nobody runs]
  asio::io_context context;
  auto squares = gather(context, compute(6), compute(7))(asio::use_future);
  bool const waits = squares.wait_for(10ms) == std::future_status::timeout; // so would get()
  context.run();                                                            // now both run
  // [end]
  BOOST_TEST(waits);
  BOOST_TEST((squares.get() == std::tuple(36, 49)));

  // The context has run out of work: it is stopped.
  auto more = gather(context, compute(8))(asio::use_future);
  BOOST_TEST(context.run() == 0u);
  BOOST_TEST((more.wait_for(0ms) == std::future_status::timeout));
  context.restart();
  context.run();
  BOOST_TEST((more.get() == std::tuple(64)));

  std::future<std::tuple<int>> lost;
  {
    asio::io_context goes;
    lost = gather(goes, compute(9))(asio::use_future);
  }
  BOOST_CHECK_THROW(lost.get(), std::future_error);
}

BOOST_AUTO_TEST_CASE(virtual_time_says_that_nothing_can_happen) {
  asio::io_context idle;
  auto const main = [&idle]() -> awaitable<void> {
    co_await gather(asio::bind_executor(idle, compute(6)));
  };
  FANOUT_CHECK_THROWS(
      fanout::invalid_state,
      "fanout::run_virtual: main has not ended, and no timer of virtual_clock is "
      "pending; other clocks and real I/O do not count here; not ended: main, which "
      "waits for a gather; child 0 of a gather: invalid state [fanout:1]",
      fanout::run_virtual(main));

  // A time limit does not help: its request cannot be delivered there, unless the wait is given up.
  auto const limited = [&idle]() -> awaitable<void> {
    co_await fanout::timeout<virtual_clock>(1s, asio::bind_executor(idle, compute(6)));
  };
  BOOST_CHECK_THROW(fanout::run_virtual(limited), fanout::invalid_state);
  auto const cancelled = [&idle]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const task = fanout::create_task(executor, asio::bind_executor(idle, compute(6)));
    task.cancel();
    co_await task;
  };
  BOOST_CHECK_THROW(fanout::run_virtual(cancelled), fanout::invalid_state);
  auto const given_up = [&idle]() -> awaitable<void> {
    auto child = fanout::shield(asio::bind_executor(idle, compute(6)));
    co_await fanout::timeout<virtual_clock>(1s, std::move(child));
  };
  BOOST_CHECK_THROW(fanout::run_virtual(given_up), fanout::deadline_exceeded);
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_context_that_nobody_runs_is_listed) {
  asio::io_context idle;
  std::vector<std::string> waiting;
  auto const stuck = [&idle]() -> awaitable<void> {
    co_await gather(asio::bind_executor(idle, compute(6)));
  };
  auto const look = [&]() -> awaitable<void> {
    co_await fanout::sleep<virtual_clock>(1s);
    for (auto const& task : fanout::all_tasks(co_await asio::this_coro::executor))
      waiting.push_back(task.name + " waits for " + task.waits_for);
  };
  auto const main = [&]() -> awaitable<void> {
    fanout::create_task(co_await asio::this_coro::executor, stuck, "stuck");
    co_await look();
    idle.run();
  };
  fanout::run_virtual(main);
  BOOST_TEST(waiting ==
                 (std::vector<std::string>{"main waits for ", "task 'stuck' waits for a gather",
                                           "child 0 of a gather waits for "}),
             per_element());
}

// ---- testing.md

// [test case]
BOOST_AUTO_TEST_CASE(the_quicker_page_does_not_wait_for_the_slower_one) {
  auto const body = []() -> boost::asio::awaitable<void> {
    auto const begin = fanout::virtual_clock::now();
    co_await fanout::gather(get("a"), get("a/longer/one"));
    auto const passed = fanout::virtual_clock::now() - begin;
    BOOST_TEST((std::chrono::round<std::chrono::milliseconds>(passed) == 12ms));
  };
  fanout::run_virtual(body);
}
// [end]

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual
