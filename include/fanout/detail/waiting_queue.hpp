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

/// Places in the order in which they came, of which any may leave: most often the one that is
/// there, and sometimes one of thousands. A `Place` has an `id`, larger than those before it. It is
/// `empty()` by default and when it was moved from, and `stale()` when it is of no use any more.
///
/// A place that leaves is found by bisection and stays as an empty one. At most half of all are
/// empty, and the last one never is.
template <class Place>
class waiting_queue {
public:
  using id_type = decltype(Place::id);
  using places = boost::container::small_vector<Place, 1>; // most have one

  bool empty() const noexcept { return places_.empty(); }

  void push(Place p) {
    if (places_.size() == places_.capacity()) make_room();
    places_.push_back(std::move(p));
  }

  /// Takes one out; an empty one if it is not there.
  Place take(id_type const& id) noexcept {
    auto const found =
        std::ranges::lower_bound(places_, id, std::ranges::less(), [](auto& p) { return p.id; });
    if (found == places_.end() || found->id != id || found->empty()) return {};
    Place taken = std::move(*found);
    ++empty_;
    for (; !places_.empty() && places_.back().empty(); --empty_) places_.pop_back();
    if (empty_ > places_.size() / 2) tidy();
    if (places_.capacity() > 4 * (places_.size() + 1)) shrink();
    return taken;
  }

  /// Takes all out, empty ones too.
  places take_all() noexcept {
    empty_ = 0;
    return std::exchange(places_, {});
  }

private:
  void make_room() {
    tidy();
    if (places_.size() > places_.capacity() / 2) places_.reserve(2 * places_.capacity());
  }

  void tidy() noexcept {
    auto const stale = std::ranges::remove_if(places_, &Place::stale);
    places_.erase(stale.begin(), stale.end());
    empty_ = 0;
  }

  // NOLINTNEXTLINE(bugprone-exception-escape): there is room for all that is moved
  void shrink() noexcept {
    places small;
    try {
      small.reserve(places_.size());
    } catch (std::bad_alloc const&) {
      return; // it stays as large as it is
    }
    std::ranges::move(places_, std::back_inserter(small));
    std::destroy_at(&places_); // neither swap nor assignment gives the memory back
    std::construct_at(&places_, std::move(small));
  }

  places places_;
  std::size_t empty_ = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WAITING_QUEUE_HPP
