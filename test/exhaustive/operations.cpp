//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Every order of ends and requests once more, as a user sees them: through gather, race and
// first_success. Beside it the same model. Each order is done from the start, and after each event
// everything runs that can.

#include "model.hpp"
#include "report.hpp"

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace exhaustive {

namespace {

namespace asio = boost::asio;
using model::ending;
using model::kind;
using model::life;
using model::policies;
using model::request;

struct change {
  enum what { begin, ask, end } event;
  request type = request::terminal;
  std::size_t child = 0;
  ending how = ending::value;
};

/// A child has heard of a request.
struct heard {
  std::size_t child;
  request type;

  friend bool operator==(heard const&, heard const&) = default;
};

std::string with_blank(std::string text) { return text.empty() ? text : text + " "; }

// ---- what the model says

class slow_operation {
public:
  slow_operation(policies const& p, std::size_t children)
      : children_(children), p_(p), m_(p), how_(children) {}

  std::vector<heard> log;

  model::operation const& state() const { return m_; }
  std::size_t started() const { return m_.seen().started; }
  bool is_finished() const { return m_.is_finished(); }
  std::optional<std::size_t> kept() const { return kept_; }

  void apply(change const& c) {
    switch (c.event) {
    case change::begin: m_.begin(); break;
    case change::ask:
      if (m_.ask(c.type)) tell(c.type);
      if (!m_.seen().begun) return;
      break;
    case change::end: end(c.child, c.how); break;
    }
    settle();
  }

  /// The result in words.
  std::string outcome() const {
    using model::outcome;
    auto const& f = m_.seen();
    switch (f.ended_with) {
    case outcome::none: return "not ended";
    case outcome::values: return values();
    case outcome::error: return place(*kept_);
    case outcome::aborted: return "aborted";
    case outcome::expired: return "expired";
    case outcome::too_few: return "too few";
    case outcome::all_failed: {
      std::string text = "all failed:";
      for (std::size_t i = 0; i < f.losers; ++i) text += " " + place(f.loser[i]);
      return text;
    }
    }
    return {};
  }

private:
  void tell(request r) {
    for (std::size_t i = 0; i < started(); ++i)
      if (m_.seen().child[i] == life::runs) log.push_back({i, r});
  }

  void end(std::size_t i, ending how) {
    how_[i] = how;
    auto const o = m_.end(i, how, false);
    if (o.keep_error) kept_ = i;
    if (o.cancel_rest) tell(request::terminal);
  }

  void settle() {
    while (m_.may_start()) {
      m_.reach();
      if (started() < children_)
        m_.count_start();
      else if (m_.exhausted().cancel_rest)
        tell(request::terminal);
    }
    m_.completes();
  }

  std::string place(std::size_t i) const {
    if (!how_[i] || *how_[i] == ending::cancelled) return "aborted";
    return (*how_[i] == ending::error ? "error " : "") + std::to_string(i);
  }

  std::string places() const {
    std::string text;
    for (std::size_t i = 0; i < children_; ++i) text = with_blank(text) + place(i);
    return text;
  }

  std::string values() const {
    auto const& f = m_.seen();
    if (p_.operation == kind::gather) return places();
    std::string text;
    for (std::size_t i = 0; i < f.winners; ++i)
      text += "winner " + std::to_string(f.winner[i]) + ": " +
              (p_.return_exceptions ? places() : place(f.winner[i])) + " ";
    return text;
  }

  std::size_t children_;
  policies p_;
  model::operation m_;
  std::vector<std::optional<ending>> how_;
  std::optional<std::size_t> kept_;
};

// ---- what the library does

struct child_failed : std::runtime_error {
  explicit child_failed(std::size_t i) : std::runtime_error("error " + std::to_string(i)) {}
};

std::string text_of(std::exception_ptr const& e) {
  if (fanout::is_cancelled(e)) return "aborted";
  try {
    std::rethrow_exception(e);
  } catch (fanout::all_failed const& all) {
    std::string text = "all failed:";
    for (auto const& f : all.failures()) text += " " + text_of(f.exception);
    return text;
  } catch (std::invalid_argument const&) {
    return "too few";
  } catch (std::exception const& other) {
    return other.what();
  }
}

std::string text_of(int value) { return std::to_string(value); }

std::string text_of(fanout::result<int> const& r) { return r ? text_of(*r) : text_of(r.error()); }

template <class T>
std::string text_of(std::vector<T> const& all) {
  std::string text;
  for (auto const& one : all) text = with_blank(text) + text_of(one);
  return text;
}

template <class T>
std::string text_of(std::tuple<T, T> const& both) {
  return text_of(std::get<0>(both)) + " " + text_of(std::get<1>(both));
}

template <class T>
std::string text_of(fanout::winner<T> const& w) {
  return "winner " + std::to_string(w.index) + ": " + text_of(w.value) + " ";
}

std::string text_of(std::vector<fanout::winner<int>> const& all) {
  std::string text;
  for (auto const& one : all) text += text_of(one);
  return text;
}

request type_of(asio::cancellation_type type) {
  if (type == asio::cancellation_type::terminal) return request::terminal;
  return type == asio::cancellation_type::partial ? request::partial : request::total;
}

asio::cancellation_type type_of(request r) {
  static constexpr std::array types{asio::cancellation_type::terminal,
                                    asio::cancellation_type::partial,
                                    asio::cancellation_type::total};
  return types[static_cast<std::size_t>(r)];
}

/// How the children are given, and when they start.
enum class form { range, one_by_one, eager_range };

class true_operation {
public:
  true_operation(policies const& p, std::size_t children, form given)
      : ends_(children), errors_(children) {
    if (given == form::eager_range) // the call is made where children may start inside
      asio::post(context_, [this, p, children, given] { start(p, children, given); });
    else
      start(p, children, given);
  }
  true_operation(true_operation const&) = delete;
  true_operation& operator=(true_operation const&) = delete;

  std::vector<std::size_t> started;
  std::vector<heard> log;
  int calls = 0;
  std::string outcome = "not ended";
  std::exception_ptr error;

  std::exception_ptr const& error_of(std::size_t child) const { return errors_[child]; }

  void apply(change const& c) {
    bool const runs = c.event != change::ask || begun_;
    switch (c.event) {
    case change::begin: begun_ = true; break;
    case change::ask: signal_.emit(type_of(c.type)); break;
    case change::end: end(c.child, c.how); break;
    }
    if (!runs) return;
    context_.restart();
    context_.poll();
  }

private:
  // A child that notes what it hears, and ends when it is told to.
  auto child(std::size_t i) {
    return asio::async_initiate<asio::deferred_t const, void(std::exception_ptr, int)>(
        [this, i](auto handler) {
          started.push_back(i);
          auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
          auto slot = asio::get_associated_cancellation_slot(*kept);
          if (slot.is_connected())
            slot.assign(
                [this, i](asio::cancellation_type type) { log.push_back({i, type_of(type)}); });
          ends_[i] = [kept, slot](std::exception_ptr e, int value) mutable {
            if (slot.is_connected()) slot.clear();
            std::move (*kept)(std::move(e), value);
          };
        },
        asio::deferred);
  }

  void end(std::size_t i, ending how) {
    if (how == ending::error) errors_[i] = std::make_exception_ptr(child_failed(i));
    if (how == ending::cancelled)
      errors_[i] =
          std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
    asio::post(context_, [end = std::exchange(ends_[i], nullptr), error = errors_[i],
                          value = static_cast<int>(i)]() mutable { end(std::move(error), value); });
  }

  void start(policies const& p, std::size_t children, form given) {
    if (given == form::one_by_one) return start_over(p, child(0), child(1));
    auto const one = [this](std::size_t i) { return child(i); };
    auto all = std::views::iota(std::size_t(0), children) | std::views::transform(one);
    if (given == form::eager_range)
      start_over(p, std::move(all), fanout::eager);
    else
      start_over(p, std::move(all));
  }

  // With all policies that stand behind the children, which are a range or not; `eager` may follow.
  template <class... Children>
  void start_over(policies const& p, Children... children) {
    fanout::limit const limit(p.limit);
    auto const gathers = [&](auto... policies) {
      if (p.cancel_on_error)
        with(fanout::gather(context_, std::move(children)..., limit, fanout::cancel_on_error,
                            policies...));
      else
        with(fanout::gather(context_, std::move(children)..., limit, policies...));
    };
    if (p.operation == kind::race && p.return_exceptions)
      with(fanout::race(context_, std::move(children)..., limit, fanout::return_exceptions));
    else if (p.operation == kind::race)
      with(fanout::race(context_, std::move(children)..., limit));
    else if (p.operation == kind::first_success)
      with(
          fanout::first_success(context_, std::move(children)..., limit, fanout::quorum(p.quorum)));
    else if (p.keep_results)
      gathers(fanout::return_exceptions, fanout::keep_results);
    else if (p.return_exceptions)
      gathers(fanout::return_exceptions);
    else
      gathers();
  }

  template <class Operation>
  void with(Operation operation) {
    std::move(operation)(asio::bind_cancellation_slot(
        signal_.slot(), [this](std::exception_ptr e, typename Operation::result_type const& all) {
          ++calls;
          error = e;
          outcome = e ? text_of(e) : text_of(all);
        }));
  }

  bool begun_ = false;
  asio::io_context context_;
  asio::cancellation_signal signal_;
  std::vector<std::function<void(std::exception_ptr, int)>> ends_;
  std::vector<std::exception_ptr> errors_;
};

// ---- the walk

class walk {
public:
  walk(policies const& p, std::size_t children, form given)
      : p_(p), children_(children), given_(given) {}

  numbers go(int requests) {
    n_.cases = 1;
    follow(slow_operation(p_, children_), requests);
    return n_;
  }

private:
  void follow(slow_operation const& slow, int requests) {
    bool quiet = true;
    auto const then = [&](change const& c, int left) {
      slow_operation next = slow;
      next.apply(c);
      path_.push_back(c);
      follow(next, left);
      path_.pop_back();
    };
    auto const& f = slow.state().seen();
    if (!f.begun) {
      quiet = false;
      then({change::begin}, requests);
    }
    for (std::size_t i = 0; i < f.started; ++i) {
      if (f.child[i] != life::runs) continue;
      quiet = false;
      for (ending const how : {ending::value, ending::error, ending::cancelled})
        then({change::end, {}, i, how}, requests);
    }
    bool const can_ask = f.begun || given_ != form::eager_range; // its call is the begin
    if (requests > 0 && can_ask)
      for (request const r : {request::terminal, request::partial, request::total})
        then({change::ask, r}, requests - 1);
    if (quiet && requests == 0) compare();
  }

  void compare() {
    ++n_.orders;
    true_operation fast(p_, children_, given_);
    slow_operation slow(p_, children_);
    done_ = 0;
    for (change const& c : path_) {
      ++done_;
      fast.apply(c);
      slow.apply(c);
      check(fast, slow);
    }
    expect(slow.is_finished(), "it ends when everything has ended");
  }

  void check(true_operation const& fast, slow_operation const& slow) {
    ++n_.steps;
    expect(fast.started.size() == slow.started() && std::ranges::is_sorted(fast.started),
           "which children have started");
    expect(fast.log == slow.log, "which requests the children have heard, and in which order");
    expect(fast.calls == (slow.is_finished() ? 1 : 0), "whether it has completed");
    expect(fast.outcome == slow.outcome(),
           "with what: " + fast.outcome + " and not " + slow.outcome());
    if (slow.state().seen().ended_with == model::outcome::error)
      expect(fast.error == fast.error_of(*slow.kept()), "with the very error of the child");
  }

  void expect(bool ok, std::string const& what) {
    if (ok) return;
    ++n_.differences;
    static constexpr std::array types{"terminal", "partial", "total"};
    static constexpr std::array endings{"value ", "error ", "cancelled "};
    std::string text = what + " after";
    for (change const& c : std::span(path_).first(done_)) {
      if (c.event == change::begin) text += " begin,";
      if (c.event == change::ask)
        text += std::string(" ") + types[static_cast<std::size_t>(c.type)] + ",";
      if (c.event == change::end)
        text += std::string(" ") + endings[static_cast<std::size_t>(c.how)] +
                std::to_string(c.child) + ",";
    }
    static constexpr std::array kinds{"gather", "", "", "", "", "race", "first_success"};
    text += std::string(" ") + kinds[static_cast<std::size_t>(p_.operation)] + " of " +
            std::to_string(children_) + ", limit " + std::to_string(p_.limit);
    if (p_.return_exceptions) text += ", return_exceptions";
    if (p_.cancel_on_error) text += ", cancel_on_error";
    if (p_.keep_results) text += ", keep_results";
    if (given_ == form::eager_range) text += ", eager";
    if (p_.quorum != 1) text += ", quorum " + std::to_string(p_.quorum);
    tell_difference(text);
  }

  policies p_;
  std::size_t children_;
  form given_; // two if one by one
  numbers n_;
  std::vector<change> path_;
  std::size_t done_ = 0; // of the path
};

template <class F>
void each_operation(std::size_t children, F const& f) {
  policies p;
  p.total = children;
  for (std::size_t limit = 1; limit <= std::max<std::size_t>(children, 1); ++limit) {
    p.limit = limit;
    p.operation = kind::gather;
    for (bool const errors : {false, true})
      for (bool const cancels : {false, true})
        for (bool const keeps : {false, true}) {
          if (keeps && !errors) continue;
          p.return_exceptions = errors;
          p.cancel_on_error = cancels;
          p.keep_results = keeps;
          f(p);
        }
    p.cancel_on_error = p.keep_results = false;
    if (children == 0) continue; // there a contest throws at the call
    p.operation = kind::race;
    for (bool const errors : {false, true}) {
      p.return_exceptions = errors;
      f(p);
    }
    p.return_exceptions = false;
    p.operation = kind::first_success;
    for (p.quorum = 1; p.quorum <= children; ++p.quorum) f(p);
    p.quorum = 1;
  }
}

} // namespace

numbers walk_operations() {
  numbers n;
  auto const add = [&n](std::size_t children, int requests, form given) {
    each_operation(children,
                   [&](policies const& p) { n += walk(p, children, given).go(requests); });
  };
  for (form const given : {form::range, form::eager_range}) {
    for (std::size_t const children : {0u, 1u, 2u, 3u})
      for (int const requests : {0, 1, 2}) add(children, requests, given);
    add(4, 0, given);
  }
  for (int const requests : {0, 1, 2}) add(2, requests, form::one_by_one);
  tell("operations, as users see them", n);
  return n;
}

} // namespace exhaustive
