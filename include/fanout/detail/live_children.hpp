//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LIVE_CHILDREN_HPP
#define FANOUT_DETAIL_LIVE_CHILDREN_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/cleanup_scope.hpp>
#include <fanout/detail/linked_list.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/nested_dispatch.hpp>
#include <fanout/detail/optional_mutex.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/spare_memory.hpp>
#include <fanout/detail/stable_vector.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// The record of a running child, through which the child can be cancelled. One record serves
/// several children, one after another.
struct live_child : plain_list_links {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::size_t index = none;         // of the child that uses this record
  asio::cancellation_signal signal; // connected to the child
  asio::any_io_executor executor;   // of the child, if not the operation's
  bool asked = false;               // the child was asked to end
  bool asked_outside = false;       // by something other than its operation
  bool asked_as_leftover = false;   // asked to end at the end of `run`
  std::exception_ptr failure; // thrown by the child's first step, before its frame is destroyed
  std::int64_t deadline = 0;  // when the child is cancelled, in ticks of the policy's clock
  coroutine_id coroutine = nullptr;            // the coroutine that awaits the child, if known
  std::chrono::steady_clock::time_point since; // when the child started, on a context of `run`
  bool timed_out = false;                      // a time limit has asked the child to end
  int holders = 0;                             // number of links to this record
};

/// The records of an operation's running children. Members say in a heading whether they are called
/// with the lock of the operation held; the others take the lock.
template <class Executor, class Allocator>
class live_children {
public:
  struct child_ref {
    live_child* record = nullptr;
    std::size_t index = 0;
    asio::any_io_executor executor;
  };

  // `total`: the number of children, if known.
  live_children(Executor const& executor, optional_mutex& mutex, Allocator const& allocator,
                std::optional<std::size_t> total)
      : executor_(executor), mutex_(mutex),
        pool_(total && *total < 4 ? *total : 4, allocator_for_state(allocator)) {}

  // ---- with the lock held

  /// Returns a record with one holder. It is not in the list yet.
  live_child& acquire() {
    live_child* const used = free_.pop();
    live_child& record = used ? *used : pool_.grow();
    record.holders = 1;
    record.coroutine = nullptr;
    return record;
  }

  void begin(live_child& record, std::size_t index) noexcept {
    record.index = index;
    record.asked = record.asked_outside = record.asked_as_leftover = record.timed_out = false;
    if (record.failure) record.failure = nullptr;
    list_.push_back(record);
  }

  /// The child has ended. If it was destroyed before its end, it has left the list already.
  void end(live_child& record) noexcept {
    if (record.index == live_child::none) return;
    record.index = live_child::none;
    list_.remove(record);
  }

  /// The records of the running children, in the order of start, which is that of the arguments.
  linked_list<live_child>& list() noexcept { return list_; }

  /// The child has been destroyed, and nothing may refer to its context any more. The slot is
  /// clear.
  void make_unreachable(live_child& record) {
    end(record);
    if (record.executor) record.executor = nullptr;
  }

  static child_ref ref_to(live_child& record) { return {&record, record.index, record.executor}; }

  // ---- without the lock

  /// Adds a holder of a record.
  void hold(live_child& record) {
    std::lock_guard const lock(mutex_);
    ++record.holders;
  }

  /// Removes a holder of a record. Without a holder the child has ended, or was destroyed along
  /// with its context. The function in the slot may have a destructor of the user's, so the slot is
  /// cleared without the lock.
  [[gnu::noinline]] void release(live_child& record) {
    {
      std::lock_guard const lock(mutex_);
      if (--record.holders != 0) return;
    }
    record.signal.slot().clear();
    std::lock_guard const lock(mutex_);
    make_unreachable(record);
    free_.push_front(record);
  }

  /// The child runs on another executor than was known.
  void move_to(live_child& record, asio::any_io_executor executor) {
    std::lock_guard const lock(mutex_);
    record.executor = std::move(executor);
  }

  /// Forwards a request to all children, in the order of start: on the operation's executor, or on
  /// each child's own executor where these differ. `operation` lives until then.
  void cancel_all(asio::cancellation_type type, std::shared_ptr<void> operation) {
    std::unique_lock lock(mutex_);
    if (list_.empty()) return;
    if (!mutex_.locks()) return cancel_all_here(type, std::move(operation));
    auto const live = snapshot();
    lock.unlock();
    for (auto const& [record, index] : live) {
      lock.lock();
      bool const runs = record->index == index;
      auto const child = runs ? ref_to(*record) : child_ref();
      lock.unlock();
      if (runs) cancel(child, type, operation);
    }
  }

