// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "list.hpp"

#include "../fetch/options.hpp"

#include <fmt/format.h>

#include <iostream>

namespace farm {

namespace {

/// What a client sends in one line must not be longer with any server that is common.
constexpr std::size_t longest_url = 64 * 1024;

} // namespace

list::list(std::string const& name)
    : name_(name), file_(name == "-" ? std::ifstream() : std::ifstream(name)),
      urls_(name == "-" ? std::cin : file_) {
  if (name != "-" && !file_) throw usage_error(fmt::format("--from cannot read '{}'", name));
}

std::optional<std::uint64_t> list::size() const {
  if (name_ == "-") return std::nullopt;
  std::ifstream file(name_);
  url_list urls(file);
  std::uint64_t n = 0;
  for (std::string url; urls.next(url);) ++n;
  return n;
}

std::vector<std::string> const& list::ahead(std::size_t most) {
  for (std::string url; ahead_.size() < most && read(url);) ahead_.push_back(url);
  return ahead_;
}

position list::behind() const {
  hash h = hash_;
  for (auto const& url : ahead_) add(h, url);
  return position_of(lines_ + ahead_.size(), h);
}

void list::pass(position const& to) {
  std::size_t passed = 0;
  std::string url;
  for (; lines_ < to.lines; ++lines_) {
    if (passed < ahead_.size())
      url = ahead_[passed++];
    else if (!read(url))
      throw usage_error(fmt::format("'{}' has {} URLs, and the farm has got {} already: it belongs "
                                    "to another list, name another farm with --farm",
                                    name_, lines_, to.lines));
    add(hash_, url);
  }
  ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(passed));
  if (here() != to)
    throw usage_error(fmt::format("the first {} URLs of '{}' are not those that the farm has got: "
                                  "it belongs to another list, name another farm with --farm",
                                  to.lines, name_));
}

void list::add(hash& h, std::string const& url) {
  h.update(url.data(), url.size());
  h.update("\n", 1);
}

position list::position_of(std::uint64_t lines, hash h) {
  if (lines == 0) return {};
  return {lines, fmt::format("{:016x}", h.result())};
}

bool list::read(std::string& url) {
  if (!urls_.next(url)) {
    if (file_.bad() || std::cin.bad())
      throw usage_error(fmt::format("--from cannot read '{}'", name_));
    return false;
  }
  if (url.size() > longest_url)
    throw usage_error(fmt::format("a URL of '{}' is longer than {} bytes: {}...", name_,
                                  longest_url, url.substr(0, 60)));
  return true;
}

} // namespace farm
