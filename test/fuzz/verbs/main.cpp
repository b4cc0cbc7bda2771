//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Reads programs, one a line, and prints the trace of each. README.md has the language.
//
//   fanout_verbs [--break RULE] < programs

#include "world.hpp"

#include <fanout/all_tasks.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fanout/sleep.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <list>
#include <string>
#include <utility>
#include <vector>

namespace verbs {

std::string text_of(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (leaf_error const& e) {
    return std::string("!") + e.what();
  } catch (fanout::deadline_exceeded const&) {
    return "!deadline";
  } catch (fanout::all_failed const& e) {
    std::string text;
    for (auto const& each : e.failures())
      text +=
          (text.empty() ? "" : ",") + std::to_string(each.index) + ":" + text_of(each.exception);
    return "!failed(" + text + ")";
  } catch (fanout::invalid_state const&) {
    return "!invalid_state";
  } catch (std::exception const& e) {
    return fanout::is_cancelled(error) ? "!cancelled" : std::string("!other: ") + e.what();
  }
}

std::string text_of(fanout::result<value> const& end) { return end ? *end : text_of(end.error()); }

world::world(program const& p, std::string broken_rule)
    : what(p), states(p.works.size()), held(p.limiters.size()), broken_(std::move(broken_rule)) {
  for (long places : p.limiters) limiters.emplace_back(places);
}

void world::say(std::string const& name, std::string const& text) {
  auto const passed = std::chrono::round<milliseconds>(clock::now() - begin_);
  trace.push_back(std::to_string(passed.count()) + " " + name + " " + text);
}

bool world::is_target(work const& w) const {
  return std::any_of(what.requests.begin(), what.requests.end(),
                     [&](request const& r) { return r.target == w.id; }) ||
         std::any_of(what.works.begin(), what.works.end(),
                     [&](work const* leaf) { return leaf->setting("asks") == w.id; });
}

void world::violated(std::string const& rule, work const& w) {
  violations.push_back(rule + ": work " + std::to_string(w.id));
}

void world::takes_place(std::size_t limiter) {
  if (++held[limiter] > what.limiters[limiter])
    violations.push_back("more places than the limiter has: " + std::to_string(limiter));
}

void world::started(work const& w) {
  say(w, "starts");
  check_that_parents_run(w);
  if (++state_of(w).starts > 1) violated("it started twice", w);
  if (work const* const parent = parent_of(w)) {
    auto const limit = parent->setting("limit");
    if (++state_of(*parent).running_parts > limit.value_or(1000) && parent->verb != "group")
      violated("more parts at once than the limit", *parent);
    if (auto const l = parent->setting("limiter"); l && parent->verb != "hold")
      takes_place(std::size_t(*l));
    if (&w == &parent->parts.front() && parent->verb != "group" && !parent->setting("limiter"))
      check_start(*parent);
  }
}

void world::ended(work const& w, std::string const& end) {
  say(w, "ends " + end);
  check_that_parents_run(w);
  state_of(w).failed = end.starts_with('!');
  if (++state_of(w).ends > 1) violated("it ended twice", w);
  if (work const* const parent = parent_of(w)) {
    --state_of(*parent).running_parts;
    if (auto const l = parent->setting("limiter"); l && parent->verb != "hold")
      --held[std::size_t(*l)];
  }
}

// Whether nothing keeps the children of an operation from starting inside the call. co_spawn does:
// it launches what is asked from outside.
bool world::starts_inside(work const& w) const {
  work const* above = &w;
  while (above && !is_target(*above)) {
    above = parent_of(*above);
    if (!above || above->verb != "hold") return w.has("eager");
  }
  return false;
}

void world::watch_start(work const& w, asio::any_io_executor const& executor) {
  if (!starts_inside(w)) return;
  asio::post(executor, [this, &w] {
    auto& state = state_of(w);
    state.passed_a_turn = true;
    bool const may_wait =
        w.verb == "group" || w.verb == "stream" || w.setting("limiter") || w.setting("stagger");
    if (!may_wait && !state.was_asked && state.ends == 0 && state.running_parts == 0)
      violated("all have ended, and it has not gone on", w);
  });
}

void world::check_start(work const& w) {
  if (state_of(w).passed_a_turn) violated("it has not started inside the call", w);
}

void world::check_task(work const& group, work const& task) {
  if (group.has("eager") && !group.setting("limit") && state_of(task).starts == 0)
    violated("it has not started inside the call", task);
}

void world::ask(int target) {
  for (work const* w : what.works)
    for (work const* above = w; above; above = parent_of(*above))
      if (above->id == target) state_of(*w).was_asked = true;
  states.at(std::size_t(target)).requests.emit(asio::cancellation_type::terminal);
}

// Only an error in the default mode of a gather leaves something running.
void world::check_that_parents_run(work const& w) {
  for (work const* above = parent_of(w); above; above = parent_of(*above)) {
    bool const keeps = above->verb != "gather" || above->has("cancel_on_error") ||
                       above->has("return_exceptions") || above->has("keep_results");
    if (state_of(*above).ends == 0) continue;
    if (keeps || !state_of(*above).failed) violated("it runs after the end of what it is in", w);
    if (above->verb == "gather" && above->has("stragglers")) {
      while (above && above->verb != "group") above = parent_of(*above);
      if (above && state_of(*above).ends != 0) violated("it runs after the end of its group", w);
    }
    return;
  }
}

void world::check_the_end() {
  for (work const* w : what.works)
    if (state_of(*w).starts != state_of(*w).ends) violated("it has not ended", *w);
  for (std::size_t i = 0; i < limiters.size(); ++i) {
    std::vector<fanout::limiter::guard> free;
    while (auto place = limiters[i].try_acquire()) free.push_back(std::move(place));
    if (free.size() != std::size_t(what.limiters[i]))
      violations.push_back("a limiter has lost places: " + std::to_string(i));
  }
}

namespace {

using timer = asio::basic_waitable_timer<clock>;

running main_of(world& all) {
  auto const executor = co_await asio::this_coro::executor;
  std::list<timer> timers;
  bool first = true;
  for (request const& r : all.what.requests) {
    auto const type = r.type == "terminal"  ? asio::cancellation_type::terminal
                      : r.type == "partial" ? asio::cancellation_type::partial
                                            : asio::cancellation_type::total;
    auto const sent = all.broken("total_is_terminal") ? asio::cancellation_type::terminal : type;
    bool const dropped = all.broken("second_request_dropped") && !first;
    timers.emplace_back(executor, milliseconds(r.instant))
        .async_wait([&all, r, sent, dropped](auto error) {
          if (!error && !dropped) all.states[std::size_t(r.target)].requests.emit(sent);
        });
    first = false;
  }
  try {
    co_await run(all, all.what.root, nullptr);
  } catch (...) {
    // the trace has it
  }
  if (all.what.linger > 0) co_await fanout::sleep<clock>(milliseconds(all.what.linger));
  if (all.what.linger >= 10000 && fanout::all_tasks(executor).size() > 1)
    all.violations.push_back("something has not ended: " + fanout::all_tasks(executor)[1].name);
  all.say("main", "ends");
  co_return "";
}

void run_once(world& all) {
  try {
    fanout::run_virtual(main_of(all));
    all.check_the_end();
  } catch (std::exception const& e) {
    all.violations.push_back(e.what());
  }
}

void run_program(std::string const& line, std::string const& broken_rule) {
  program p;
  read_program(line, p);
  world all(p, broken_rule);
  run_once(all);
  world again(p, broken_rule);
  run_once(again);
  if (again.trace != all.trace) all.violations.push_back("two runs differ");
  for (auto const& each : all.trace) std::cout << each << '\n';
  for (auto const& each : all.violations) std::cout << "violated " << each << '\n';
  std::cout << ".\n";
}

} // namespace

} // namespace verbs

int main(int argc, char** argv) {
  std::string const broken_rule = argc == 3 && argv[1] == std::string("--break") ? argv[2] : "";
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    try {
      verbs::run_program(line, broken_rule);
    } catch (std::exception const& e) { // it is no program
      std::cout << "invalid " << e.what() << "\n.\n";
    }
  }
}
