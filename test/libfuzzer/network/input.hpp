// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// How the bytes of an input become what one end of a connection sends.

#ifndef FANOUT_TEST_LIBFUZZER_NETWORK_INPUT_HPP
#define FANOUT_TEST_LIBFUZZER_NETWORK_INPUT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

/// The first two characters say how the rest is sent, so that a change of the text changes nothing
/// else. Both are letters in the corpus: its files can be read.
class input {
public:
  input(std::uint8_t const* data, std::size_t size)
      : text_(reinterpret_cast<char const*>(data), size) {
    text_.remove_prefix(std::min<std::size_t>(text_.size(), 2));
    if (size > 0) choices_ = data[0];
    if (size > 1) cuts_ = data[1];
  }

  /// One of eight, independent of each other.
  bool choice(unsigned n) const { return ((choices_ >> n) & 1) != 0; }

  std::string_view text() const { return text_; }

  /// The text in segments: all of it, or some single bytes in the middle, or some of random
  /// lengths, always the same ones. They are few: each costs several calls of the system.
  std::vector<std::string_view> segments(std::string_view text) const {
    constexpr std::size_t most = 24;
    std::minstd_rand random(cuts_ + 1u);
    std::vector<std::string_view> all;
    while (!text.empty()) {
      std::size_t size = text.size();
      if (cuts_ % 4 == 1) size = all.empty() ? 1 + random() % text.size() : 1;
      if (cuts_ % 4 == 2) size = 1 + random() % 16;
      if (cuts_ % 4 == 3) size = 1 + random() % 256;
      if (all.size() + 1 == most) size = text.size();
      all.push_back(text.substr(0, size));
      text.remove_prefix(std::min(size, text.size()));
    }
    return all;
  }

  /// The text in parts, which this separates.
  static std::vector<std::string_view> parts(std::string_view text) {
    constexpr std::string_view separator = "\n<next>\n";
    std::vector<std::string_view> all;
    for (;;) {
      auto const end = text.find(separator);
      all.push_back(text.substr(0, end));
      if (end == text.npos) return all;
      text.remove_prefix(end + separator.size());
    }
  }

private:
  std::string_view text_;
  unsigned choices_ = 0, cuts_ = 0;
};

#endif
