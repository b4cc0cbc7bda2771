// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A file that is there as a whole or not at all.

#ifndef FANOUT_EXAMPLE_FETCH_NEW_FILE_HPP
#define FANOUT_EXAMPLE_FETCH_NEW_FILE_HPP

#include <boost/beast/core/file.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Written under another name beside it, and renamed at the end. What stood there before, were it a
/// link to elsewhere, is replaced and never written to. All members throw failure.
class new_file {
public:
  explicit new_file(std::string path);
  new_file(new_file const&) = delete;
  new_file& operator=(new_file const&) = delete;
  ~new_file();

  void write(char const* data, std::size_t size);

  /// All is there.
  void keep();

private:
  std::string path_;
  std::string unfinished_; // empty once it is kept
  boost::beast::file file_;
};

/// Where each of the URLs is saved in a folder: names like those in the URLs, of letters, digits
/// and a few signs, without any path, and no two alike.
std::vector<std::string> file_names(std::string const& folder,
                                    std::vector<std::string> const& urls);

/// Makes the folder if it is missing. Throws failure.
void make_folder(std::string const& folder);

#endif
