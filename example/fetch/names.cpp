// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "names.hpp"

#include <fanout/create_task.hpp>
#include <fanout/shield.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Each look-up that hangs keeps one of them.
constexpr std::size_t threads = 32;

struct counted_down {
  std::atomic<int>& count;
  ~counted_down() { --count; }
};

} // namespace

/// The system's resolver blocks and cannot be stopped, so the wait for it is shielded: a deadline
/// ends the wait, and the look-up goes on by itself, for other requests for the same name.
asio::awaitable<names::endpoints> names::look_up(std::string const& host, std::uint16_t port) {
  auto const service = std::to_string(port);
  boost::system::error_code no_address;
  auto const address = asio::ip::make_address(host, no_address);
  if (!no_address) co_return endpoints::create(tcp::endpoint(address, port), host, service);

  auto wait = fanout::shield(start(host, service));
  auto const all = co_await std::move(wait);
  if (all.error) throw boost::system::system_error(all.error);
  co_return all.where;
}

/// On threads of our own: the one thread that async_resolve has would let a name that hangs hold up
/// all the names behind it.
fanout::future<names::found> names::start(std::string const& host, std::string const& port) {
  auto const key = host + ':' + port;
  if (auto const known = lookups_.find(key); known != lookups_.end()) {
    auto const& lookup = known->second;
    bool const worth_another =
        lookup.done() && lookup.result().error == asio::error::host_not_found_try_again;
    if (!worth_another) return lookup;
    lookups_.erase(known);
  }
  if (!threads_) threads_.emplace(threads);
  ++busy_;
  return lookups_.emplace(key, fanout::create_task(*threads_, resolve(host, port), host))
      .first->second;
}

asio::awaitable<names::found> names::resolve(std::string host, std::string port) {
  counted_down const at_the_end{busy_};
  tcp::resolver resolver(co_await asio::this_coro::executor);
  found f;
  f.where = resolver.resolve(host, port, tcp::resolver::numeric_service, f.error);
  co_return f;
}
