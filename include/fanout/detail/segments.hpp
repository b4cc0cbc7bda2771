//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SEGMENTS_HPP
#define FANOUT_DETAIL_SEGMENTS_HPP

#include <bit>
#include <cstddef>
#include <memory>

namespace fanout::detail {

/// A sequence that grows at its end and never moves an element. The first segment holds `first`
/// elements, all where the number was known; each further one doubles what there is.
template <class T, class Allocator>
class segments {
public:
  segments(std::size_t first, Allocator const& allocator)
      : allocator_(allocator), first_(first == 0 ? 1 : first) {}

  segments(segments const&) = delete;
  segments& operator=(segments const&) = delete;

  ~segments() {
    for (std::size_t i = 0; i < size_; ++i) std::destroy_at(&(*this)[i]);
    for (std::size_t s = 0; s < segments_; ++s)
      traits::deallocate(allocator_, table_[s], length(s));
  }

  auto const& get_allocator() const noexcept { return allocator_; }

  T& operator[](std::size_t i) noexcept {
    if (i < first_) return table_[0][i];
    std::size_t const s = std::bit_width(i / first_);
    return table_[s][i - length(s)];
  }

  std::size_t size() const noexcept { return size_; }

  template <class... Args>
  T& grow(Args&&... args) {
    std::size_t const s = size_ < first_ ? 0 : std::bit_width(size_ / first_);
    if (s == segments_) {
      table_[s] = traits::allocate(allocator_, length(s));
      ++segments_;
    }
    T& element = *std::construct_at(&(*this)[size_], std::forward<Args>(args)...);
    ++size_;
    return element;
  }

private:
  using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;
  using traits = std::allocator_traits<rebound>;

  // Segment 0 holds the first `first_` elements, segment s those from first_ * 2^(s-1) on, and as
  // many of them.
  std::size_t length(std::size_t s) const noexcept { return s == 0 ? first_ : first_ << (s - 1); }

  [[no_unique_address]] rebound allocator_;
  std::size_t first_;
  std::size_t size_ = 0;
  std::size_t segments_ = 0;
  T* table_[32]; // enough for any number that grows from 4 on
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_SEGMENTS_HPP
