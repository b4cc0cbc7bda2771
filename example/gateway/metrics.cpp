// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "metrics.hpp"

#include <prometheus/text_serializer.h>

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

/// In seconds.
prometheus::Histogram::BucketBoundaries const buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                      0.1,   0.25,   0.5,   1,    2.5,   5};

} // namespace

metrics::metrics()
    : requests_(BuildCounter()
                    .Name("gateway_requests_total")
                    .Help("Requests answered, by status")
                    .Register(registry_)),
      calls_(BuildCounter()
                 .Name("gateway_upstream_calls_total")
                 .Help("Calls to upstreams that have ended, by how")
                 .Register(registry_)),
      call_seconds_(BuildHistogram()
                        .Name("gateway_upstream_seconds")
                        .Help("Of calls to upstreams that have answered or failed")
                        .Register(registry_)),
      calls_now_(BuildGauge()
                     .Name("gateway_upstream_calls")
                     .Help("Calls to upstreams under way")
                     .Register(registry_)),
      hedges_(BuildCounter()
                  .Name("gateway_hedges_won_total")
                  .Help("Answers that came from another replica than the first")
                  .Register(registry_)),
      seconds_(BuildHistogram()
                   .Name("gateway_request_seconds")
                   .Help("From the end of a request to its answer")
                   .Register(registry_)
                   .Add({}, buckets)),
      connections(BuildGauge()
                      .Name("gateway_connections")
                      .Help("Open connections of clients")
                      .Register(registry_)
                      .Add({})),
      disconnects(BuildCounter()
                      .Name("gateway_disconnects_total")
                      .Help("Clients that left before their answer")
                      .Register(registry_)
                      .Add({})) {}

void metrics::answered(unsigned status, std::chrono::steady_clock::duration took) {
  auto& count = by_status_[status];
  if (!count) count = &requests_.Add({{"code", std::to_string(status)}});
  count->Increment();
  seconds_.Observe(std::chrono::duration<double>(took).count());
}

upstream_metrics metrics::of_upstream(std::string const& name) {
  auto const ended = [&](char const* how) -> prometheus::Counter& {
    return calls_.Add({{"upstream", name}, {"outcome", how}});
  };
  return {ended("ok"),
          ended("failed"),
          ended("timed_out"),
          ended("hedge_lost"),
          ended("client_left"),
          ended("cancelled"),
          call_seconds_.Add({{"upstream", name}}, buckets),
          calls_now_.Add({{"upstream", name}}),
          hedges_.Add({{"upstream", name}})};
}

std::string metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

double metrics::requests() const {
  double sum = 0;
  for (auto const& family : requests_.Collect())
    for (auto const& metric : family.metric) sum += metric.counter.value;
  return sum;
}
