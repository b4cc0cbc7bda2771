// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The code of docs/grpc.md.

#include "server.hpp"

#include <fanout/gather.hpp>
#include <fanout/grpc.hpp>
#include <fanout/run.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace fanout_test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(served_test)

namespace {

// [call]
using rpc = Echo::StubInterface::async_interface;

asio::awaitable<std::string> ask(Echo::Stub& stub, std::string text) {
  Asked request;
  request.set_text(std::move(text));
  auto const until = steady_clock::now() + 5s;
  auto const reply = co_await fanout::unary_call(stub, &rpc::Ask, request, until);
  co_return reply.text();
}
// [end]

// [errors]
asio::awaitable<std::string> try_to_ask(Echo::Stub& stub, Asked request,
                                        steady_clock::time_point until) {
  try {
    auto const reply = co_await fanout::unary_call(stub, &rpc::Ask, request, until);
    co_return reply.text();
  } catch (fanout::rpc_error const& e) {
    if (e.status().error_code() != grpc::UNAVAILABLE) throw;
    co_return "nobody there: " + e.status().error_message();
  } catch (fanout::deadline_exceeded const& e) {
    co_return std::string("too slow: ") + e.what();
  }
}
// [end]

} // namespace

BOOST_AUTO_TEST_CASE(a_call) {
  server s;
  auto const stub = s.connect();
  auto const main = [&]() -> asio::awaitable<void> {
    auto const text = co_await ask(*stub, "a");
    BOOST_TEST(text == "re: a");
  };
  fanout::run(main());
}

BOOST_AUTO_TEST_CASE(what_goes_wrong) {
  server s;
  auto const stub = s.connect();
  auto const main = [&]() -> asio::awaitable<void> {
    Asked slow, refused;
    slow.set_take_ms(60'000);
    refused.set_status(grpc::UNAVAILABLE);
    refused.set_message("at lunch");
    auto const first = co_await try_to_ask(*stub, slow, steady_clock::now() + 50ms);
    BOOST_TEST(first == "too slow: DEADLINE_EXCEEDED: Deadline Exceeded");
    auto const second = co_await try_to_ask(*stub, refused, steady_clock::now() + 60s);
    BOOST_TEST(second == "nobody there: at lunch");
  };
  fanout::run(main());
}

BOOST_AUTO_TEST_CASE(metadata) {
  server s;
  auto const stub = s.connect();
  auto const main = [&]() -> asio::awaitable<void> {
    Asked request;
    // [context]
    auto const context = fanout::client_context(steady_clock::now() + 5s);
    context->AddMetadata("x-request-id", "a1b2");
    auto const reply = co_await fanout::unary_call(*stub, &rpc::Ask, request, context);
    auto const& sent_along = context->GetServerTrailingMetadata();
    // [end]
    BOOST_TEST(reply.text() == "re: ");
    BOOST_TEST(sent_along.count("served-by") == 1u);
  };
  fanout::run(main());
}

BOOST_AUTO_TEST_CASE(without_coroutines) {
  server s;
  auto const stub = s.connect();
  auto const until = steady_clock::now() + 60s;
  asio::io_context context;
  Asked request;
  request.set_text("a");
  // [token]
  auto future = fanout::unary_call(*stub, &rpc::Ask, request, until,
                                   asio::bind_executor(context, asio::use_future));
  // [end]
  context.run();
  BOOST_TEST(future.get().text() == "re: a");
}

BOOST_AUTO_TEST_SUITE_END()
