//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With return_exceptions an error is a result like any other. All children are awaited, so none of
// them outlives the gather and they may refer to locals.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/text.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <ranges>
#include <stdexcept>
#include <vector>

using boost::asio::awaitable;
using namespace std::chrono_literals;

struct fraction {
  double x, y;
};

awaitable<double> divide(fraction const& f) {
  fmt::print("dividing {} by {}\n", f.x, f.y);
  co_await fanout::sleep(40ms);
  if (f.y == 0) throw std::domain_error("cannot divide by zero");
  co_return f.x / f.y;
}

awaitable<void> async_main() {
  // [return_exceptions]
  std::vector<fraction> const fractions{{10, 2}, {20, 0}, {30, 5}};
  std::vector<fanout::result<double>> const results =
      co_await fanout::gather(fractions | std::views::transform(divide), fanout::return_exceptions);

  for (auto const& r : results) {
    if (r)
      fmt::print("result: {}\n", *r);
    else
      fmt::print("error: {}\n", fanout::describe(r.error()));
  }
  // [end]

  try {
    results[1].value();
  } catch (std::domain_error const& e) { // the exception that the child threw
    fmt::print("thrown again: {}\n", e.what());
  }
}

int main() { fanout::run(async_main()); }
