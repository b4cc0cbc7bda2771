//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WAITING_LINE_HPP
#define FANOUT_DETAIL_WAITING_LINE_HPP

#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The waits for one of a limited number of things, first come, first served. Each wait is a future
/// with one owner, its waiter. It leaves the line when it is cancelled, and when its waiter is
/// destroyed along with the waiter's context. Leaving takes constant time.
///
/// The line is a member of an owner, whose mutex protects it.
template <class T>
class waiting_line {
public:
  /// One wait in the line.
  class queued_wait : public future_state<T> {
  public:
    queued_wait(asio::any_io_executor const& executor, std::string name,
                std::shared_ptr<waiting_line> line)
        : future_state<T>(idle(executor), asio::any_io_executor(), std::move(name)),
          line_(std::move(line)) {}

    ~queued_wait() override { leave(); }

  private:
    friend waiting_line;

    void given_up() override { leave(); }

    void leave() {
      std::lock_guard const lock(line_->mutex_);
      if (stands_) line_->remove(*this);
    }

    std::shared_ptr<waiting_line> const line_;
    bool stands_ = false;
    queued_wait* previous_ = nullptr;
    queued_wait* next_ = nullptr;
  };

  explicit waiting_line(std::mutex& owners) noexcept : mutex_(owners) {}
  waiting_line(waiting_line const&) = delete;
  waiting_line& operator=(waiting_line const&) = delete;

  // ---- with the lock held

  void join(queued_wait& last) noexcept {
    last.stands_ = true;
    last.previous_ = last_;
    (last_ ? last_->next_ : first_) = &last;
    last_ = &last;
  }

  /// Removes and returns the first wait; null if there is none. If the result is the last owner, it
  /// takes the lock in its destructor.
  std::shared_ptr<queued_wait> next() noexcept {
    while (first_) {
      queued_wait& first = *first_;
      remove(first);
      if (auto alive = first.weak_from_this().lock()) // null if the wait is being destroyed
        return std::static_pointer_cast<queued_wait>(std::move(alive));
    }
    return nullptr;
  }

private:
  void remove(queued_wait& s) noexcept {
    s.stands_ = false;
    (s.previous_ ? s.previous_->next_ : first_) = s.next_;
    (s.next_ ? s.next_->previous_ : last_) = s.previous_;
    s.previous_ = s.next_ = nullptr;
  }

  std::mutex& mutex_;
  queued_wait* first_ = nullptr;
  queued_wait* last_ = nullptr;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WAITING_LINE_HPP
