// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "report.hpp"

#include "explain.hpp"
#include "foreign_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace json = boost::json;

namespace {

using in_milliseconds = std::chrono::duration<double, std::milli>;

json::object object(job const& j, fanout::result<answer> const& outcome) {
  json::object o{{"url", utf8(j.url)}, {"ok", outcome.has_value()}};
  if (!j.redirected_to.empty()) o["redirected_to"] = utf8(j.redirected_to);
  if (auto const* got = find_answer(outcome)) {
    o["status"] = got->status;
    o["reason"] = utf8(got->reason);
    o["bytes"] = got->bytes;
  }
  if (outcome.has_error())
    o["error"] = utf8(in_words(outcome.error(), j));
  else if (!outcome.value().file.empty())
    o["file"] = utf8(outcome.value().file);
  if (j.started) {
    o["ms"] = in_milliseconds(j.elapsed).count();
    o["attempts"] = j.attempts;
  }
  return o;
}

} // namespace

std::string to_json(report const& r) {
  json::array results;
  for (std::size_t i = 0; i < r.jobs.size(); ++i)
    results.push_back(object(r.jobs[i], r.outcomes[i]));
  auto const failed = count_failed(r);
  json::object const document{
      {"results", std::move(results)},
      {"ok", r.jobs.size() - failed},
      {"failed", failed},
      {"wall_ms", in_milliseconds(r.wall).count()},
      {"at_once", r.at_once},
  };
  return json::serialize(document) + '\n';
}

std::string to_json_line(job const& j, fanout::result<answer> const& outcome) {
  return json::serialize(object(j, outcome)) + '\n';
}
