// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// gateway: an HTTP server that answers by asking several others at once.
//
// What it shows stands in quote.cpp, the fan-out of one request; session.cpp, a client that leaves
// ends the work that is done for it; and server.cpp, connections as tasks of a group, and their
// end.

#include "admission.hpp"
#include "demo_upstreams.hpp"
#include "health.hpp"
#include "open_files.hpp"
#include "options.hpp"
#include "routes.hpp"
#include "server.hpp"

#include <fanout/all_tasks.hpp>
#include <fanout/error.hpp>
#include <fanout/run.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr int bad_usage = 2;
constexpr std::size_t admin_connections = 100;

tcp::acceptor listen(asio::any_io_executor const& executor, tcp::endpoint const& where,
                     std::string_view option) try {
  return {executor, where};
} catch (boost::system::system_error const& e) {
  throw std::runtime_error(
      fmt::format("cannot listen on {}: {}: see {}", text_of(where), e.code().message(), option));
}

void say_hello(config const& c, journal& log, tcp::endpoint const& here,
               tcp::endpoint const& admin) {
  for (auto const& u : c.upstreams) {
    std::string replicas;
    for (auto const& replica : u.replicas) replicas += ' ' + replica.name;
    log.say(fmt::format("{} from{}", u.name, replicas));
  }
  log.say(fmt::format("health and metrics at http://{}/metrics", text_of(admin)));
  log.say(fmt::format("try curl 'http://{}/quote?symbols=AAPL,MSFT'", text_of(here)));
}

/// Files are sockets, as good as all of them: of clients, of the idle connections that pools keep
/// and of those that are used, and some of our own. Where there are too few, clients get fewer, so
/// that upstreams, and the port for health, have theirs.
void provide_files(config& c, journal& log) {
  constexpr std::size_t own = 64;
  std::size_t needed = c.server.connections + admin_connections + own;
  for (auto const& u : c.upstreams) needed += 2 * u.limit * u.replicas.size();
  auto const allowed = raise_open_files(needed);
  if (!allowed) return;
  auto const others = std::min(needed - c.server.connections, *allowed / 2);
  c.server.connections = *allowed - others;
  log.trouble(fmt::format("the limits need {} open files, and `ulimit -Hn` allows {}: clients have "
                          "{} connections",
                          needed, *allowed, c.server.connections));
}

/// What runs beside the clients: it ends when they have gone, whatever happens.
asio::awaitable<void> serve_clients(server& clients, fanout::task_group& beside) {
  std::exception_ptr failed;
  try {
    co_await clients.run();
  } catch (...) {
    failed = std::current_exception();
  }
  beside.cancel();
  co_await beside.join();
  if (failed) std::rethrow_exception(failed);
}

/// From the first connection to the last.
asio::awaitable<void> serve(config const& c, service& s, service& admin, admission& a) {
  auto const executor = co_await asio::this_coro::executor;
  routes const r(c, s, a);
  health const h(s);
  s.handle = r.handle();
  admin.handle = h.handle();
  auto acceptor = listen(executor, c.listen, "--port");
  auto admin_acceptor = listen(executor, c.admin, "--admin-port");
  say_hello(c, *s.log, acceptor.local_endpoint(), admin_acceptor.local_endpoint());

  server clients(std::move(acceptor), s), machines(std::move(admin_acceptor), admin);
  fanout::task_group beside(executor, fanout::keep_going);
  beside.create_task(a.watch());
  beside.create_task(machines.run());
  co_await serve_clients(clients, beside);
  auto const left = fanout::all_tasks(executor).size() - 1; // but for this one
  s.log->say(fmt::format("{} requests answered, {} clients left before{}; {} connections "
                         "and {} tasks are left",
                         s.counts->requests(), s.counts->disconnects.Value(),
                         s.cut_off == 0 ? "" : ", and some requests had to be cancelled",
                         s.connections, left));
}

/// An answer takes several turns of the loop. If each is late by a fortieth of the deadline, there
/// is time enough, and a refusal takes 10 ms at most where the deadline is a quarter of a second.
milliseconds tolerable_lateness(config const& c) { return std::max(c.deadline / 40, 5ms); }

int run_gateway(int argc, char** argv) {
  auto c = parse_options(argc, argv);
  if (!c) return EXIT_SUCCESS;
  std::optional<demo_upstreams> demo;
  if (c->upstreams.empty()) c->upstreams = demo.emplace(c->demo).configs();
  journal log(c->log);
  provide_files(*c, log);
  metrics counts;
  service s, admin;
  s.settings = c->server;
  s.counts = &counts;
  s.log = &log;
  admin.settings.connections = admin_connections;
  admin.settings.grace = 100ms;
  admin.settings.session.request = 1s;
  admission a(c->requests, tolerable_lateness(*c));
  fanout::run([&] { return serve(*c, s, admin, a); });
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  open_standard_files();
  std::signal(SIGPIPE, SIG_IGN); // a reader of the log that has gone ends nothing,
  std::signal(SIGXFSZ, SIG_IGN); // nor does a file that may not grow
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
