// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "new_file.hpp"

#include "job.hpp"

#include <boost/beast/core/file_base.hpp>
#include <boost/interprocess/exceptions.hpp>
#include <boost/system/error_code.hpp>

#include <fmt/format.h>

#include <chrono>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;
namespace interprocess = boost::interprocess;
using namespace std::chrono_literals;

namespace {

/// Between the end of a file and its new name nobody holds its lock.
constexpr auto time_to_rename = 100ms;

constexpr std::string_view suffix = ".fetch.part";
constexpr std::size_t longest_begin = 100; // of a name, which may be as long as the system allows

template <class Error>
void check(std::string const& path, Error const& error) {
  if (!error) return;
  auto const text = fmt::format("cannot write {}: {}", path, error.message());
  if (error == std::errc::too_many_files_open || error == std::errc::too_many_files_open_in_system)
    throw out_of_files(text);
  throw failure(text);
}

/// Two runs that write to one folder do not meet.
std::string unfinished_name(fs::path const& path) {
  static std::mt19937 generator{std::random_device()()};
  auto const begin = path.filename().string().substr(0, longest_begin);
  auto const name = fmt::format(".{}.{:08x}{}", begin, generator(), suffix);
  return (path.parent_path() / name).string();
}

bool is_unfinished(fs::path const& path) {
  auto const name = path.filename().string();
  return name.starts_with('.') && name.ends_with(suffix);
}

/// A device or a pipe would be gone, and another program would miss it.
void check_replaceable(std::string const& path) {
  std::error_code error;
  auto const type = fs::status(path, error).type();
  if (type == fs::file_type::not_found || type == fs::file_type::regular) return;
  check(path, error);
  if (type == fs::file_type::directory)
    check(path, std::make_error_code(std::errc::is_a_directory));
  throw failure(fmt::format("cannot write {}: it is no regular file", path));
}

/// Nobody else may read what replaces a file that nobody else may read.
void copy_mode(fs::path const& from, fs::path const& to) {
  std::error_code error;
  auto const old = fs::symlink_status(from, error);
  if (old.type() != fs::file_type::regular) return;
  auto constexpr everybody = fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all;
  fs::permissions(to, old.permissions() & everybody, error);
  check(from.string(), error);
}

/// Whether the process that began the file is gone.
bool is_left_over(fs::path const& path) try {
  std::error_code error;
  auto const age = fs::file_time_type::clock::now() - fs::last_write_time(path, error);
  return !error && age > time_to_rename && interprocess::file_lock(path.c_str()).try_lock();
} catch (interprocess::interprocess_exception const&) {
  return false;
}

void remove_left_overs(fs::path const& folder) {
  std::error_code error; // it may be somebody else's folder
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code not_removed;
    if (is_unfinished(*entry) && is_left_over(*entry)) fs::remove(*entry, not_removed);
  }
}

} // namespace

new_file::unfinished::~unfinished() {
  if (name.empty()) return;
  std::error_code nothing_to_be_done;
  fs::remove(name, nothing_to_be_done);
}

new_file::new_file(std::string path) : path_(std::move(path)) {
  check_replaceable(path_);
  do open();
  while (!claim());
  copy_mode(path_, unfinished_.name);
}

void new_file::open() {
  unfinished_.name = unfinished_name(path_);
  boost::system::error_code error;
  file_.open(unfinished_.name.c_str(), boost::beast::file_mode::write_new, error);
  check(path_, error);
}

/// False if another run, which clears up, has been faster.
bool new_file::claim() try {
  lock_ = interprocess::file_lock(unfinished_.name.c_str());
  std::error_code gone;
  return lock_.try_lock() && fs::exists(unfinished_.name, gone);
} catch (interprocess::interprocess_exception const& e) {
  std::error_code const error(e.get_native_error(), std::system_category());
  if (error == std::errc::no_such_file_or_directory) return false;
  if (error == std::errc::too_many_files_open) check(path_, error);
  return true; // not every file system has locks
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
  fs::rename(unfinished_.name, path_, not_renamed);
  check(path_, not_renamed);
  unfinished_.name.clear();
}

fs::path followed(fs::path const& name) {
  std::error_code leads_nowhere;
  if (!fs::is_symlink(name, leads_nowhere)) return name;
  auto const end = fs::canonical(name, leads_nowhere);
  return leads_nowhere ? name : end;
}

void prepare_folder(fs::path const& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder, error))
    error = std::make_error_code(std::errc::not_a_directory);
  if (error) throw failure(fmt::format("cannot write to {}: {}", folder.string(), error.message()));

  remove_left_overs(folder);
}
