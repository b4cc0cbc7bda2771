//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_STABLE_VECTOR_HPP
#define FANOUT_DETAIL_STABLE_VECTOR_HPP

#include <fanout/config.hpp>

#include <bit>
#include <cstddef>
#include <memory>

namespace fanout::inline FANOUT_ABI::detail {

/// A vector that never moves an element. The first segment holds `first` elements; each further
/// segment doubles the capacity.
template <class T, class Allocator>
class stable_vector {
public:
  stable_vector(std::size_t first, Allocator const& allocator)
      : allocator_(allocator), first_(first == 0 ? 1 : first) {}

  stable_vector(stable_vector const&) = delete;
  stable_vector& operator=(stable_vector const&) = delete;

  ~stable_vector() {
    for_each([](T& element) { std::destroy_at(&element); });
    for (std::size_t s = 0; s < segments_; ++s)
      traits::deallocate(allocator_, segment(s), length(s));
    if (auto a = further_allocator(); further_) pointers::deallocate(a, further_, most_);
  }

  auto const& get_allocator() const noexcept { return allocator_; }

  T& operator[](std::size_t i) noexcept {
    if (i < first_) return initial_[i];
    std::size_t const s = std::bit_width(i / first_);
    return further_[s - 1][i - length(s)];
  }

  std::size_t size() const noexcept { return size_; }

  template <class F>
  void for_each(F const& f) {
    for (std::size_t s = 0, left = size_; left != 0; ++s) {
      std::size_t const n = left < length(s) ? left : length(s);
      for (T *element = segment(s), *end = element + n; element != end; ++element) f(*element);
      left -= n;
    }
  }

  template <class... Args>
  T& grow(Args&&... args) {
    if (free_ == end_) add_segment();
    T& element = *std::construct_at(free_, std::forward<Args>(args)...);
    ++free_;
    ++size_;
    return element;
  }

private:
  using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;
  using traits = std::allocator_traits<rebound>;
  using pointers = typename traits::template rebind_traits<T*>;

  static constexpr std::size_t most_ = 32; // enough for any size

  // Segment 0 holds the first `first_` elements; segment s holds those from first_ * 2^(s-1) on,
  // and as many of them.
  std::size_t length(std::size_t s) const noexcept { return s == 0 ? first_ : first_ << (s - 1); }

  T*& segment(std::size_t s) noexcept { return s == 0 ? initial_ : further_[s - 1]; }

  void add_segment() {
    if (auto a = further_allocator(); segments_ == 1 && !further_)
      further_ = pointers::allocate(a, most_);
    std::size_t const n = length(segments_);
    free_ = segment(segments_) = traits::allocate(allocator_, n);
    end_ = free_ + n;
    ++segments_;
  }

  auto further_allocator() const { return typename pointers::allocator_type(allocator_); }

  [[no_unique_address]] rebound allocator_;
  std::size_t first_;
  std::size_t size_ = 0;
  std::size_t segments_ = 0;
  T* free_ = nullptr; // where the next element is constructed, in the last segment
  T* end_ = nullptr;
  T* initial_ = nullptr;
  T** further_ = nullptr; // null while one segment is enough
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_STABLE_VECTOR_HPP
