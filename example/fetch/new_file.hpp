// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A file that is there as a whole or not at all.

#ifndef FANOUT_EXAMPLE_FETCH_NEW_FILE_HPP
#define FANOUT_EXAMPLE_FETCH_NEW_FILE_HPP

#include <boost/beast/core/file.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

/// Written under another name beside it, and renamed at the end. What stood there before, were it a
/// link to elsewhere, is replaced and never written to; the mode of a file stays. Nobody else can
/// read it before that. All members throw failure, or out_of_files.
class new_file {
public:
  explicit new_file(std::string path);
  new_file(new_file const&) = delete;
  new_file& operator=(new_file const&) = delete;

  void write(char const* data, std::size_t size);

  /// All is there.
  void keep();

  std::string const& path() const { return path_; }

private:
  /// Removed at its end, unless the name is empty by then.
  struct unfinished {
    std::string name;
    ~unfinished();
  };

  void open();
  bool claim();

  std::string path_;
  unfinished unfinished_;
  boost::beast::file file_; // locked as long as this process works at it
};

/// The file that a link leads to, were it not there yet, or what was named if it is no link. Throws
/// failure for a link that leads to no file, as /dev/stdout may.
std::filesystem::path followed(std::filesystem::path const& name);

/// Makes the folder, and those that it is in, if they are missing. Removes unfinished files that
/// runs have left in it which were killed. Throws failure.
void prepare_folder(std::filesystem::path const& folder);

#endif
