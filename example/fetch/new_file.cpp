// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "new_file.hpp"

#include "job.hpp"

#include <boost/beast/core/file_base.hpp>
#include <boost/system/error_code.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_name = 120;

template <class Error>
void check(std::string const& path, Error const& error) {
  if (error) throw failure(fmt::format("cannot write {}: {}", path, error.message()));
}

/// Two runs that write to one folder do not meet.
std::string unfinished_name(fs::path const& path) {
  static auto const run = std::random_device()();
  auto const name = fmt::format(".{}.{:08x}.part", path.filename().string(), run);
  return (path.parent_path() / name).string();
}

bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

/// "http://example.com/a/b.html?c=d" -> "b.html_c_d"; the host where there is no more.
std::string file_name(std::string_view url) {
  url = url.substr(0, url.find('#'));
  auto const path = url.substr(0, url.find('?'));
  while (url.ends_with('/')) url.remove_suffix(1);
  auto const slash = path.substr(0, std::min(path.size(), url.size())).rfind('/');
  std::string name(slash == url.npos ? url : url.substr(slash + 1));
  std::ranges::replace_if(name, [](char c) { return !is_harmless(c); }, '_');
  name.resize(std::min(name.size(), longest_name));
  if (name.empty() || name.front() == '.') name.insert(0, 1, '_'); // ".." and hidden ones
  return name;
}

} // namespace

new_file::new_file(std::string path) : path_(std::move(path)), unfinished_(unfinished_name(path_)) {
  boost::system::error_code error;
  file_.open(unfinished_.c_str(), boost::beast::file_mode::write_new, error);
  check(path_, error);
}

new_file::~new_file() {
  if (unfinished_.empty()) return;
  std::error_code nothing_to_be_done;
  fs::remove(unfinished_, nothing_to_be_done);
}

void new_file::write(char const* data, std::size_t size) {
  boost::system::error_code error;
  file_.write(data, size, error);
  check(path_, error);
}

void new_file::keep() {
  boost::system::error_code not_closed;
  file_.close(not_closed);
  check(path_, not_closed);
  std::error_code not_renamed;
  fs::rename(unfinished_, path_, not_renamed);
  check(path_, not_renamed);
  unfinished_.clear();
}

std::vector<std::string> file_names(std::string const& folder,
                                    std::vector<std::string> const& urls) {
  std::vector<std::string> files;
  std::unordered_set<std::string> taken;
  std::unordered_map<std::string, int> namesakes;
  for (auto const& url : urls) {
    auto const plain = file_name(url);
    auto name = plain;
    while (!taken.insert(name).second) name = fmt::format("{}.{}", plain, ++namesakes[plain] + 1);
    files.push_back((fs::path(folder) / name).string());
  }
  return files;
}

void make_folder(std::string const& folder) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (!error && !fs::is_directory(folder, error))
    error = std::make_error_code(std::errc::not_a_directory);
  if (error) throw failure(fmt::format("cannot write to {}: {}", folder, error.message()));
}
