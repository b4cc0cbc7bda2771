//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WAITING_LINE_HPP
#define FANOUT_DETAIL_WAITING_LINE_HPP

#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/linked_list.hpp>

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
  class queued_wait : public future_state<T>, public list_links {
  public:
    queued_wait(asio::any_io_executor const& executor, std::string name,
                std::shared_ptr<waiting_line> line)
        : future_state<T>(idle(executor), asio::any_io_executor(), std::move(name)),
          line_(std::move(line)) {}

    ~queued_wait() override { leave(); }

  private:
    friend waiting_line;

    void ended_by_request() override { leave(); }

    void leave() {
      std::lock_guard const lock(line_->mutex_);
      if (this->is_linked()) line_->waits_.remove(*this);
    }

    std::shared_ptr<waiting_line> const line_;
  };

  explicit waiting_line(std::mutex& owners) noexcept : mutex_(owners) {}
  waiting_line(waiting_line const&) = delete;
  waiting_line& operator=(waiting_line const&) = delete;

  // ---- with the lock held

  void join(queued_wait& last) noexcept { waits_.push_back(last); }

  /// Removes and returns the first wait; null if there is none. If the result is the last owner, it
  /// takes the lock in its destructor.
  std::shared_ptr<queued_wait> next() noexcept {
    while (queued_wait* const first = waits_.pop())
      if (auto alive = first->weak_from_this().lock()) // null if the wait is being destroyed
        return std::static_pointer_cast<queued_wait>(std::move(alive));
    return nullptr;
  }

private:
  std::mutex& mutex_;
  linked_list<queued_wait> waits_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WAITING_LINE_HPP
