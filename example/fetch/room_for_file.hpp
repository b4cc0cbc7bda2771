// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A file that can be opened later.

#ifndef FANOUT_EXAMPLE_FETCH_ROOM_FOR_FILE_HPP
#define FANOUT_EXAMPLE_FETCH_ROOM_FOR_FILE_HPP

#include "job.hpp"

#include <boost/beast/core/file.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/error_code.hpp>

/// Keeps the place of the file that an answer will need. An answer for which no file can be opened
/// would have to be asked for again.
class room_for_file {
public:
  /// Throws out_of_files.
  explicit room_for_file(bool needed) {
    if (!needed) return;
    boost::system::error_code error;
    place_.open("/dev/null", boost::beast::file_mode::scan, error);
    namespace errc = boost::system::errc;
    if (error == errc::too_many_files_open || error == errc::too_many_files_open_in_system)
      throw out_of_files("too many open files");
  }

  /// Now it can be opened.
  void give_up() {
    boost::system::error_code nothing_to_be_done;
    place_.close(nothing_to_be_done);
  }

private:
  boost::beast::file place_;
};

#endif
