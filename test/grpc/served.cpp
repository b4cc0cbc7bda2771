// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Calls of gRPC with a real server.

#include "server.hpp"
#include "support/coroutine_test.hpp"
#include "support/counted.hpp"
#include "support/threads.hpp"

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/grpc.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <memory>
#include <ranges>
#include <vector>

using namespace fanout_test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using boost::system::system_error;
using rpc = Echo::StubInterface::async_interface;
using std::chrono::steady_clock;

namespace {

steady_clock::time_point in(std::chrono::milliseconds d) { return steady_clock::now() + d; }

Asked asked(std::string text, int take_ms = 0) {
  Asked a;
  a.set_text(std::move(text));
  a.set_take_ms(take_ms);
  return a;
}

/// A server with a stub, and whether it still has calls.
struct served {
  server s;
  std::unique_ptr<Echo::Stub> stub = s.connect();

  auto ask(std::string text, int take_ms = 0, std::chrono::milliseconds limit = 60s) {
    return fanout::unary_call(*stub, &rpc::Ask, asked(std::move(text), take_ms), in(limit));
  }

  void wait_until_all_have_ended() {
    auto const end = steady_clock::now() + patience;
    while (s.service.begun != s.service.ended && steady_clock::now() < end)
      std::this_thread::sleep_for(1ms);
    BOOST_TEST(s.service.begun.load() == s.service.ended.load());
  }
};

asio::awaitable<void> until(std::atomic<int>& n, int wanted) {
  auto const end = steady_clock::now() + patience;
  while (n < wanted && steady_clock::now() < end) co_await fanout::sleep(1ms);
  BOOST_TEST(n.load() == wanted);
}

std::exception_ptr error_of(asio::awaitable<void> a) {
  try {
    fanout::run(std::move(a));
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(served_test)

BOOST_AUTO_TEST_CASE(a_reply_comes_back_and_the_server_knows_how_much_time_is_left) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const answered = co_await to.ask("a", 0, 800ms);
    BOOST_TEST(answered.text() == "re: a");
    BOOST_TEST(answered.left_us() > 100'000); // a machine that is busy may be slow to connect
    BOOST_TEST(answered.left_us() <= 801'000);
    auto const unlimited = co_await fanout::unary_call(*to.stub, &rpc::Ask, asked("b"),
                                                       steady_clock::time_point::max());
    BOOST_TEST(unlimited.left_us() > 365ll * 86'400 * 1'000'000);
  };
  fanout::run(main());
}

BOOST_AUTO_TEST_CASE(the_deadline_ends_the_call_here_and_there) {
  served to;
  auto const start = steady_clock::now();
  auto const main = [&]() -> asio::awaitable<void> {
    auto const warm = co_await to.ask("a");
    (void)warm;
    auto const slow = co_await to.ask("b", 60'000, 100ms);
    (void)slow;
  };
  auto const error = error_of(main());
  check_error<fanout::rpc_deadline_exceeded>(error, "DEADLINE_EXCEEDED: Deadline Exceeded");
  BOOST_TEST(fanout::is_timed_out(error));
  BOOST_TEST((steady_clock::now() - start >= 100ms));
  to.wait_until_all_have_ended();
  BOOST_TEST(to.s.service.cancelled.load() == 1);
}

BOOST_AUTO_TEST_CASE(the_status_of_the_server_arrives_with_its_text) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto a = asked("a");
    a.set_status(grpc::FAILED_PRECONDITION);
    a.set_message("the market is closed");
    auto const answered = co_await fanout::unary_call(*to.stub, &rpc::Ask, a, in(60s));
    (void)answered;
  };
  check_error<fanout::rpc_error>(error_of(main()), "FAILED_PRECONDITION: the market is closed");
}

BOOST_AUTO_TEST_CASE(a_status_that_nothing_knows_keeps_its_number) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto a = asked("a");
    a.set_status(31);
    a.set_message("of tomorrow");
    auto const answered = co_await fanout::unary_call(*to.stub, &rpc::Ask, a, in(60s));
    (void)answered;
  };
  check_error<fanout::rpc_error>(error_of(main()), "status 31: of tomorrow");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_unavailable) {
  std::unique_ptr<Echo::Stub> stub;
  {
    server gone;
    stub = gone.connect();
  }
  auto const main = [&]() -> asio::awaitable<void> {
    auto const answered = co_await fanout::unary_call(*stub, &rpc::Ask, asked("a"), in(60s));
    (void)answered;
  };
  auto const status = fanout::to_status(error_of(main()));
  BOOST_TEST(status.error_code() == grpc::UNAVAILABLE);
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_in_the_middle_fails_the_call) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const stops = [&]() -> asio::awaitable<void> {
      co_await until(to.s.service.begun, 1);
      std::thread([&] { to.s.stop(); }).join();
    };
    auto both = fanout::gather(to.ask("a", 60'000), stops(), fanout::return_exceptions);
    auto const r = co_await std::move(both);
    auto const error = std::get<0>(r).error();
    // Which of them it is depends on what the server sends last. Nothing had asked: so it is a
    // failure.
    auto const code = fanout::to_status(error).error_code();
    BOOST_TEST((code == grpc::CANCELLED || code == grpc::UNAVAILABLE));
    try {
      std::rethrow_exception(error);
    } catch (fanout::rpc_error const&) {
    } catch (...) {
      BOOST_ERROR("an error of another type");
    }
  };
  fanout::run(main());
}

BOOST_AUTO_TEST_CASE(a_request_reaches_the_server) {
  for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total}) {
    served to;
    asio::io_context context;
    asio::cancellation_signal signal;
    std::exception_ptr error;
    to.ask("a", 60'000)(asio::bind_cancellation_slot(
        signal.slot(),
        asio::bind_executor(context, [&](std::exception_ptr e, Answered const& answered) {
          error = std::move(e);
          BOOST_TEST(answered.text() == "");
        })));
    auto const end = steady_clock::now() + patience;
    while (to.s.service.begun == 0 && steady_clock::now() < end) context.run_for(1ms);
    auto const asked_at = steady_clock::now();
    signal.emit(type);
    context.restart();
    context.run();
    BOOST_TEST((steady_clock::now() - asked_at < 5s));
    check_error<system_error>(error, system_error(asio::error::operation_aborted).what());
    to.wait_until_all_have_ended();
    BOOST_TEST(to.s.service.cancelled.load() == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_request_before_the_connection_is_there_ends_the_call) {
  // Nothing answers there: the system has accepted the connection, and no program does.
  asio::io_context context;
  asio::ip::tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
  auto const stub = Echo::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(silent.local_endpoint().port()),
                          grpc::InsecureChannelCredentials()));
  asio::cancellation_signal signal;
  std::exception_ptr error;
  auto ask = fanout::unary_call(*stub, &rpc::Ask, asked("a"), in(60s));
  std::move(ask)(asio::bind_cancellation_slot(
      signal.slot(), asio::bind_executor(context, [&](std::exception_ptr e, Answered const&) {
        error = std::move(e);
      })));
  context.run_for(50ms);
  signal.emit(asio::cancellation_type::terminal);
  context.restart();
  context.run();
  check_error<system_error>(error, system_error(asio::error::operation_aborted).what());
}

