//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "interpreter.hpp"

#include <fanout/all_tasks.hpp>
#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/result.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

namespace fanout_fuzz {

namespace {

constexpr auto unit = std::chrono::milliseconds(1);

std::string joined(std::vector<std::string> const& all) {
  std::string list;
  for (auto const& one : all) list += (list.empty() ? "" : ",") + one;
  return "[" + list + "]";
}

std::string show(fanout::result<std::string> const& r) {
  return r ? *r : fanout_fuzz::show(r.error());
}

auto shields(std::vector<fanout::future<std::string>> const& tasks) {
  std::vector<decltype(fanout::shield(tasks[0]))> all;
  for (auto const& task : tasks) all.push_back(fanout::shield(task));
  return all;
}

} // namespace

std::string show(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (failure const& e) {
    return e.name;
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(error)) return "Cancelled";
    if (fanout::is_timed_out(error)) return "Timeout";
    return e.what();
  } catch (std::exception const& e) {
    return e.what();
  }
}

class interpreter::presence {
public:
  explicit presence(scope_ptr inside) : inside_(std::move(inside)) { ++inside_->running; }
  presence(presence const&) = delete;
  presence& operator=(presence const&) = delete;
  ~presence() { --inside_->running; }

private:
  scope_ptr inside_;
};

// ---- the program

std::string interpreter::trace() {
  fanout::run_virtual(main());
  return std::move(trace_);
}

asio::awaitable<void> interpreter::main() {
  auto const executor = co_await asio::this_coro::executor;
  begin_ = clock::now();
  tasks_.emplace("main", fanout::create_task(executor, run(program_), "main"));
  co_await fanout::sleep<clock>(1000 * unit); // every step has ended by then, or never will
  tell_ends(executor);
}

void interpreter::tell_ends(asio::any_io_executor const& executor) {
  bool all_done = true;
  for (auto const& [name, task] : tasks_) {
    std::string end = "pending";
    all_done = all_done && task.done();
    if (task.done()) {
      auto const outcome = task.outcome();
      end = (outcome ? "yields " : "raises ") + show(outcome);
    }
    trace_ += "end " + name + " " + end + "\n";
  }
  for (auto const& [ident, leaf] : leaves_)
    if (all_done && (leaf.begun != 1 || leaf.ended != 1))
      trace_ += "! leaf " + std::to_string(ident) + " has begun " + std::to_string(leaf.begun) +
                " times and ended " + std::to_string(leaf.ended) + " times\n";
  for (auto const& left : fanout::all_tasks(executor))
    if (all_done && left.name != "main") trace_ += "! left over: " + left.name + "\n";
}

// ---- pieces

void interpreter::log(step const& s, std::string const& what) {
  trace_ += std::to_string(now()) + " " + std::to_string(s.ident) + " " + what + "\n";
}

long interpreter::now() const { return static_cast<long>((clock::now() - begin_) / unit); }

/// A moment so many units from now. Each step has a moment of its own in the instant, so that
/// nothing depends on which of two timers fires first.
interpreter::clock::time_point interpreter::moment(step const& s, std::string const& units) const {
  return begin_ + (now() + std::stol(units)) * unit + s.ident * std::chrono::nanoseconds(100);
}

interpreter::clock::duration interpreter::until(step const& s, std::string const& units) const {
  return moment(s, units) - clock::now();
}

std::vector<interpreter::future> interpreter::known(step const& s, std::size_t first_word) const {
  std::vector<future> all;
  for (auto i = first_word; i < s.words.size(); ++i)
    if (auto const task = tasks_.find(s.words[i]); task != tasks_.end())
      all.push_back(task->second);
  return all;
}

