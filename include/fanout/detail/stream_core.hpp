//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_STREAM_CORE_HPP
#define FANOUT_DETAIL_STREAM_CORE_HPP

// The results of an operation that still runs.

#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/gather_core.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/race.hpp>
#include <fanout/detail/waiters.hpp>
#include <fanout/detail/waiting_line.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace fanout::inline FANOUT_ABI::detail {

template <class T>
inline constexpr bool can_be_copied<completed<T>> = can_be_copied<T>;
// An end is moved to one waiter: no copy is made.
template <class T>
inline constexpr bool can_be_copied<std::optional<completed<T>>> = false;

/// The queue between the children of an operation and the waits for the next end. Thread-safe.
template <class T>
class stream_core : public std::enable_shared_from_this<stream_core<T>> {
public:
  using value_type = T;
  using item = std::optional<completed<T>>;
  using waiting = future_state<item>;

private:
  using line = waiting_line<item>;
  using closing_line = waiting_line<void>;

  // An end, with its number in the order of completion.
  struct numbered {
    std::uint64_t number;
    item end;
  };

  // A wait for the next end. If the wait is cancelled or destroyed before its end is taken, the end
  // goes back to the queue.
  class queued_wait final : public line::queued_wait {
  public:
    queued_wait(asio::any_io_executor const& executor, std::shared_ptr<stream_core> const& core)
        : line::queued_wait(executor, "the next end of an as_completed",
                            std::shared_ptr<line>(core, &core->waiting_)),
          core_(*core) {}

    ~queued_wait() override {
      try {
        give_back();
      } catch (...) { // without memory the end is lost
      }
    }

    bool take(numbered& next) {
      number_ = next.number;
      return this->succeed(std::move(next.end));
    }

  private:
    void requested_too_late() override { give_back(); }

    void give_back() {
      auto unread = this->recall([](item const& end) { return end.has_value(); });
      if (unread) core_.put_back(number_, *std::move(unread));
    }

    stream_core& core_; // kept alive by the line
    std::uint64_t number_ = 0;
  };

public:
  // ---- members for the operation

  void set_operation(std::weak_ptr<backing_core> operation) {
    std::lock_guard const lock(mutex_);
    operation_ = std::move(operation);
  }

  void push(item next) {
    numbered last{pushed_++, std::move(next)};
    give(last);
  }

  /// The operation is being initiated: until `end_initiation` a `drop` says nothing of the reason.
  void begin_initiation() {
    std::lock_guard const lock(mutex_);
    initiates_ = true;
  }

  /// The initiation has returned, or has thrown the error.
  void end_initiation(std::exception_ptr error) {
    std::unique_lock lock(mutex_);
    initiates_ = false;
    bool const dropped = dropped_;
    lock.unlock();
    if (error || dropped) end(error ? std::move(error) : aborted_error());
  }

  /// The operation was destroyed before its end.
  void drop() {
    std::unique_lock lock(mutex_);
    dropped_ = true;
    bool const ends = !initiates_;
    lock.unlock();
    if (ends) end(aborted_error());
  }

  /// All children have ended. The error, if there is one, goes to the next wait.
  void end(std::exception_ptr error) {
    {
      std::lock_guard const lock(mutex_);
      over_ = true;
      error_ = std::move(error);
    }
    answer_all(waiting_, [this](waiting& each) { answer_with_end(each); });
    answer_all(closing_, [](future_state<void>& each) { each.succeed(); });
  }

  // ---- members for the consumer

  /// Returns a future of the next end, with this executor; of an empty optional if there is none.
  std::shared_ptr<waiting> next(asio::any_io_executor const& executor) {
    auto const one = std::make_shared<queued_wait>(executor, this->shared_from_this());
    std::unique_lock lock(mutex_);
    if (auto first = pop_ready()) {
      lock.unlock();
      one->take(*first);
    } else if (over_) {
      lock.unlock();
      answer_with_end(*one);
    } else {
      waiting_.join(*one);
    }
    return one;
  }

  /// Keeps further children from starting. Returns whether the running ones must still be asked to
  /// end.
  bool forbid_starts() {
    std::unique_lock lock(mutex_);
    auto const operation = operation_.lock();
    lock.unlock();
    return !operation || operation->forbid_starts();
  }

  /// Returns a future of the end of all children, with this executor.
  std::shared_ptr<future_state<void>> all_ended(asio::any_io_executor const& executor) {
    auto const one = std::make_shared<closing_line::queued_wait>(
        executor, "the end of an as_completed",
        std::shared_ptr<closing_line>(this->shared_from_this(), &closing_));
    std::unique_lock lock(mutex_);
    if (!over_) {
      closing_.join(*one);
      return one;
    }
    lock.unlock();
    one->succeed();
    return one;
  }

private:
  // Gives an end to the first wait. Without a wait the end is stored in the order of completion.
  void give(numbered& next) {
    for (;;) {
      std::unique_lock lock(mutex_);
      auto const first = std::static_pointer_cast<queued_wait>(waiting_.next());
      if (!first) return store(std::move(next));
      lock.unlock();
      try {
        if (first->take(next)) return;
      } catch (...) { // the move of the value has thrown: the wait ends with that
        return static_cast<void>(first->fail(std::current_exception()));
      }
    }
  }

  // ---- with the lock held

