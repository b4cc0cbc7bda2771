// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "server.hpp"

#include "addresses.hpp"
#include "session.hpp"

#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>
#include <fanout/text.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

/// A connection is counted from its construction to its destruction, however it ends.
class counted {
public:
  explicit counted(service& s) : service_(s) {
    ++service_.connections;
    if (service_.counts) service_.counts->connections.Increment();
  }
  counted(counted const&) = delete;
  ~counted() {
    --service_.connections;
    if (service_.counts) service_.counts->connections.Decrement();
  }

private:
  service& service_;
};

/// Connections are wanted from its construction to its destruction.
class crowd {
public:
  explicit crowd(service& s) : service_(s) { service_.crowded = true; }
  crowd(crowd const&) = delete;
  ~crowd() { service_.crowded = false; }

private:
  service& service_;
};

asio::awaitable<void> serve(tcp::socket socket, std::string client, service& s,
                            std::unique_ptr<counted>) {
  try {
    session one(std::move(socket), std::move(client), s);
    co_await one.serve();
  } catch (fanout::deadline_exceeded const&) {
    // It had nothing more to ask, or did not take its answer.
  } catch (boost::system::system_error const&) {
    // The client has left, or the gateway stops: there is nothing to tell.
  }
}

std::string name_of(tcp::socket const& socket) {
  boost::system::error_code gone;
  auto const client = socket.remote_endpoint(gone);
  if (gone) return "a client that has gone";
  return text_of(client);
}

auto told_to(service& s) {
  return [&s](std::string_view client, std::exception_ptr const& error) {
    if (s.log) s.log->trouble(fmt::format("{}: {}", client, fanout::describe(error)));
  };
}

/// Whether it ends by itself until then. It is cancelled if not.
template <class Operation>
asio::awaitable<bool> ends_by(clock::time_point until, Operation work) {
  try {
    co_await fanout::timeout(until - clock::now(), std::move(work));
    co_return true;
  } catch (fanout::deadline_exceeded const&) {
    co_return false;
  }
}

} // namespace

server::server(tcp::acceptor acceptor, service& s)
    : acceptor_(std::move(acceptor)), service_(s),
      connections_(acceptor_.get_executor(), fanout::keep_going, fanout::on_error(told_to(s)),
                   fanout::limit(s.settings.connections)) {
  acceptor_.non_blocking(true);
}

asio::awaitable<void> server::run() {
  try {
    co_await accept_and_sweep();
  } catch (boost::system::system_error const& e) {
    if (!fanout::is_cancelled(e.code())) throw;
  }
  co_await asio::this_coro::reset_cancellation_state(); // there is still something to wait for
  service_.ready = false;
  // A client has to learn first that no more requests are wanted.
  if (service_.settings.delay.count() > 0)
    co_await ends_by(clock::now() + service_.settings.delay, accept_and_sweep());
  co_await drain();
}

asio::awaitable<void> server::accept_and_sweep() {
  auto both = fanout::gather(accept(), close_what_is_idle(), fanout::cancel_on_error);
  co_await std::move(both);
}

/// Ends the waits that take too long: the longest one is the first of the list.
asio::awaitable<void> server::close_what_is_idle() {
  auto const limit = service_.settings.session.idle;
  for (;;) {
    co_await fanout::sleep(std::clamp<clock::duration>(limit / 4, 10ms, 1s));
    for (auto* one : service_.idle) {
      if (clock::now() - one->idle_since() < limit) break;
      one->close_if_idle();
    }
  }
}

/// Nothing is waited for between two connections that have come: a turn of the context is long when
/// there is a lot to do, and the queue of the system would overflow.
asio::awaitable<void> server::accept() {
  for (;;) {
    co_await acceptor_.async_wait(tcp::acceptor::wait_read, asio::deferred);
    co_await accept_what_waits();
  }
}

asio::awaitable<void> server::accept_what_waits() {
  acceptor_.wait(tcp::acceptor::wait_read, trouble_); // the last one may be told of twice
  if (trouble_ == asio::error::would_block) co_return;
  co_await wait_for_room();
  while (accept_one() && has_room()) {
  }
  if (!trouble_ || trouble_ == asio::error::would_block) co_return;
  if (service_.log) service_.log->trouble("accept failed: " + trouble_.message());
  close_longest_idle(); // no more files, as a rule: others have to end first
  co_await fanout::sleep(100ms);
}

bool server::has_room() const { return service_.connections < service_.settings.connections; }

/// The connection that has been idle for the longest time makes room for a new one. If none is
/// idle, the first one does that has been answered.
asio::awaitable<void> server::wait_for_room() {
  if (has_room()) co_return;
  std::optional<crowd> none_is_idle;
  if (!close_longest_idle()) none_is_idle.emplace(service_);
  co_await connections_.slot();
}

/// Whether there was one.
bool server::close_longest_idle() {
  auto const longest = std::ranges::find_if(service_.idle, [](auto* s) { return !s->has_input(); });
  if (longest == service_.idle.end()) return false;
  (*longest)->close_if_idle();
  return true;
}

bool server::accept_one() {
  tcp::socket socket(acceptor_.get_executor());
  acceptor_.accept(socket, trouble_);
  if (trouble_ == asio::error::connection_aborted) return true; // it has left already
  if (trouble_) return false;
  boost::system::error_code gone;
  socket.set_option(tcp::no_delay(true), gone);
  auto client = name_of(socket);
  auto here = std::make_unique<counted>(service_);
  auto one = serve(std::move(socket), client, service_, std::move(here));
  connections_.create_task(std::move(one), std::move(client));
  return true;
}

asio::awaitable<void> server::drain() {
  auto const until = clock::now() + service_.settings.grace;
  service_.stopping = true;
  for (auto* one : service_.idle) one->close_if_idle();
  bool const all_taken = co_await ends_by(until, accept_the_rest());
  acceptor_.close();
  if (!all_taken) connections_.cancel();
  co_await ends_by(until, connections_.join()); // cancels them if not
}

/// What waits in the system's queue by now has come too: to close the queue would be to reset it.
asio::awaitable<void> server::accept_the_rest() {
  do co_await accept_what_waits();
  while (trouble_ != asio::error::would_block);
}
