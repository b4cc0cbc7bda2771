// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "demo_upstreams.hpp"

#include <fanout/sleep.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
namespace json = boost::json;
using asio::ip::tcp;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_connections = 10'000;

answer reply(http::status status, json::value const& body) {
  answer a(status, 11);
  a.set(http::field::content_type, "application/json");
  a.body() = json::serialize(body);
  return a;
}

/// What follows the last '=' of the target, and the upstream's name before it.
json::value made_up(std::string_view target) {
  auto const symbol = target.substr(target.rfind('=') + 1);
  unsigned sum = 0;
  for (char const c : symbol) sum = sum * 31 + static_cast<unsigned char>(c);
  if (target.starts_with("/price")) return {{"price", 10 + sum % 490}};
  if (target.starts_with("/rating")) return {{"rating", sum % 5 + 1}};
  return {{"headline", fmt::format("{} is in the news", symbol)}};
}

} // namespace

/// Under way from its construction to its destruction. Cancelled unless it says that it has
/// finished.
class demo_upstreams::call {
public:
  explicit call(demo_upstreams& of) : of_(of) { ++of_.started_; }
  call(call const&) = delete;
  ~call() {
    ++of_.ended_;
    if (!finished_) ++of_.cancelled_;
  }

  void finished() { finished_ = true; }

private:
  demo_upstreams& of_;
  bool finished_ = false;
};

demo_upstreams::demo_upstreams(demo_config const& c)
    : config_(c), work_(context_.get_executor()), servers_(context_, fanout::keep_going) {
  service_.settings.connections = most_connections;
  service_.settings.grace = 1ms;
  service_.handle = {[](request const&) { return std::nullopt; },
                     [this](exchange const& e) { return reply_to(e.asked); }};
  add("price", 2);
  add("news", 1);
  add("rating", 1);
  thread_ = std::thread([this] { context_.run(); });
}

// What is thrown here ends the demo. NOLINTNEXTLINE(bugprone-exception-escape)
demo_upstreams::~demo_upstreams() {
  servers_.cancel();
  work_.reset();
  thread_.join();
}

void demo_upstreams::add(std::string name, std::size_t replicas) {
  upstream_config u;
  u.path = fmt::format("/{}?symbol={{symbol}}", name);
  u.name = std::move(name);
  u.limit = 1000;
  for (std::size_t i = 0; i < replicas; ++i) {
    tcp::acceptor acceptor(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    auto const here = acceptor.local_endpoint();
    auto port = std::to_string(here.port());
    u.replicas.push_back({"127.0.0.1:" + port, "127.0.0.1", std::move(port), {here}});
    auto const serve = [](tcp::acceptor a, service& s) -> asio::awaitable<void> {
      server one(std::move(a), s);
      co_await one.run();
    };
    servers_.create_task(serve(std::move(acceptor), service_));
  }
  configs_.push_back(std::move(u));
}

asio::awaitable<answer> demo_upstreams::reply_to(request const& asked) {
  if (asked.target() == "/stats")
    co_return reply(http::status::ok,
                    {{"started", started_}, {"ended", ended_}, {"cancelled", cancelled_}});
  call c(*this);
  co_await fanout::sleep(next_latency());
  c.finished();
  if (happens(config_.failing_share))
    co_return reply(http::status::service_unavailable, {{"error", "out of order"}});
  co_return reply(http::status::ok, made_up(asked.target()));
}

milliseconds demo_upstreams::next_latency() {
  if (happens(config_.stuck_share)) return config_.stuck;
  std::uniform_int_distribution<milliseconds::rep> between(config_.fastest.count(),
                                                           config_.slowest.count());
  return milliseconds(between(random_));
}

bool demo_upstreams::happens(double share) { return std::bernoulli_distribution(share)(random_); }
