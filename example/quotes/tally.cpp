// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "tally.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <utility>

namespace {

using std::chrono::steady_clock;

/// Of the clock that all processes of a machine share.
std::int64_t microseconds(steady_clock::time_point t) {
  return std::chrono::duration_cast<std::chrono::microseconds>(t.time_since_epoch()).count();
}

} // namespace

tally::call::call(tally& of, std::string symbol, steady_clock::time_point until)
    : of_(of), symbol_(std::move(symbol)), until_(until), begun_(steady_clock::now()) {
  ++of_.begun_;
}

tally::call::~call() {
  if (!finished_) ++of_.cancelled_;
  ++of_.ended_;
  if (!of_.logs_) return;
  try {
    boost::json::object const line{{"symbol", symbol_},
                                   {"ended", finished_ ? "finished" : "cancelled"},
                                   {"begun_us", microseconds(begun_)},
                                   {"until_us", microseconds(until_)},
                                   {"ended_us", microseconds(steady_clock::now())}};
    fmt::print("{}\n", boost::json::serialize(line));
    std::fflush(stdout);
  } catch (std::exception const&) { // a log that cannot be written ends nothing
  }
}

void tally::tell(fanout_example::Counts& to) const {
  to.set_begun(begun_);
  to.set_ended(ended_);
  to.set_cancelled(cancelled_);
}
