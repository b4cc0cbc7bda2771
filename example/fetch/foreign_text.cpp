// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "foreign_text.hpp"

#include <boost/locale/utf.hpp>

#include <cstddef>

std::string utf8(std::string_view text) {
  namespace utf = boost::locale::utf;
  std::string good;
  for (auto p = text.begin(); p != text.end();) {
    auto const begin = p;
    auto const c = utf::utf_traits<char>::decode(p, text.end());
    if (utf::is_valid_codepoint(c)) {
      good.append(begin, p);
    } else {
      good += "\uFFFD";
      p = begin + 1;
    }
  }
  return good;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 200;
  return text.size() <= longest ? std::string(text) : std::string(text.substr(0, longest)) + "…";
}
