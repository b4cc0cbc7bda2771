// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Where the bytes of an answer go: they are counted, perhaps decoded, perhaps written to a file,
// and never kept.

#ifndef FANOUT_EXAMPLE_FETCH_BODY_HPP
#define FANOUT_EXAMPLE_FETCH_BODY_HPP

#include "job.hpp"
#include "new_file.hpp"

#include <boost/iostreams/filter/gzip.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// All members throw failure, or out_of_files.
class body {
public:
  explicit body(std::uint64_t limit) : limit_(limit) {}

  /// Before the first byte: what the server calls the way it is encoded.
  void decode(std::string_view encoding);

  bool decodes() const { return gzip_.has_value(); }

  /// Before the first byte: into this file, which appears when all is there.
  void save(std::string const& file) { file_.emplace(file); }

  /// Before the first byte: into a file without a name, for later.
  void set_aside();

  void write(char const* data, std::size_t size);
  void finish();

  /// How much there is, and where it went.
  void describe(answer& a) const;

private:
  struct decoded;

  void take(char const* data, std::size_t size);

  std::uint64_t limit_;
  std::uint64_t encoded_size_ = 0; // nothing at all, as HEAD has it, needs no decoding
  std::uint64_t size_ = 0;
  std::optional<boost::iostreams::gzip_decompressor> gzip_;
  std::optional<new_file> file_;
  std::shared_ptr<std::FILE> aside_;
};

/// "the body is larger than 16 MiB"
std::string too_large(std::uint64_t limit);

#endif
