//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "world.hpp"

#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace verbs {

namespace this_coro = asio::this_coro;

namespace {

[[noreturn]] void throw_cancelled() {
  throw boost::system::system_error(asio::error::operation_aborted);
}

value end_of(work const& leaf, std::string const& how) {
  if (how == "value") return "v" + std::to_string(leaf.id);
  if (how == "error") throw leaf_error("e" + std::to_string(leaf.id));
  throw_cancelled();
}

std::string text_of_type(asio::cancellation_type type) {
  std::string text;
  auto const add = [&](asio::cancellation_type one, char const* name) {
    if ((type & one) != asio::cancellation_type::none)
      text += (text.empty() ? "" : "+") + std::string(name);
  };
  add(asio::cancellation_type::terminal, "terminal");
  add(asio::cancellation_type::partial, "partial");
  add(asio::cancellation_type::total, "total");
  return text;
}

asio::awaitable<void> hear(bool all_types) {
  if (all_types)
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  else
    co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
}

// (leaf LENGTH END REACTION (after d) HEARS): see README.md.
running run_leaf(world& all, work const& w) {
  std::string const length = w.words.at(0), end = w.words.at(1), reaction = w.words.at(2);
  bool const hears_all = w.has("hears_all");
  co_await hear(hears_all);
  co_await this_coro::throw_if_cancelled(false);
  if (auto const target = w.setting("asks")) all.ask(int(*target));
  if (length == "now") co_return end_of(w, end);

  auto const span = milliseconds(std::stol(length));
  auto const due = clock::now() + span;
  auto const token = asio::as_tuple(asio::use_awaitable);
  auto [asked] = co_await fanout::sleep<clock>(span)(token); // trivial
  while (asked) {
    auto const state = co_await this_coro::cancellation_state;
    all.say(w, "asked " + text_of_type(state.cancelled()));
    co_await hear(hears_all);
    if (reaction != "ignore") break;
    std::tie(asked) = co_await fanout::sleep_until(due)(token);
  }
  if (!asked) co_return end_of(w, end);

  if (auto const after = w.setting("after")) {
    auto const [again] = co_await fanout::sleep<clock>(milliseconds(*after))(token);
    if (again) {
      auto const state = co_await this_coro::cancellation_state;
      all.say(w, "asked again " + text_of_type(state.cancelled()));
      throw_cancelled();
    }
  }
  co_return end_of(w, reaction);
}

running run_timeout(world& all, work const& w, scope group) {
  auto const d = milliseconds(w.setting("after").value());
  auto const begin = clock::now();
  auto operation = fanout::timeout<clock>(d, run(all, w.parts.at(0), group));
  value end = co_await std::move(operation);
  if (all.broken("timeout_loses_values") && clock::now() - begin >= d)
    throw fanout::deadline_exceeded();
  co_return end;
}

/// The place of a limiter that a coroutine has.
class place_count {
public:
  place_count(world& all, std::size_t limiter) : all_(all), limiter_(limiter) {
    all.takes_place(limiter);
  }
  place_count(place_count const&) = delete;
  place_count& operator=(place_count const&) = delete;
  ~place_count() { --all_.held[limiter_]; }

private:
  world& all_;
  std::size_t limiter_;
};

running run_hold(world& all, work const& w, scope group) {
  auto const limiter = std::size_t(w.setting("limiter").value());
  auto place = co_await all.limiters.at(limiter).acquire();
  all.say(w, "has a place");
  place_count const counted(all, limiter); // it goes before the place
  if (all.broken("place_lost")) all.lost.push_back(std::move(place));
  co_return co_await run(all, w.parts.at(0), group);
}

running run_verb(world& all, work const& w, scope group) {
  if (w.verb == "leaf") return run_leaf(all, w);
  if (w.verb == "gather") return run_gather(all, w, group);
  if (w.verb == "race") return run_race(all, w, group);
  if (w.verb == "first") return run_first(all, w, group);
  if (w.verb == "timeout") return run_timeout(all, w, group);
  if (w.verb == "hold") return run_hold(all, w, group);
  if (w.verb == "group") return run_group(all, w);
  if (w.verb == "stream") return run_stream(all, w, group);
  throw std::invalid_argument("no such verb: " + w.verb);
}

running run_and_hear_all(world& all, work const& w, scope group) {
  co_await hear(true);
  co_return co_await run_verb(all, w, group);
}

// The same, also asked by the signal of this work. What reaches this coroutine is passed on.
running run_with_signal(world& all, work const& w, scope group) {
  auto const executor = co_await this_coro::executor;
  auto const state = co_await this_coro::cancellation_state;
  auto& signal = all.states[std::size_t(w.id)].requests;
  state.slot().assign([&signal](asio::cancellation_type type) { signal.emit(type); });
  auto token = asio::bind_cancellation_slot(signal.slot(), asio::as_tuple(asio::use_awaitable));
  auto const ended = co_await asio::co_spawn(executor, run_and_hear_all(all, w, group), token);
  state.slot().clear();
  auto const& [error, end] = ended;
  if (error) std::rethrow_exception(error);
  co_return end;
}

} // namespace

running run(world& all, work const& w, scope group) {
  co_await hear(true);
  all.started(w);
  all.watch_start(w, co_await this_coro::executor);
  try {
    auto work = all.is_target(w) ? run_with_signal(all, w, group) : run_verb(all, w, group);
    value end = co_await std::move(work);
    all.ended(w, end);
    co_return end;
  } catch (...) {
    all.ended(w, text_of(std::current_exception()));
    throw;
  }
}

} // namespace verbs
