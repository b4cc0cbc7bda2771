// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "server.hpp"

#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>
#include <fanout/text.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

/// A connection is listed and counted from its construction to its destruction, however it ends.
class listed {
public:
  listed(service& s, session& one) : service_(s), session_(one) {
    service_.open.insert(&session_);
    service_.counts.connections.Increment();
  }
  listed(listed const&) = delete;
  ~listed() {
    service_.open.erase(&session_);
    service_.counts.connections.Decrement();
  }

private:
  service& service_;
  session& session_;
};

asio::awaitable<void> serve(tcp::socket socket, service& s) {
  if (s.stopping) co_return; // it was accepted in the last moment
  session one(std::move(socket), s.settings.session, s.handle, s.counts);
  listed const here(s, one);
  try {
    co_await one.serve();
  } catch (fanout::deadline_exceeded const&) {
    // It had nothing more to ask, or did not take its answer.
  } catch (boost::system::system_error const&) {
    // The client has left, or we are to stop: there is nobody to tell.
  }
}

std::string name_of(tcp::socket const& socket) {
  boost::system::error_code gone;
  auto const client = socket.remote_endpoint(gone);
  return gone ? "a client that has gone"
              : fmt::format("{}:{}", client.address().to_string(), client.port());
}

void print_failure(std::string_view client, std::exception_ptr const& error) {
  fmt::print(stderr, "gateway: {}: {}\n", client, fanout::describe(error));
}

} // namespace

server::server(tcp::acceptor acceptor, service& s)
    : acceptor_(std::move(acceptor)), service_(s),
      connections_(acceptor_.get_executor(), fanout::keep_going, fanout::on_error(print_failure),
                   fanout::limit(s.settings.connections)) {}

asio::awaitable<bool> server::run() {
  try {
    co_await accept();
  } catch (boost::system::system_error const& e) {
    if (!fanout::is_cancelled(e.code())) throw;
  }
  co_await asio::this_coro::reset_cancellation_state(); // there is still something to wait for
  co_return co_await drain();
}

/// One loop accepts one connection in each turn of the context, and turns are long when there is a
/// lot to do: the queue of the system would overflow.
asio::awaitable<void> server::accept() {
  constexpr int loops = 32;
  auto const loop = [this](int) { return accept_one_by_one(); };
  auto all = fanout::gather(std::views::iota(0, loops) | std::views::transform(loop),
                            fanout::cancel_on_error);
  co_await std::move(all);
}

asio::awaitable<void> server::accept_one_by_one() {
  for (;;) {
    co_await connections_.slot();
    std::optional<tcp::socket> socket;
    while (!socket) {
      auto [error, accepted] = co_await acceptor_.async_accept(asio::as_tuple(asio::deferred));
      if (!error)
        socket = std::move(accepted);
      else if (fanout::is_cancelled(error))
        throw boost::system::system_error(error);
      else if (error != asio::error::connection_aborted)
        co_await fanout::sleep(100ms); // no more files, as a rule: others have to end first
    }
    boost::system::error_code gone;
    socket->set_option(tcp::no_delay(true), gone);
    auto name = name_of(*socket);
    connections_.create_task(serve(std::move(*socket), service_), std::move(name));
  }
}

asio::awaitable<bool> server::drain() {
  acceptor_.close();
  service_.stopping = true;
  for (auto* one : service_.open) one->stop();
  try {
    co_await fanout::timeout(service_.settings.grace, connections_.join());
    co_return true;
  } catch (fanout::deadline_exceeded const&) { // which has cancelled them, and they have ended
    co_return false;
  }
}
