// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// gateway: an HTTP server that answers by asking several others at once.
//
// What it shows stands in quote.cpp, the fan-out of one request; session.cpp, a client that leaves
// ends the work that is done for it; and server.cpp, connections as tasks of a group, and their
// end.

#include "demo_upstreams.hpp"
#include "options.hpp"
#include "routes.hpp"
#include "server.hpp"

#include <fanout/all_tasks.hpp>
#include <fanout/error.hpp>
#include <fanout/run.hpp>
#include <fanout/text.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int bad_usage = 2;

std::string text_of(tcp::endpoint const& e) {
  auto const host = e.address().to_string();
  return e.address().is_v6() ? fmt::format("[{}]:{}", host, e.port())
                             : fmt::format("{}:{}", host, e.port());
}

tcp::acceptor listen(asio::any_io_executor const& executor, tcp::endpoint const& where) try {
  return tcp::acceptor(executor, where);
} catch (boost::system::system_error const& e) {
  throw std::runtime_error(
      fmt::format("cannot listen on {}: {}", text_of(where), e.code().message()));
}

void say_hello(config const& c, tcp::endpoint const& where) {
  for (auto const& u : c.upstreams) {
    fmt::print("gateway: {} from", u.name);
    for (auto const& replica : u.replicas) fmt::print(" {}", replica.name);
    fmt::print("\n");
  }
  fmt::print("gateway: try curl 'http://{}/quote?symbols=AAPL,MSFT'\n", text_of(where));
  std::fflush(stdout);
}

/// From the first connection to the last.
asio::awaitable<void> serve(config const& c, service& s) {
  auto const executor = co_await asio::this_coro::executor;
  routes r(c, s.counts);
  s.handle = [&r](request const& asked) { return r.reply_to(asked); };
  auto acceptor = listen(executor, c.listen);
  say_hello(c, acceptor.local_endpoint());

  server one(std::move(acceptor), s);
  bool const in_time = co_await one.run();
  auto const left = fanout::all_tasks(executor).size() - 1; // but for this one
  fmt::print("gateway: {} requests answered, {} clients left before{}; {} connections and {} tasks "
             "are left\n",
             s.counts.requests(), s.counts.disconnects.Value(),
             in_time ? "" : ", and some requests had to be cancelled", s.open.size(), left);
}

int run_gateway(int argc, char** argv) {
  auto c = parse_options(argc, argv);
  if (!c) return EXIT_SUCCESS;
  std::optional<demo_upstreams> demo;
  if (c->upstreams.empty()) c->upstreams = demo.emplace(c->demo).configs();
  service s;
  s.settings = c->server;
  fanout::run([&] { return serve(*c, s); });
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run_gateway(argc, argv);
  } catch (usage_error const& e) {
    fmt::print(stderr, "gateway: {}\ngateway: try --help\n", e.what());
    return bad_usage;
  } catch (bad_config const& e) {
    fmt::print(stderr, "gateway: {}\n", e.what());
    return bad_usage;
  } catch (fanout::interrupted const& e) { // by the second signal
    fmt::print(stderr, "gateway: interrupted\n");
    return 128 + e.signal();
  } catch (std::exception const& e) {
    fmt::print(stderr, "gateway: {}\n", e.what());
    return EXIT_FAILURE;
  }
}
