//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_ASIO_FAULTS_COUNTING_ALLOCATOR_HPP
#define FANOUT_TEST_ASIO_FAULTS_COUNTING_ALLOCATOR_HPP

#include "../../support/allocations.hpp"

#include <cstddef>
#include <memory>

/// Counts the bytes that are taken from it and all its copies.
template <class T>
struct counting_allocator {
  using value_type = T;

  std::size_t* taken;

  explicit counting_allocator(std::size_t& t) : taken(&t) {}
  template <class U>
  counting_allocator(counting_allocator<U> const& other) : taken(other.taken) {}

  T* allocate(std::size_t n) {
    *taken += n * sizeof(T);
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }

  template <class U>
  bool operator==(counting_allocator<U> const& other) const {
    return taken == other.taken;
  }
};

#endif // FANOUT_TEST_ASIO_FAULTS_COUNTING_ALLOCATOR_HPP
