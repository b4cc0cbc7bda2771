//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_TREES_CHOICES_HPP
#define FANOUT_TEST_TREES_CHOICES_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace trees {

/// Reads choices from bytes. When there are no more, every choice is 0.
class choices {
public:
  explicit choices(std::span<std::uint8_t const> bytes) noexcept : bytes_(bytes) {}

  bool over() const noexcept { return bytes_.empty(); }

  /// One of 0 to `n - 1`, where `n` is at most 256.
  unsigned below(unsigned n) noexcept {
    if (bytes_.empty()) return 0;
    unsigned const byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte % n;
  }

private:
  std::span<std::uint8_t const> bytes_;
};

} // namespace trees

#endif // FANOUT_TEST_TREES_CHOICES_HPP