  /// Forwards a request to one child, on the child's executor. The child may have ended meanwhile.
  void cancel(child_ref const& child, asio::cancellation_type type,
              std::shared_ptr<void> operation) {
    nested_dispatch::run_on(child.executor ? child.executor : asio::any_io_executor(executor_),
                            cleanup_scope::carry([this, keep = std::move(operation), child, type] {
                              emit(child, type, keep);
                            }));
  }

  /// Forwards a request that comes from outside of the operation.
  void cancel_from_outside(child_ref const& child, asio::cancellation_type type,
                           std::shared_ptr<void> operation) {
    {
      std::lock_guard const lock(mutex_);
      if (child.record->index == child.index) child.record->asked_outside = true;
    }
    cancel(child, type, std::move(operation));
  }

private:
  // Copies the list: the records, and which child uses each. A signal may end any child in it, so
  // each child is compared with its record again before it is asked.
  auto snapshot() {
    using seen = std::pair<live_child*, std::size_t>;
    using allocator =
        typename std::allocator_traits<state_allocator<Allocator>>::template rebind_alloc<seen>;
    std::vector<seen, allocator> all{allocator(pool_.get_allocator())};
    reserve::attempt([&] { all.reserve(list_.size()); });
    for (live_child& record : list_) all.emplace_back(&record, record.index);
    return all;
  }

  void cancel_all_here(asio::cancellation_type type, std::shared_ptr<void> operation) {
    nested_dispatch::run_on(executor_,
                            cleanup_scope::carry([this, keep = std::move(operation), type] {
                              for (auto const& [record, index] : snapshot())
                                if (record->index == index && mark_asked(*record))
                                  record->signal.emit(type);
                            }));
  }

  // Marks the child as asked. Returns whether to emit the request: of those at the end of `run`
  // only the first.
  static bool mark_asked(live_child& record) noexcept {
    record.asked = true;
    return !cleanup_scope::is_active() || !std::exchange(record.asked_as_leftover, true);
  }

  // Runs on the child's executor, so that the child cannot end meanwhile. If the child has moved to
  // another executor, the request follows it.
  void emit(child_ref const& child, asio::cancellation_type type,
            std::shared_ptr<void> const& operation) {
    live_child& record = *child.record;
    std::unique_lock lock(mutex_);
    if (record.index != child.index) return;
    auto const now = ref_to(record);
    bool const moved = mutex_.locks() && now.executor != child.executor;
    bool const hears = moved || mark_asked(record);
    lock.unlock();
    if (moved)
      cancel(now, type, operation);
    else if (hears)
      record.signal.emit(type);
  }

  Executor const& executor_; // of the operation
  optional_mutex& mutex_;
  stable_vector<live_child, state_allocator<Allocator>> pool_;
  linked_list<live_child> free_;
  linked_list<live_child> list_;
};

/// Where the end of a child is reported.
enum class ended_in {
  handler,    // in a completion handler, or where children are started
  runner,     // at the end of a runner
  runner_loop // in a runner that goes on with the next child
};

/// Held by runners and handlers of children: shares the owner of the child, and with it the child's
/// record, if the child can be cancelled.
template <class Owner>
class child_link {
public:
  explicit child_link(std::shared_ptr<Owner> owner, live_child* record = nullptr) noexcept
      : owner_(std::move(owner)), record_(record) {}

  child_link(child_link const& other) : owner_(other.owner_), record_(other.record_) {
    if (record_) owner_->records().hold(*record_);
  }
  child_link(child_link&& other) noexcept
      : owner_(std::move(other.owner_)), record_(std::exchange(other.record_, nullptr)) {}
  child_link& operator=(child_link const&) = delete;

  ~child_link() {
    if (record_) owner_->records().release(*record_);
  }

  /// False for an empty link, and after a move.
  explicit operator bool() const noexcept { return owner_ != nullptr; }

  Owner* operator->() const noexcept { return owner_.get(); }
  Owner& operator*() const noexcept { return *owner_; }

  /// Releases the record, and returns the owner.
  std::shared_ptr<Owner> owner() && noexcept {
    if (record_) owner_->records().release(*std::exchange(record_, nullptr));
    return std::move(owner_);
  }

  live_child* record() const noexcept { return record_; }

  asio::cancellation_slot slot() const noexcept {
    return record_ ? record_->signal.slot() : asio::cancellation_slot();
  }

private:
  std::shared_ptr<Owner> owner_;
  live_child* record_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_LIVE_CHILDREN_HPP
