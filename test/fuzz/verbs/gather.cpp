//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "policies.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace verbs {

namespace {

std::string text_of_all(std::vector<std::string> texts, world const& all) {
  if (all.broken("results_reversed")) texts = {texts.rbegin(), texts.rend()};
  std::string text;
  for (auto const& each : texts) text += (text.empty() ? "" : ",") + each;
  return "[" + text + "]";
}

// An operation as a coroutine, so that all kinds have one type.
template <class Operation>
running values_of(world& all, Operation operation) {
  std::vector<value> const values = co_await std::move(operation);
  co_return text_of_all(values, all);
}

template <class Operation>
running results_of(world& all, Operation operation) {
  auto const results = co_await std::move(operation);
  std::vector<std::string> texts;
  for (auto const& each : results) texts.push_back(text_of(each));
  co_return text_of_all(std::move(texts), all);
}

} // namespace

running run_gather(world& all, work const& w, scope group) {
  return with_policies(all, w, [&](auto... policies) -> running {
    auto children = children_of(all, w, group);
    auto const say_late = [&all, &w](std::size_t index, std::exception_ptr const& error) {
      if (!all.broken("late_errors_untold"))
        all.say(w, "late " + std::to_string(index) + " " + text_of(error));
    };
    if (w.has("keep_results") && !all.broken("results_not_kept"))
      return results_of(all, fanout::gather(std::move(children), policies...,
                                            fanout::return_exceptions, fanout::keep_results));
    if (w.has("return_exceptions") || w.has("keep_results"))
      return results_of(
          all, fanout::gather(std::move(children), policies..., fanout::return_exceptions));
    if (w.has("stragglers") && group)
      return values_of(
          all, fanout::gather(std::move(children), policies..., fanout::stragglers(*group)));
    return values_of(
        all, fanout::gather(std::move(children), policies..., fanout::on_late_error(say_late)));
  });
}

} // namespace verbs
