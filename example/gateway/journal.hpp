// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the gateway says of itself: a line for each request on stdout, one for each trouble on
// stderr.

#ifndef FANOUT_EXAMPLE_GATEWAY_JOURNAL_HPP
#define FANOUT_EXAMPLE_GATEWAY_JOURNAL_HPP

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

enum class log_format { none, text, json }; // of the requests; troubles are told by `none` too

struct access_record {
  std::string_view client, method, target, id;
  unsigned status;
  std::size_t bytes; // of the body
  std::chrono::steady_clock::duration took;
};

/// Writes lines to a file in a thread of its own: a pipe that nothing reads holds up no request.
/// What does not fit into 1 MiB is dropped, and counted. A file that is closed ends nothing.
class line_writer {
public:
  explicit line_writer(int file);
  line_writer(line_writer const&) = delete;
  line_writer& operator=(line_writer const&) = delete;

  /// Waits for what was said before, for at most a second.
  ~line_writer();

  void write(std::string_view line);

private:
  struct state;

  std::shared_ptr<state> state_;
};

class journal {
public:
  explicit journal(log_format f) : format_(f) {}

  void access(access_record const& r);
  void trouble(std::string_view words);
  void say(std::string_view words); // on stdout, of the gateway itself

private:
  void tell(line_writer& to, char const* key, std::string_view words);

  log_format format_;
  line_writer out_{1}, err_{2};
};

#endif