interpreter::text interpreter::run(step const& s) {
  using member = text (interpreter::*)(step const&);
  static std::map<std::string, member> const verbs{
      {"sleep", &interpreter::sleep},
      {"done", &interpreter::done},
      {"fail", &interpreter::fail},
      {"seq", &interpreter::seq},
      {"try", &interpreter::try_},
      {"on_cancel", &interpreter::on_cancel},
      {"gather", &interpreter::gather},
      {"gather_re", &interpreter::gather_re},
      {"gather_tasks", &interpreter::gather_tasks},
      {"gather_tasks_re", &interpreter::gather_tasks_re},
      {"group", &interpreter::group},
      {"timeout", &interpreter::timeout},
      {"timeout_task", &interpreter::timeout_task},
      {"shield", &interpreter::shield},
      {"shield_task", &interpreter::shield_task},
      {"create", &interpreter::create},
      {"await", &interpreter::await},
      {"cancel", &interpreter::cancel},
      {"callback", &interpreter::callback},
      {"wait", &interpreter::wait},
      {"as_completed", &interpreter::as_completed},
  };
  auto const verb = verbs.find(s.verb);
  if (verb == verbs.end()) throw std::invalid_argument("not a verb: " + s.verb);
  auto body = (this->*verb->second)(s);
  if (s.verb == "seq" || s.verb == "try") return body; // their end is no event
  return told(s, std::move(body));
}

interpreter::text interpreter::told(step const& s, text body) {
  std::string result;
  try {
    result = co_await std::move(body);
  } catch (...) {
    log(s, "raises " + show(std::current_exception()));
    throw;
  }
  log(s, "yields " + result);
  co_return result;
}

interpreter::text interpreter::child(step const& s, scope_ptr inside) {
  presence const here(std::move(inside));
  co_return co_await run(s);
}

std::vector<interpreter::text> interpreter::children(step const& s, scope_ptr const& inside) {
  std::vector<text> all;
  for (step const& one : s.steps) all.push_back(child(one, inside));
  return all;
}

/// The operation that owns the scope has ended, and leaves no child behind.
void interpreter::must_be_over(scope const& inside) {
  if (inside.running != 0)
    trace_ += "! " + std::to_string(inside.running) + " children run after the end of step " +
              std::to_string(inside.owner.ident) + "\n";
}

asio::awaitable<void> interpreter::pause(step const& s, std::string const& units) {
  if (std::stol(units) > 0)
    co_await fanout::sleep_until(moment(s, units));
  else
    co_await fanout::sleep<clock>(std::chrono::seconds(0));
}

// ---- leaves, and what runs in one coroutine

interpreter::text interpreter::sleep(step const& s) {
  log(s, "begins");
  auto& leaf = leaves_[s.ident];
  ++leaf.begun;
  try {
    co_await pause(s, s.words.at(0));
  } catch (...) {
    ++leaf.ended;
    throw;
  }
  ++leaf.ended;
  co_return "v" + std::to_string(s.ident);
}

interpreter::text interpreter::done(step const& s) { co_return "v" + std::to_string(s.ident); }

interpreter::text interpreter::fail(step const& s) {
  throw failure("E" + std::to_string(s.ident));
  co_return "";
}

interpreter::text interpreter::seq(step const& s) {
  std::string result = "v" + std::to_string(s.ident);
  for (step const& one : s.steps) result = co_await run(one);
  co_return result;
}

interpreter::text interpreter::try_(step const& s) {
  std::exception_ptr error;
  try {
    co_return co_await run(s.steps.at(0));
  } catch (...) {
    error = std::current_exception();
  }
  if (fanout::is_cancelled(error)) std::rethrow_exception(error);
  co_return "caught " + show(error);
}

interpreter::text interpreter::on_cancel(step const& s) {
  std::exception_ptr error;
  try {
    co_return co_await run(s.steps.at(0));
  } catch (...) {
    error = std::current_exception();
  }
  if (!fanout::is_cancelled(error)) std::rethrow_exception(error);
  co_await asio::this_coro::reset_cancellation_state();
  log(s, "cleans");
  std::string const ident = std::to_string(s.ident);
  if (std::stol(s.words.at(1)) >= 0 && !breaks(rule::clean_up_cut_short))
    co_await pause(s, s.words[1]);
  if (s.words[0] == "swallow") co_return "v" + ident;
  if (s.words[0] == "fail") throw failure("E" + ident);
  std::rethrow_exception(error);
}

