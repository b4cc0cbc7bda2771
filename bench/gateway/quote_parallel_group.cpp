// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// example/gateway/quote.cpp with what Asio has: parallel_group, awaitable_operators, timers, and a
// channel for the limits. Linked with all the other parts of the gateway, to be compared with it.

#include "quote.hpp"

#include <fanout/error.hpp> // for deadline_exceeded, by which the others know what has happened

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace asio = boost::asio;
namespace json = boost::json;
using namespace asio::experimental::awaitable_operators;
using boost::system::error_code;

namespace {

using places = asio::experimental::channel<void(error_code)>; // each message takes a place

class place {
public:
  explicit place(std::shared_ptr<places> of) : of_(std::move(of)) {}
  place(place const&) = delete;
  ~place() {
    of_->try_receive([](error_code) {});
  }

private:
  std::shared_ptr<places> of_; // it may outlive the quotes when the context is destroyed
};

/// The first replica is asked, and the next one as well if that takes long or fails.
class hedged_read {
public:
  hedged_read(upstream& from, question const& q) : from_(from), question_(q) {}

  asio::awaitable<json::value> run() {
    auto value = co_await ask_from(0);
    if (answered_ > 0) from_.counts.hedges_won.Increment();
    co_return value;
  }

  /// Why there was no answer.
  std::string const& words() const { return words_; }

private:
  asio::awaitable<json::value> ask_from(std::size_t i) {
    if (i + 1 == from_.replicas.size()) co_return co_await ask(i, nullptr);
    asio::steady_timer head_start(co_await asio::this_coro::executor, from_.config.hedge_after);
    auto either = co_await (ask(i, &head_start) || ask_after(head_start, i + 1));
    co_return std::visit([](auto& value) { return std::move(value); }, either);
  }

  asio::awaitable<json::value> ask_after(asio::steady_timer& head_start, std::size_t i) {
    co_await head_start.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return co_await ask_from(i);
  }

  asio::awaitable<json::value> ask(std::size_t i, asio::steady_timer* head_start) {
    try {
      auto value = co_await from_.replicas[i].ask(question_);
      answered_ = i;
      co_return value;
    } catch (failure const& e) {
      words_ += (words_.empty() ? "" : "; ") + std::string(e.what());
      // Also if nothing waits for it yet.
      if (head_start) head_start->expires_at(asio::steady_timer::time_point::min());
      throw;
    }
  }

  upstream& from_;
  question question_;
  std::size_t answered_ = 0;
  std::string words_;
};

} // namespace

struct quotes::source {
  explicit source(upstream& u) : from(u) {}

  upstream& from;
  std::shared_ptr<places> free; // made with the first request, which knows the executor
};

quotes::quotes(std::vector<std::unique_ptr<upstream>> const& upstreams,
               std::chrono::milliseconds deadline, admission const& a)
    : deadline_(deadline), admission_(a) {
  for (auto const& u : upstreams) sources_.push_back(std::make_unique<source>(*u));
}

quotes::~quotes() = default;

namespace {

/// Never throws what an upstream is to blame for.
asio::awaitable<void> read_into(reading& result, std::shared_ptr<places> free, upstream& from,
                                question q) {
  hedged_read one(from, q);
  try {
    co_await free->async_send(error_code(), asio::use_awaitable);
    place const here(free);
    result = co_await one.run();
    co_return;
  } catch (...) {
    result = std::make_exception_ptr(failure(one.words()));
  }
  auto const state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    result = std::make_exception_ptr(fanout::deadline_exceeded());
}

template <class Operation>
asio::awaitable<void> wait_for_all(std::vector<Operation> all) {
  auto group = asio::experimental::make_parallel_group(std::move(all));
  co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
}

} // namespace

asio::awaitable<std::vector<std::vector<reading>>> quotes::read_all(
    std::vector<std::string> const& symbols, exchange const& e) {
  auto const executor = co_await asio::this_coro::executor;
  auto const until = std::chrono::steady_clock::now() + deadline_;
  auto const spawn = [&](asio::awaitable<void> one) {
    return asio::co_spawn(executor, std::move(one), asio::deferred);
  };
  std::vector<std::vector<reading>> results(sources_.size());
  std::vector<decltype(spawn(std::declval<asio::awaitable<void>>()))> all;
  all.reserve(sources_.size() * symbols.size());
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto& from = *sources_[i];
    if (!from.free) from.free = std::make_shared<places>(executor, from.from.config.limit);
    results[i].assign(symbols.size(), reading(std::exception_ptr()));
    for (std::size_t s = 0; s < symbols.size(); ++s)
      all.push_back(spawn(read_into(results[i][s], from.free, from.from, {symbols[s], e, until})));
  }

  asio::steady_timer deadline(executor, deadline_);
  try {
    co_await (wait_for_all(std::move(all)) || deadline.async_wait(asio::use_awaitable));
  } catch (asio::multiple_exceptions const&) { // both were cancelled
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return results;
}
