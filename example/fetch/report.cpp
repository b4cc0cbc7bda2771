// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "report.hpp"

#include "explain.hpp"
#include "foreign_text.hpp"
#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace {

using in_seconds = std::chrono::duration<double>;
using in_milliseconds = std::chrono::duration<double, std::milli>;

/// "http://a/ -> http://b/: Not Found (3 attempts)", "http://a/c, saved as d/c"
std::string last_cell(job const& j, fanout::result<answer> const& outcome) {
  std::string text = j.url;
  if (!j.redirected_to.empty()) text += " -> " + shortened(j.redirected_to);
  if (outcome.has_error())
    text += ": " + in_words(outcome.error(), j);
  else if (!outcome.value().file.empty())
    text += ", saved as " + outcome.value().file;
  if (j.attempts > 1) text += fmt::format(" ({} attempts)", j.attempts);
  return utf8(text);
}

std::vector<std::string> row(job const& j, fanout::result<answer> const& outcome) {
  auto const* got = find_answer(outcome);
  return {
      got ? std::to_string(got->status) : "-",
      got ? std::to_string(got->bytes) : "-",
      j.started ? fmt::format("{:.1f}", in_milliseconds(j.elapsed).count()) : "-",
      last_cell(j, outcome),
  };
}

} // namespace

std::size_t count_failed(report const& r) {
  auto const failed = [](auto const& outcome) { return outcome.has_error(); };
  return static_cast<std::size_t>(std::ranges::count_if(r.outcomes, failed));
}

answer const* find_answer(fanout::result<answer> const& outcome) {
  if (outcome.has_value()) return &outcome.value();
  try {
    std::rethrow_exception(outcome.error());
  } catch (bad_status const& e) {
    return &e.got; // the outcome keeps the exception alive
  } catch (...) {
    return nullptr;
  }
}

std::string to_table(report const& r) {
  using enum table::align;
  table rows({{"status", right}, {"bytes", right}, {"ms", right}, {"url", left}});
  in_seconds sum{};
  for (std::size_t i = 0; i < r.jobs.size(); ++i) {
    rows.add_row(row(r.jobs[i], r.outcomes[i]));
    sum += r.jobs[i].elapsed;
  }
  auto const failed = count_failed(r);
  return fmt::format("{}\n{} ok, {} failed, wall {:.2f} s, sum {:.2f} s, at most {} at once\n",
                     rows.str(), r.jobs.size() - failed, failed, in_seconds(r.wall).count(),
                     sum.count(), r.at_once);
}
