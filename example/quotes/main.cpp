// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// quotes: prices of several sources, over gRPC.
//
// What it shows stands in service.cpp: one gather over calls to other processes, with a limit, a
// hedge and the deadline of the caller; and in served_call.hpp: a caller that leaves ends the work
// that is done for it.

#include "client.hpp"
#include "options.hpp"
#include "service.hpp"
#include "source.hpp"

#include <fanout/promise.hpp>
#include <fanout/result.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr int bad_usage = 2;
constexpr auto grace = 1s;

std::unique_ptr<grpc::Server> listen(grpc::Service& service, std::uint16_t port) {
  int chosen = 0;
  grpc::ServerBuilder builder;
  // Otherwise a second process could listen on the same port, and get a part of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(fmt::format("127.0.0.1:{}", port), grpc::InsecureServerCredentials(),
                           &chosen);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (!server || chosen == 0)
    throw std::runtime_error(fmt::format("cannot listen on 127.0.0.1:{}: see --port", port));
  fmt::print("quotes: listening on 127.0.0.1:{}\n", chosen);
  std::fflush(stdout);
  return server;
}

/// `run` cancels this when a signal comes.
asio::awaitable<void> until_a_signal() {
  try {
    for (;;) co_await fanout::sleep(24h);
  } catch (boost::system::system_error const& e) {
    if (!fanout::is_cancelled(e.code())) throw;
  }
}

/// Lets calls that are under way end, and cancels those that take longer than the grace. That
/// blocks a thread.
asio::awaitable<void> stop(grpc::Server& server) {
  fanout::promise<void> stopped(co_await asio::this_coro::executor);
  auto const wait = stopped.get_future();
  std::jthread const thread([&server, p = std::move(stopped)]() mutable {
    server.Shutdown(std::chrono::system_clock::now() + grace);
    p.set_value();
  });
  co_await wait;
}

template <class Service>
asio::awaitable<int> serve(options const& o) {
  fanout::task_group calls(co_await asio::this_coro::executor, fanout::keep_going);
  Service service(o, calls);
  auto const server = listen(service, o.port);
  co_await until_a_signal();
  co_await asio::this_coro::reset_cancellation_state(); // what follows is not cancelled
  co_await stop(*server);
  co_await calls.join();
  co_return 0;
}

asio::awaitable<int> run_command(options const& o) {
  switch (o.what) {
  case command::source: return serve<source>(o);
  case command::serve: return serve<service>(o);
  case command::ask: return ask(o);
  case command::count: return count(o);
  }
  throw std::logic_error("no such command");
}

} // namespace

int main(int argc, char** argv) try {
  auto const o = parse_options(argc, argv);
  return o ? fanout::run(run_command(*o)) : 0;
} catch (usage_error const& e) {
  fmt::print(stderr, "quotes: {}\n", e.what());
  return bad_usage;
} catch (std::exception const& e) {
  fmt::print(stderr, "quotes: {}\n", e.what());
  return 1;
}
