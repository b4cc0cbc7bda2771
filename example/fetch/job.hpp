// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// One URL to get, and what comes of it.

#ifndef FANOUT_EXAMPLE_FETCH_JOB_HPP
#define FANOUT_EXAMPLE_FETCH_JOB_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

struct job {
  std::string url;
  std::string file;     // where the body goes; empty: it is only counted
  bool printed = false; // it goes to stdout, in the end

  // Known also of what has failed:
  bool started = false;
  std::size_t attempts = 0;
  std::string redirected_to; // where the last request went, if not to the URL
  std::chrono::steady_clock::duration elapsed{};
};

struct answer {
  unsigned status = 0;
  std::string reason;              // "Not Found"
  std::uint64_t bytes = 0;         // of the body, decoded
  std::string file;                // where the body was saved; empty: nowhere
  std::shared_ptr<std::FILE> body; // what is to be printed; may be null
};

/// There is nothing to get, and the text says why in words that a person understands.
struct failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// There is no connection, and a later attempt may get one.
struct no_connection : failure {
  using failure::failure;
};

/// This process has all the files and sockets open that it may have, until it closes some.
struct out_of_files : failure {
  using failure::failure;
};

/// The server answered, and the answer is that there is nothing to get.
struct bad_status : failure {
  bad_status(answer a, std::string after)
      : failure(a.reason), got(std::move(a)), retry_after(std::move(after)) {}

  answer got;
  std::string retry_after; // what the server says on when to ask again
};

#endif
