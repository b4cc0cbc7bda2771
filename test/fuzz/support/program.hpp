//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_FUZZ_SUPPORT_PROGRAM_HPP
#define FANOUT_TEST_FUZZ_SUPPORT_PROGRAM_HPP

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Programs that are read at run time. Their text is nested lists, as in Lisp:
///
///     (gather :return_exceptions (sleep 3 "a") (fail 1 "b"))
///
/// A list begins with its head, a word. A word is everything up to a space or a parenthesis.
namespace fanout_fuzz {

/// A word, or a list. A word has no items.
struct node {
  std::string head;
  std::vector<node> items;
  bool is_list = false;

  /// The number that a word stands for. Throws std::invalid_argument where it is none.
  long number() const {
    std::size_t used = 0;
    long const value = std::stol(head, &used);
    if (used != head.size()) throw std::invalid_argument("not a number: " + head);
    return value;
  }
};

/// Reads one node of `text` and removes it from the front. Throws std::invalid_argument.
inline node read_node(std::string_view& text) {
  auto const skip_space = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  };
  auto const read_word = [&] {
    auto const length = std::min(text.find_first_of(" \t\r\n()"), text.size());
    if (length == 0)
      throw std::invalid_argument("a word is missing before: " + std::string(text.substr(0, 40)));
    std::string word(text.substr(0, length));
    text.remove_prefix(length);
    return word;
  };

  skip_space();
  if (!text.starts_with('(')) return {read_word(), {}, false};
  text.remove_prefix(1);
  skip_space();
  node list{read_word(), {}, true};
  for (skip_space(); !text.starts_with(')'); skip_space()) {
    if (text.empty()) throw std::invalid_argument("a parenthesis is open: (" + list.head);
    list.items.push_back(read_node(text));
  }
  text.remove_prefix(1);
  return list;
}

} // namespace fanout_fuzz

#endif // FANOUT_TEST_FUZZ_SUPPORT_PROGRAM_HPP