  void store(numbered&& next) {
    if (ready_.empty() || next.number > ready_.back().number)
      ready_.push_back(std::move(next));
    else
      earlier_.emplace(next.number, std::move(next.end));
  }

  // Returns the first end in the order of completion.
  std::optional<numbered> pop_ready() {
    std::optional<numbered> first;
    auto const at = earlier_.begin();
    if (at != earlier_.end() && (ready_.empty() || ready_.front().number > at->first)) {
      first.emplace(numbered{at->first, std::move(at->second)});
      earlier_.erase(at);
    } else if (!ready_.empty()) {
      first.emplace(std::move(ready_.front()));
      ready_.pop_front();
    }
    return first;
  }

  // ---- without it

  void put_back(std::uint64_t number, fanout::result<item> unread) {
    if (unread.has_error()) {
      std::lock_guard const lock(mutex_);
      error_ = unread.error();
    } else {
      numbered next{number, *std::move(unread)};
      give(next);
    }
  }

  template <class Line, class Answer>
  void answer_all(Line& all, Answer const& answer) {
    for (;;) {
      std::unique_lock lock(mutex_);
      auto const first = all.next();
      if (!first) return;
      lock.unlock();
      answer(*first);
    }
  }

  void answer_with_end(waiting& one) {
    std::unique_lock lock(mutex_);
    auto const error = std::exchange(error_, nullptr);
    lock.unlock();
    if (error)
      one.fail(error);
    else
      one.succeed(std::nullopt);
  }

  std::atomic<std::uint64_t> pushed_ = 0;
  std::mutex mutex_; // protects what follows
  std::weak_ptr<backing_core> operation_;
  std::deque<numbered> ready_;            // in the order of completion
  std::map<std::uint64_t, item> earlier_; // ends that came after later ones, or came back
  line waiting_{mutex_};
  closing_line closing_{mutex_};
  std::exception_ptr error_;
  bool over_ = false;
  bool initiates_ = false;
  bool dropped_ = false;
};

/// Pushes the end of a child into the stream.
template <class T, class Stream>
class stream_result_slot {
public:
  stream_result_slot(stream_core<Stream>& core, std::size_t index) noexcept
      : core_(&core), index_(index) {}

  template <class... U>
  void value(U&&... u) {
    if constexpr (std::is_void_v<Stream>)
      push(fanout::result<Stream>(boost::system::in_place_value));
    else if constexpr (std::is_void_v<T>)
      push({boost::system::in_place_value, as_any<Stream>(std::monostate())});
    else
      push({boost::system::in_place_value, as_any<Stream>(T(std::forward<U>(u)...))});
  }

  void error(std::exception_ptr& e) {
    push({boost::system::in_place_error, std::exchange(e, nullptr)});
  }

  static void drop() noexcept {}

  /// The child was never started.
  void miss(ending const& end) {
    if (core_) push({boost::system::in_place_error, end.missing()});
  }

private:
  void push(fanout::result<Stream> r) {
    core_->push(completed<Stream>{index_, std::move(r)});
    core_ = nullptr;
  }

  stream_core<Stream>* core_;
  std::size_t index_;
};

/// The outcome of an `as_completed`: at the end only children that were never started are left.
template <class Stream>
struct stream_outcome {
  using type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;
  static constexpr bool makes_result_slots = true;

  template <class T>
  using result_slot = stream_result_slot<T, Stream>;

  template <class T>
  result_slot<T> make_result_slot(std::size_t index) const noexcept {
    return {*core, index};
  }

  template <class... ResultSlot>
  void take(ending const& end, ResultSlot&... result_slots) const {
    (result_slots.miss(end), ...);
  }

  template <class ResultSlots>
  void take_range(ending const& end, ResultSlots&, std::size_t started,
                  std::optional<std::size_t> const& total) const {
    for (std::size_t i = started; total && i < *total; ++i)
      core->push(completed<Stream>{i, {boost::system::in_place_error, end.missing()}});
  }

  std::shared_ptr<stream_core<Stream>> core = std::make_shared<stream_core<Stream>>();
};

template <class... T>
using stream_of_t = std::conditional_t<(std::is_void_v<T> && ...), void, any_of_t<T...>>;

struct as_stream {
  static constexpr void apply(rules&) noexcept {}
  static constexpr char const* title() noexcept { return "an as_completed"; }
};

/// The projection of `as_completed`: the ends of all children, as they come.
struct streaming {
  template <class, bool, class... T>
  using of_children = stream_outcome<stream_of_t<T...>>;

  template <class, bool, class T>
  using of_range = stream_outcome<T>;

  // Results that have come are delivered, also when the stream is closed.
  static std::tuple<return_exceptions_t, keep_results_t, as_stream> own_policies() noexcept {
    return {};
  }

  template <class Policies>
  static consteval auto mistake() {
    if constexpr (Policies::template contains<with_index_t>)
      return stream_has_index();
    else if constexpr (Policies::template contains<return_exceptions_t> ||
                       Policies::template contains<keep_results_t>)
      return stream_has_results();
    else if constexpr (Policies::adopts)
      return stragglers_of_gather();
    else if constexpr (Policies::has_on_late_error)
      return never_late();
    else if constexpr (Policies::in_first_success_only)
      return of_first_success();
    else
      return no_mistake();
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_STREAM_CORE_HPP