BOOST_AUTO_TEST_CASE(time_limits_of_the_library_end_calls_too) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const answered = co_await fanout::timeout(100ms, to.ask("a", 60'000));
    (void)answered;
  };
  check_error<fanout::deadline_exceeded>(error_of(main()), "deadline exceeded");
  to.wait_until_all_have_ended();
}

BOOST_AUTO_TEST_CASE(many_calls_from_a_lazy_range_within_a_limit) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const each = [&](int i) { return to.ask(std::to_string(i)); };
    auto const all = co_await fanout::gather(std::views::iota(0, 500) | std::views::transform(each),
                                             fanout::limit(16));
    BOOST_REQUIRE(all.size() == 500u);
    for (int i = 0; i < 500; ++i)
      BOOST_TEST(all[static_cast<std::size_t>(i)].text() == "re: " + std::to_string(i));
  };
  fanout::run(main());
  to.wait_until_all_have_ended();
}

BOOST_AUTO_TEST_CASE(a_hedge_that_loses_is_cancelled_on_the_other_side) {
  served slow, fast;
  auto const main = [&]() -> asio::awaitable<void> {
    std::vector<decltype(slow.ask(""))> replicas;
    replicas.push_back(slow.ask("a", 60'000));
    replicas.push_back(fast.ask("b", 1));
    auto hedged = fanout::first_success(std::move(replicas), fanout::stagger(20ms));
    auto const first = co_await std::move(hedged);
    BOOST_TEST(first.index == 1u);
    BOOST_TEST(first.value.text() == "re: b");
  };
  fanout::run(main());
  slow.wait_until_all_have_ended();
  BOOST_TEST(slow.s.service.cancelled.load() == 1);
  BOOST_TEST(fast.s.service.cancelled.load() == 0);
}

BOOST_AUTO_TEST_CASE(what_the_server_sends_along_can_be_read) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const context = fanout::client_context(in(60s));
    auto const answered = co_await fanout::unary_call(*to.stub, &rpc::Ask, asked("a"), context);
    BOOST_TEST(answered.text() == "re: a");
    auto const& sent = context->GetServerTrailingMetadata();
    auto const found = sent.find("served-by");
    BOOST_REQUIRE((found != sent.end()));
    BOOST_TEST(std::string(found->second.data(), found->second.size()) == "echo");
  };
  fanout::run(main());
}