// ---- gather

template <class Children>
interpreter::text interpreter::gathered_by_default(Children all) {
  bool const waits_for_all = breaks(rule::last_error_wins) || breaks(rule::survivors_deliver);
  results values;
  if (waits_for_all) {
    std::exception_ptr error;
    std::vector<std::size_t> order;
    auto const ends =
        co_await fanout::gather(std::move(all), fanout::return_exceptions, fanout::keep_results,
                                fanout::completion_order(order));
    bool const last = breaks(rule::last_error_wins);
    for (auto const i : order)
      if (!ends[i] && (last || !error)) error = ends[i].error();
    for (auto const& end : ends) // those that never started
      if (!end && !error) error = end.error();
    if (error) std::rethrow_exception(error);
    for (auto const& end : ends) values.push_back(*end);
  } else if (breaks(rule::siblings_cancelled)) {
    values = co_await fanout::gather(std::move(all), fanout::cancel_on_error);
  } else {
    values = co_await fanout::gather(std::move(all));
  }
  if (breaks(rule::results_reversed)) std::ranges::reverse(values);
  co_return joined(values);
}

template <class Children>
interpreter::text interpreter::gathered_with_exceptions(Children all) {
  if (breaks(rule::exceptions_thrown)) co_return joined(co_await fanout::gather(std::move(all)));
  results values;
  for (auto const& end : co_await fanout::gather(std::move(all), fanout::return_exceptions))
    values.push_back(show(end));
  co_return joined(values);
}

interpreter::text interpreter::gather(step const& s) {
  auto const inside = std::make_shared<scope>(s);
  std::exception_ptr error;
  try {
    co_return co_await gathered_by_default(children(s, inside));
  } catch (...) {
    error = std::current_exception();
  }
  auto const state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) must_be_over(*inside);
  std::rethrow_exception(error);
}

interpreter::text interpreter::gather_re(step const& s) {
  auto const inside = std::make_shared<scope>(s);
  std::string list;
  try {
    list = co_await gathered_with_exceptions(children(s, inside));
  } catch (...) {
    must_be_over(*inside);
    throw;
  }
  must_be_over(*inside);
  co_return list;
}

interpreter::text interpreter::gather_tasks(step const& s) {
  auto all = known(s);
  if (all.empty()) co_return "none";
  if (breaks(rule::requests_ignored)) co_return co_await gathered_by_default(shields(all));
  co_return co_await gathered_by_default(std::move(all));
}

interpreter::text interpreter::gather_tasks_re(step const& s) {
  auto all = known(s);
  if (all.empty()) co_return "none";
  co_return co_await gathered_with_exceptions(std::move(all));
}

// ---- groups, limits of time, shields

interpreter::text interpreter::first_of_group(fanout::task_group& group, step const& s,
                                              scope_ptr inside) {
  presence const here(inside);
  for (std::size_t i = 1; i < s.steps.size(); ++i) group.create_task(child(s.steps[i], inside));
  co_return co_await run(s.steps.at(0));
}

interpreter::text interpreter::group(step const& s) {
  auto const inside = std::make_shared<scope>(s);
  auto first = [&](fanout::task_group& group) { return first_of_group(group, s, inside); };
  std::string result;
  try {
    if (breaks(rule::group_keeps_going)) {
      auto const all = co_await fanout::gather(children(s, inside), fanout::return_exceptions);
      result = all.at(0).value();
      for (auto const& end : all) end.value();
    } else {
      result = co_await fanout::with_task_group(first);
    }
  } catch (...) {
    must_be_over(*inside);
    throw;
  }
  must_be_over(*inside);
  co_return result;
}

interpreter::text interpreter::timeout(step const& s) {
  auto const inside = std::make_shared<scope>(s);
  auto const end = moment(s, s.words.at(0));
  std::string result;
  try {
    result = co_await fanout::timeout<clock>(end - clock::now(), child(s.steps.at(0), inside));
  } catch (...) {
    must_be_over(*inside);
    throw;
  }
  must_be_over(*inside);
  if (breaks(rule::timeout_loses_value) && clock::now() > end) throw fanout::deadline_exceeded();
  co_return result;
}

