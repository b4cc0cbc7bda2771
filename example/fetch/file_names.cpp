// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "file_names.hpp"

#include "foreign_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace {

constexpr std::size_t longest_name = 120;

/// "%C3%A9" -> "é", also where a % stands for itself.
std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    auto const* const digits = text.data() + i + 1;
    bool const escape = text[i] == '%' && i + 2 < text.size() &&
                        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    plain += escape ? static_cast<char>(byte) : text[i];
    if (escape) i += 2;
  }
  return plain;
}

bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

std::string harmless(std::string_view text) {
  std::string good;
  for (auto const& l : letters_of(text)) {
    bool const kept = l.code < 0x80 ? is_harmless(l.bytes.front()) : is_visible(l);
    auto const next = kept ? l.bytes : "_";
    if (good.size() + next.size() > longest_name) break;
    good += next;
  }
  return good;
}

/// "http://example.com/a/b.html?c=d" -> "b.html_c_d"; the host where there is no more.
std::string file_name(std::string_view url) {
  url = url.substr(0, url.find('#'));
  auto const path = url.substr(0, url.find('?'));
  while (url.ends_with('/')) url.remove_suffix(1);
  auto const slash = path.substr(0, std::min(path.size(), url.size())).rfind('/');
  auto const last = decoded(slash == url.npos ? url : url.substr(slash + 1));
  auto name = harmless(last);
  if (name.empty() || name.front() == '.') name.insert(0, 1, '_'); // ".." and hidden ones
  return name;
}

} // namespace

std::vector<std::string> file_names(std::string const& folder,
                                    std::vector<std::string> const& urls) {
  std::vector<std::string> files;
  std::unordered_set<std::string> taken;
  std::unordered_map<std::string, int> namesakes;
  for (auto const& url : urls) {
    auto const plain = file_name(url);
    auto name = plain;
    while (!taken.insert(name).second) name = fmt::format("{}.{}", plain, ++namesakes[plain] + 1);
    files.push_back((std::filesystem::path(folder) / name).string());
  }
  return files;
}
