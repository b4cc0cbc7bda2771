//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WAITING_QUEUE_HPP
#define FANOUT_DETAIL_WAITING_QUEUE_HPP

#include <fanout/config.hpp>

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Entries in the order in which they were added, any of which may be removed: most often the only
/// one, and sometimes one of thousands. An `Entry` has an `id`, larger than those before it. It is
/// `empty()` by default and after a move, and `stale()` when it is of no use any more.
///
/// An entry is found by bisection, and removed by emptying it. At most half of all entries are
/// empty, and the last one never is.
template <class Entry>
class waiting_queue {
public:
  using id_type = decltype(Entry::id);
  using entries = boost::container::small_vector<Entry, 1>; // most queues have one entry

  bool empty() const noexcept { return entries_.empty(); }

  void push(Entry p) {
    if (entries_.size() == entries_.capacity()) make_room();
    entries_.push_back(std::move(p));
  }

  /// Removes and returns an entry; an empty one if there is none with this id.
  Entry take(id_type const& id) noexcept {
    auto const found =
        std::ranges::lower_bound(entries_, id, std::ranges::less(), [](auto& p) { return p.id; });
    if (found == entries_.end() || found->id != id || found->empty()) return {};
    Entry taken = std::move(*found);
    ++empty_;
    for (; !entries_.empty() && entries_.back().empty(); --empty_) entries_.pop_back();
    if (empty_ > entries_.size() / 2) tidy();
    if (entries_.capacity() > 4 * (entries_.size() + 1)) shrink();
    return taken;
  }

  /// Removes and returns all entries, empty ones too.
  entries take_all() noexcept {
    empty_ = 0;
    return std::exchange(entries_, {});
  }

private:
  void make_room() {
    tidy();
    if (entries_.size() > entries_.capacity() / 2) entries_.reserve(2 * entries_.capacity());
  }

  void tidy() noexcept {
    auto const stale = std::ranges::remove_if(entries_, &Entry::stale);
    entries_.erase(stale.begin(), stale.end());
    empty_ = 0;
  }

  // NOLINTNEXTLINE(bugprone-exception-escape): there is room for all that is moved
  void shrink() noexcept {
    entries small;
    try {
      small.reserve(entries_.size());
    } catch (std::bad_alloc const&) {
      return; // the queue keeps its capacity
    }
    std::ranges::move(entries_, std::back_inserter(small));
    std::destroy_at(&entries_); // neither swap nor assignment frees the memory
    std::construct_at(&entries_, std::move(small));
  }

  entries entries_;
  std::size_t empty_ = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WAITING_QUEUE_HPP
