//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "policies.hpp"

#include <fanout/as_completed.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace verbs {

namespace {

// What the body of a group does.
running body_of(world& all, work const& w, fanout::task_group& group) {
  all.check_start(w);
  std::vector<fanout::future<value>> tasks;
  for (node const& step : w.steps) {
    if (step.head == "spawn") {
      auto const& part = w.parts.at(std::size_t(step.items.at(0).number()));
      tasks.push_back(group.create_task(run(all, part, &group)));
      all.check_task(w, part);
    } else if (step.head == "pause") {
      co_await fanout::sleep<clock>(milliseconds(step.items.at(0).number()));
    } else if (step.head == "slot") {
      co_await group.slot();
      all.say(w, "has a slot");
    } else if (step.head == "wait") {
      value const end = co_await tasks.at(std::size_t(step.items.at(0).number()));
      all.say(w, "waited for " + end);
    } else if (step.head == "cancel") {
      tasks.at(std::size_t(step.items.at(0).number())).cancel();
    } else if (step.head == "stop") {
      group.cancel();
    } else {
      throw std::invalid_argument("a body does not (" + step.head + ")");
    }
  }
  all.say(w, "body ends");
  co_return "group";
}

template <class Operation>
running group_of(Operation operation) {
  co_return co_await std::move(operation);
}

// The stream as the consumer sees it. After a request it closes the stream, and ends.
template <class Stream>
running consume(world& all, work const& w, Stream stream) {
  auto const most = w.setting("take").value_or(1000);
  auto const busy = w.setting("busy");
  long taken = 0;
  std::exception_ptr error;
  try {
    while (taken < most) {
      auto const next = co_await stream.next();
      if (!next) break;
      ++taken;
      all.say(w, "next " + std::to_string(next->index) + " " + text_of(next->result));
      if (busy) co_await fanout::sleep<clock>(milliseconds(*busy));
    }
  } catch (...) {
    error = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await stream.close();
  if (error) std::rethrow_exception(error);
  co_return "stream" + std::to_string(taken);
}

} // namespace

running run_group(world& all, work const& w) {
  if (w.setting("limiter")) throw std::invalid_argument("a group takes no limiter");
  return with_times(all, w, [&](auto... policies) -> running {
    auto body = [&all, &w](fanout::task_group& group) { return body_of(all, w, group); };
    if (w.has("keep_going") && !all.broken("failures_end_groups")) {
      auto const say_failure = [&all, &w](std::string const&, std::exception_ptr const& error) {
        all.say(w, "failure " + text_of(error));
      };
      return group_of(fanout::with_task_group(std::move(body), policies..., fanout::keep_going,
                                              fanout::on_error(say_failure)));
    }
    return group_of(fanout::with_task_group(std::move(body), policies...));
  });
}

running run_stream(world& all, work const& w, scope group) {
  return with_policies(all, w, [&](auto... policies) -> running {
    return consume(all, w, fanout::as_completed(children_of(all, w, group), policies...));
  });
}

} // namespace verbs
