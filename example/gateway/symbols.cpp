// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "symbols.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace urls = boost::urls;

namespace {

constexpr std::size_t longest = 16;

/// They become parts of other URLs.
bool is_symbol(std::string_view word) {
  auto const fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
  };
  return word.size() <= longest && std::ranges::all_of(word, fits) &&
         word.find_first_not_of('.') != word.npos; // which would be a step in a path
}

std::string value_of_symbols(std::string_view target) {
  auto const url = urls::parse_origin_form(target);
  if (!url) throw bad_symbols("not a valid URL");
  auto const params = url->params();
  auto const found = params.find("symbols");
  if (found == params.end() || !(*found).has_value || (*found).value.empty())
    throw bad_symbols("name symbols: /quote?symbols=A,B,C");
  return (*found).value;
}

} // namespace

std::vector<std::string> parse_symbols(std::string_view target, std::size_t most) {
  std::vector<std::string> symbols;
  auto const value = value_of_symbols(target);
  for (std::size_t start = 0; start <= value.size();) {
    auto const comma = std::min(value.find(',', start), value.size());
    auto word = value.substr(start, comma - start);
    if (!is_symbol(word))
      throw bad_symbols(fmt::format(
          "a symbol has 1 to {} letters, digits, dots and hyphens, and not only dots", longest));
    if (std::ranges::find(symbols, word) == symbols.end()) symbols.push_back(std::move(word));
    start = comma + 1;
  }
  if (symbols.size() > most)
    throw bad_symbols(fmt::format("at most {} symbols, not {}", most, symbols.size()));
  return symbols;
}
