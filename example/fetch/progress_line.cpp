// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "progress_line.hpp"

#include "display.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view start_and_clear = "\r\x1b[K"; // column one, clear to the end of line

bool can_rewrite(int fd) {
  if (fd < 0 || !::isatty(fd)) return false;
  char const* term = std::getenv("TERM");
  return !term || std::string_view(term) != "dumb";
}

std::size_t columns(int fd) {
  ::winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80; // what a terminal that does not know its size is taken for everywhere
}

void write_all(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    auto const written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

} // namespace

progress_line::progress_line(std::FILE* stream) : progress_line(::fileno(stream)) {
  stream_ = stream;
}

progress_line::progress_line(int fd) : fd_(can_rewrite(fd) ? fd : -1) {}

progress_line::~progress_line() { clear(); }

void progress_line::show(std::string_view text) {
  if (!live()) return;
  // One column stays free: after a character in the last one, some terminals take the cursor to
  // the next line, others keep it where a clearing would remove that character.
  std::string line(start_and_clear);
  line += display::shorten(display::one_line(text), columns(fd_) - 1);
  if (stream_) std::fflush(stream_);
  visible_ = true;
  write_all(fd_, line);
}

void progress_line::clear() noexcept {
  if (!visible_) return;
  if (stream_) std::fflush(stream_);
  visible_ = false;
  write_all(fd_, start_and_clear);
}