interpreter::text interpreter::timeout_task(step const& s) {
  auto const task = known(s, 1);
  if (task.empty()) co_return "none";
  co_return co_await fanout::timeout<clock>(until(s, s.words.at(0)), task[0]);
}

interpreter::text interpreter::shield(step const& s) {
  auto const inside = std::make_shared<scope>(s);
  if (breaks(rule::shield_leaks)) co_return co_await child(s.steps.at(0), inside);
  co_return co_await fanout::shield(child(s.steps.at(0), inside));
}

interpreter::text interpreter::shield_task(step const& s) {
  auto const task = known(s);
  if (task.empty()) co_return "none";
  if (breaks(rule::shield_leaks)) co_return co_await task[0];
  co_return co_await fanout::shield(task[0]);
}

// ---- tasks

interpreter::text interpreter::create(step const& s) {
  auto const executor = co_await asio::this_coro::executor;
  auto const inside = std::make_shared<scope>(s);
  auto const& name = s.words.at(0);
  tasks_.insert_or_assign(name, fanout::create_task(executor, child(s.steps.at(0), inside), name));
  co_return "created";
}

interpreter::text interpreter::await(step const& s) {
  auto const task = known(s);
  if (task.empty()) co_return "none";
  co_return co_await task[0];
}

interpreter::text interpreter::cancel(step const& s) {
  auto const task = known(s);
  if (task.empty()) co_return "none";
  if (breaks(rule::second_request_dropped) && requests_[s.words[0]]++ != 0)
    co_return task[0].done() ? "false" : "true";
  co_return task[0].cancel() ? "true" : "false";
}

interpreter::text interpreter::callback(step const& s) {
  auto const task = known(s);
  if (task.empty()) co_return "added";
  auto& all = callbacks_[s.words.at(0)];
  auto const add = [&](step const& one) {
    return task[0].add_done_callback([this, &one](future const&) { log(one, "called"); });
  };
  if (!breaks(rule::callbacks_reversed)) co_return (add(s), "added");
  for (auto const& [one, id] : all) task[0].remove_done_callback(id);
  all.insert(all.begin(), {&s, future::id()});
  for (auto& [one, id] : all) id = add(*one);
  co_return "added";
}

// ---- wait, as_completed

interpreter::text interpreter::wait(step const& s) {
  auto const all = known(s, 2);
  if (all.empty()) co_return "none";
  auto when = fanout::all_completed;
  if (s.words[0] == "first" && !breaks(rule::first_completed_is_all))
    when = fanout::first_completed;
  if (s.words[0] == "exception" && !breaks(rule::first_exception_is_all))
    when = fanout::first_exception;
  fanout::wait_result<std::string> ended;
  if (std::stol(s.words[1]) > 0)
    ended = co_await fanout::wait<clock>(all, when, until(s, s.words[1]));
  else
    ended = co_await fanout::wait(all, when);
  results names;
  for (auto const& task : ended.done) names.push_back(task.name());
  co_return joined(names);
}

interpreter::text interpreter::as_completed(step const& s) {
  auto const inside = std::make_shared<scope>(s);
  if (breaks(rule::completed_in_order)) {
    for (auto const& end : co_await fanout::gather(children(s, inside), fanout::return_exceptions))
      log(s, "next " + show(end));
    co_return "over";
  }
  auto stream = fanout::as_completed(children(s, inside));
  std::exception_ptr error;
  try {
    while (true) {
      auto next = co_await stream.next();
      if (!next) break;
      log(s, "next " + show(next->result));
      if (s.words.at(0) != "0") co_await pause(s, s.words[0]);
    }
    must_be_over(*inside);
    co_return "over";
  } catch (...) {
    error = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state();
  co_await stream.close();
  must_be_over(*inside);
  std::rethrow_exception(error);
}

} // namespace fanout_fuzz
