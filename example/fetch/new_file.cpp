// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "new_file.hpp"

#include "job.hpp"

#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/sync/file_lock.hpp>
#include <boost/system/error_code.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;
namespace interprocess = boost::interprocess;
using namespace std::chrono_literals;

namespace {

/// Between the end of a file and its new name no process holds its lock.
constexpr auto time_to_rename = 100ms;

constexpr std::string_view suffix = ".fetch.part";
constexpr int most_links = 40;             // as Linux has it
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

/// Whether it has a name as above, and is no file of the user's.
bool is_unfinished(fs::path const& path) {
  constexpr std::size_t digits = 8;
  auto const all = path.filename().string();
  std::string_view name = all;
  if (!name.starts_with('.') || !name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  if (name.size() < digits + 3 || name[name.size() - digits - 1] != '.') return false;
  name = name.substr(name.size() - digits);
  return name.find_first_not_of("0123456789abcdef") == name.npos;
}

[[noreturn]] void throw_irregular(std::string const& path) {
  throw failure(fmt::format("cannot write {}: it is no regular file", path));
}

/// A device or a pipe would be gone, and another program would miss it.
void check_replaceable(std::string const& path) {
  using enum fs::file_type;
  std::error_code error;
  auto const type = fs::symlink_status(path, error).type();
  if (type == not_found || type == regular || type == symlink) return;
  check(path, error);
  if (type == directory) check(path, std::make_error_code(std::errc::is_a_directory));
  throw_irregular(path);
}

/// That of a file that replaces nothing. The user's mask can be read only by setting it.
fs::perms usual_mode() {
  static auto const mask = [] {
    auto const m = ::umask(S_IRWXG | S_IRWXO);
    ::umask(m);
    return m;
  }();
  return static_cast<fs::perms>(0644 & ~mask);
}

/// What replaces a file that only its owner may read can be read only by its owner.
void set_mode(fs::path const& unfinished, std::string const& path) {
  constexpr auto everyone = fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all;
  std::error_code error;
  auto const old = fs::symlink_status(path, error);
  bool const replaces = old.type() == fs::file_type::regular;
  fs::permissions(unfinished, replaces ? old.permissions() & everyone : usual_mode(), error);
  if (replaces) check(path, error); // not every file system has modes
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
  std::error_code error; // the folder may be another user's
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
}

/// Only for this user until all is there: it may be secret, and the next run has to be able to open
/// it.
void new_file::open() {
  auto const name = unfinished_name(path_);
  int const file = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) check(path_, std::error_code(errno, std::generic_category()));
  unfinished_.name = name;
  file_.native_handle(file);
}

/// False if another run, which clears up, has been faster. The lock is like one of Boost's, but
/// that would open the file once more, and there may be few files left.
bool new_file::claim() {
  struct ::flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(file_.native_handle(), F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN))
    return false; // any other error: not every file system has locks
  std::error_code gone;
  return fs::exists(unfinished_.name, gone);
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
  set_mode(unfinished_.name, path_);
  std::error_code not_renamed;
  fs::rename(unfinished_.name, path_, not_renamed);
  check(path_, not_renamed);
  unfinished_.name.clear();
}

fs::path followed(fs::path const& name) {
  fs::path end = name;
  std::error_code error;
  for (int links = 0; fs::is_symlink(end, error); ++links) {
    auto const next = fs::read_symlink(end, error);
    check(name.string(), error);
    if (links == most_links)
      check(name.string(), std::make_error_code(std::errc::too_many_symbolic_link_levels));
    end = end.parent_path() / next;
  }
  // A link of /proc may be called after something that has no name.
  if (fs::exists(name, error) && !fs::exists(end, error)) throw_irregular(name.string());
  return end;
}

void prepare_folder(fs::path const& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder, error))
    error = std::make_error_code(std::errc::not_a_directory);
  if (error) throw failure(fmt::format("cannot write to {}: {}", folder.string(), error.message()));

  remove_left_overs(folder);
}
