// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "quote_json.hpp"

#include <fanout/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <exception>

namespace json = boost::json;

namespace {

std::string words_for(std::exception_ptr const& error);

std::string words_for(fanout::all_failed const& e) {
  std::string words;
  for (auto const& one : e.failures())
    words += (words.empty() ? "" : "; ") + words_for(one.exception);
  return words;
}

std::string words_for(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (fanout::all_failed const& e) {
    return words_for(e);
  } catch (std::exception const& e) {
    return e.what();
  }
}

json::object to_json(reading const& r) {
  if (r) return {{"status", "ok"}, {"value", *r}};
  if (fanout::is_timed_out(r)) return {{"status", "timed out"}};
  return {{"status", "failed: " + words_for(r.error())}};
}

} // namespace

answer to_answer(std::vector<std::vector<reading>> const& all,
                 std::vector<std::unique_ptr<upstream>> const& upstreams,
                 std::vector<std::string> const& symbols) {
  std::size_t good = 0;
  json::object of_symbols;
  for (std::size_t s = 0; s < symbols.size(); ++s) {
    json::object of_upstreams;
    for (std::size_t u = 0; u < upstreams.size(); ++u) {
      of_upstreams[upstreams[u]->config.name] = to_json(all[u][s]);
      if (all[u][s]) ++good;
    }
    of_symbols[symbols[s]] = std::move(of_upstreams);
  }
  bool const complete = good == symbols.size() * upstreams.size();

  answer a(good > 0 ? http::status::ok : http::status::gateway_timeout, 11);
  a.set(http::field::content_type, "application/json");
  a.body() = json::serialize(json::object{{"complete", complete}, {"symbols", of_symbols}}) + '\n';
  return a;
}
