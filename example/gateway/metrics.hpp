// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What is counted, and the page on which Prometheus reads it.

#ifndef FANOUT_EXAMPLE_GATEWAY_METRICS_HPP
#define FANOUT_EXAMPLE_GATEWAY_METRICS_HPP

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <map>
#include <string>

/// Of one upstream.
struct upstream_metrics {
  prometheus::Counter& ok;
  prometheus::Counter& failed;
  prometheus::Counter& timed_out;   // not there by the deadline
  prometheus::Counter& hedge_lost;  // another replica was faster
  prometheus::Counter& client_left; // before the answer
  prometheus::Counter& cancelled;   // at the end of the grace
  prometheus::Histogram& seconds;   // of those that have answered or failed
  prometheus::Gauge& now;
  prometheus::Counter& hedges_won; // answers of another replica than the first
};

class metrics {
public:
  metrics();

  void answered(unsigned status, std::chrono::steady_clock::duration took);
  upstream_metrics of_upstream(std::string const& name);

  /// In Prometheus' text format.
  std::string text() const;

  /// Requests that were answered, whatever the answer.
  double requests() const;

private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  std::map<unsigned, prometheus::Counter*> by_status_; // to find one takes the family longer
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  prometheus::Family<prometheus::Gauge>& calls_now_;
  prometheus::Family<prometheus::Counter>& hedges_;
  prometheus::Histogram& seconds_;

public:
  prometheus::Gauge& connections;
  prometheus::Counter& disconnects; // clients that left before their answer
};

#endif