BOOST_AUTO_TEST_CASE(a_context_serves_one_call) {
  served to;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const context = fanout::client_context(in(60s));
    auto first = fanout::unary_call(*to.stub, &rpc::Ask, asked("a"), context);
    auto second = first;
    auto const answered = co_await std::move(first);
    BOOST_TEST(answered.text() == "re: a");
    auto const again = co_await std::move(second);
    (void)again;
  };
  check_error<std::invalid_argument>(
      error_of(main()), "fanout::unary_call: the client context has served another call");
}

BOOST_AUTO_TEST_CASE(the_stub_may_go_when_the_call_has_started) {
  served to;
  asio::io_context context;
  std::string text;
  to.ask("a", 50)(asio::bind_executor(
      context, [&](std::exception_ptr, Answered const& answered) { text = answered.text(); }));
  to.stub.reset();
  context.run();
  BOOST_TEST(text == "re: a");
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_cancels_its_calls) {
  served to;
  {
    asio::io_context context;
    int calls = 0;
    to.ask("a", 60'000)(asio::bind_executor(context, counted_handler{&calls}));
    auto const end = steady_clock::now() + patience;
    while (to.s.service.begun == 0 && steady_clock::now() < end) context.run_for(1ms);
  }
  to.wait_until_all_have_ended();
  BOOST_TEST(to.s.service.cancelled.load() == 1);
}

BOOST_AUTO_TEST_CASE(contexts_are_destroyed_with_calls_in_flight) {
  served to;
  int calls = 0;
  counted::live = 0;
  for (int i = 0; i < 100; ++i) {
    asio::io_context context;
    for (int n = 0; n < 4; ++n)
      to.ask("a", n)(asio::bind_executor(context, counted_handler{&calls}));
    context.run_for(std::chrono::microseconds(100 * (i % 30)));
  }
  BOOST_TEST(counted::live.load() == 0);
  to.wait_until_all_have_ended();
}

BOOST_AUTO_TEST_CASE(calls_are_cancelled_at_any_moment_on_two_threads) {
  served to;
  constexpr int rounds = 1000;
  asio::thread_pool pool(2);
  std::atomic<int> ended = 0;
  for (int i = 0; i < rounds; ++i) {
    auto const strand = asio::make_strand(pool);
    auto const signal = std::make_shared<asio::cancellation_signal>();
    auto const timer = std::make_shared<asio::steady_timer>(strand);
    asio::post(strand, [&, strand, signal, timer, i] {
      to.ask("a", i % 3)(asio::bind_cancellation_slot(
          signal->slot(),
          asio::bind_executor(strand,
                              [&ended, signal, timer](std::exception_ptr const&, Answered const&) {
                                ++ended;
                                timer->cancel();
                              })));
      timer->expires_after(std::chrono::microseconds(37 * (i % 100)));
      timer->async_wait(
          [signal](boost::system::error_code) { signal->emit(asio::cancellation_type::terminal); });
    });
  }
  pool.join();
  BOOST_TEST(ended.load() == rounds);
  to.wait_until_all_have_ended();
}

BOOST_AUTO_TEST_CASE(a_gather_on_a_pool_whose_deadline_passes_leaves_nothing) {
  served to;
  asio::thread_pool pool(2);
  auto const each = [&](int i) { return to.ask("a", i % 2 == 0 ? 0 : 60'000); };
  auto const all =
      result_of(fanout::gather(pool, std::views::iota(0, 100) | std::views::transform(each),
                               fanout::deadline(200ms), fanout::return_exceptions));
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % 2 == 1) BOOST_TEST(fanout::is_timed_out(all[i]));
  pool.join();
  to.wait_until_all_have_ended();
}

BOOST_AUTO_TEST_SUITE_END()
