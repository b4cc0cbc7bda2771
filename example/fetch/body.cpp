// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "body.hpp"

#include "foreign_text.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/iostreams/categories.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <ios>
#include <system_error>

namespace beast = boost::beast;
namespace iostreams = boost::iostreams;

/// What the decoder writes to.
struct body::decoded {
  using char_type = char;
  using category = iostreams::sink_tag;

  std::streamsize write(char const* data, std::streamsize size) {
    to.take(data, static_cast<std::size_t>(size));
    return size;
  }

  body& to;
};

namespace {

[[noreturn]] void throw_not_set_aside() {
  std::error_code const error(errno, std::generic_category());
  auto const text = fmt::format("cannot write a temporary file: {}", error.message());
  if (error == std::errc::too_many_files_open) throw out_of_files(text);
  throw failure(text);
}

} // namespace

std::string too_large(std::uint64_t limit) {
  constexpr std::uint64_t mib = 1024 * 1024;
  if (limit % mib == 0) return fmt::format("the body is larger than {} MiB", limit / mib);
  return fmt::format("the body is larger than {} bytes", limit);
}

void body::decode(std::string_view encoding) {
  if (encoding.empty() || beast::iequals(encoding, "identity")) return;
  if (!beast::iequals(encoding, "gzip") && !beast::iequals(encoding, "x-gzip"))
    throw failure(
        fmt::format("the body is encoded as {}, which was not asked for", shortened(encoding)));
  gzip_.emplace();
}

void body::set_aside() {
  aside_.reset(std::tmpfile(), [](std::FILE* f) { f ? std::fclose(f) : 0; });
  if (!aside_) throw_not_set_aside();
}

void body::write(char const* data, std::size_t size) try {
  if (size > limit_ - encoded_size_) throw failure(too_large(limit_));
  encoded_size_ += size;
  if (!gzip_) return take(data, size);
  decoded sink{*this};
  gzip_->write(sink, data, static_cast<std::streamsize>(size));
} catch (iostreams::gzip_error const&) {
  throw failure("the body is not valid gzip");
}

void body::finish() try {
  if (gzip_ && encoded_size_ > 0) {
    decoded sink{*this};
    gzip_->close(sink, std::ios::out);
  }
  if (file_) file_->keep();
  if (aside_ && std::fflush(aside_.get()) != 0) throw_not_set_aside();
} catch (iostreams::gzip_error const&) {
  throw failure("the body is not valid gzip, or was cut off");
}

void body::take(char const* data, std::size_t size) {
  if (size > limit_ - size_) throw failure(too_large(limit_));
  size_ += size;
  if (file_) file_->write(data, size);
  if (aside_ && std::fwrite(data, 1, size, aside_.get()) != size) throw_not_set_aside();
}

void body::describe(answer& a) const {
  a.bytes = size_;
  if (file_) a.file = file_->path();
  a.body = aside_;
}
