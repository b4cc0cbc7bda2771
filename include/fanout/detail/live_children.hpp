//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LIVE_CHILDREN_HPP
#define FANOUT_DETAIL_LIVE_CHILDREN_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/segments.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fanout::detail {

/// Where a running child can be reached. One record serves several children, one after another.
struct live_child {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::size_t index = none;         // the child that runs here now
  asio::cancellation_signal signal; // connected to that child
  asio::any_io_executor home;       // where it runs, if not on the operation's executor
  asio::any_io_executor work;       // keeps the context of a child's own executor running
  bool claimed = false;             // its end has been told: a second one does not count
  std::int64_t deadline = 0;        // when it is cancelled, in ticks of the clock that does it
  bool timed_out = false;           // it was cancelled then: its end counts as deadline_exceeded
  live_child* previous = nullptr;   // in the order of start, which is that of the arguments
  live_child* next = nullptr;
};

/// How many cancellations are being passed on around this point, each inside another: gathers in
/// gathers would otherwise use native stack for every level.
class nesting {
public:
  nesting() noexcept { ++depth_; }
  ~nesting() { --depth_; }
  nesting(nesting const&) = delete;
  nesting& operator=(nesting const&) = delete;

  static bool is_deep() noexcept { return depth_ >= 32; }

private:
  inline static thread_local int depth_ = 0;
};

/// The children that run and can be reached. Not synchronised.
template <class Allocator>
class live_children {
public:
  explicit live_children(Allocator const& allocator) : pool_(4, allocator) {}

  /// A record for somebody who runs children. It is not in the list.
  live_child& acquire() {
    if (!free_) return pool_.grow();
    live_child& record = *free_;
    free_ = record.next;
    record.next = nullptr;
    return record;
  }

  void release(live_child& record) noexcept {
    record.signal.slot().clear();
    record.home = record.work = asio::any_io_executor();
    record.next = free_;
    free_ = &record;
  }

  void begin(live_child& record, std::size_t index) noexcept {
    record.index = index;
    record.claimed = record.timed_out = false;
    record.previous = last_;
    record.next = nullptr;
    (last_ ? last_->next : first_) = &record;
    last_ = &record;
  }

  void end(live_child& record) noexcept {
    record.index = live_child::none;
    (record.previous ? record.previous->next : first_) = record.next;
    (record.next ? record.next->previous : last_) = record.previous;
    record.previous = record.next = nullptr;
  }

  live_child* first() const noexcept { return first_; }

  struct entry {
    live_child* record;
    std::size_t index;
    asio::any_io_executor home;
  };

  /// Who runs now, in the order of the arguments. Their signals may end any of them meanwhile, so
  /// each entry has to be compared with its record before it is used.
  std::vector<entry> snapshot() const {
    std::vector<entry> entries;
    for (live_child* r = first_; r; r = r->next) entries.push_back({r, r->index, r->home});
    return entries;
  }

private:
  segments<live_child, Allocator> pool_;
  live_child* free_ = nullptr;
  live_child* first_ = nullptr;
  live_child* last_ = nullptr;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_LIVE_CHILDREN_HPP
