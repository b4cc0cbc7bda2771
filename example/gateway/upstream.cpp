// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "upstream.hpp"

#include <fanout/result.hpp>

#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace {

using clock = std::chrono::steady_clock;

/// A call is under way from its construction to its destruction. It was cancelled unless something
/// else is known.
class call {
public:
  explicit call(upstream_metrics const& counts) : counts_(counts), outcome_(&counts.cancelled) {
    counts_.now.Increment();
  }
  call(call const&) = delete;
  ~call() {
    counts_.now.Decrement();
    outcome_->Increment();
  }

  void ok() { has_ended(counts_.ok); }
  void failed() { has_ended(counts_.failed); }

  void cancelled(question const& q) {
    if (q.answered)
      outcome_ = &counts_.hedge_lost;
    else if (q.of.client_left)
      outcome_ = &counts_.client_left;
    else if (clock::now() >= q.until)
      outcome_ = &counts_.timed_out;
  }

private:
  void has_ended(prometheus::Counter& how) {
    outcome_ = &how;
    counts_.seconds.Observe(std::chrono::duration<double>(clock::now() - start_).count());
  }

  upstream_metrics counts_;
  prometheus::Counter* outcome_;
  clock::time_point const start_ = clock::now();
};

std::unique_ptr<protocol> speak(address where, upstream_config const& of) {
#ifdef GATEWAY_HAS_GRPC
  if (of.kind == upstream_kind::grpc) return speak_grpc(where, of);
#endif
  return speak_http(std::move(where), of);
}

} // namespace

replica::replica(address where, upstream_config const& of, upstream_metrics const& counts)
    : protocol_(speak(std::move(where), of)), counts_(counts) {}

asio::awaitable<boost::json::value> replica::ask(question& q) {
  call c(counts_);
  try {
    auto value = co_await protocol_->ask(q);
    c.ok();
    q.answered = true;
    co_return value;
  } catch (failure const&) {
    c.failed();
    throw;
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) c.cancelled(q);
    throw;
  }
}

upstream::upstream(upstream_config const& c, metrics& m)
    : config(c), counts(m.of_upstream(c.name)) {
  for (auto const& where : c.replicas) replicas.emplace_back(where, c, counts);
}
