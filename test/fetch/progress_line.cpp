// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "progress_line.hpp"

#include <boost/test/unit_test.hpp>

#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace {

/// Two connected descriptors: what is written to `in` can be read from `out`.
struct text_channel {
  int out = -1;
  int in = -1;

  text_channel() = default;
  text_channel(text_channel const&) = delete;
  text_channel& operator=(text_channel const&) = delete;
  ~text_channel() {
    ::close(in);
    ::close(out);
  }

  /// Everything written so far: up to a NUL that is written behind it, since a terminal hands over
  /// what it has in parts.
  std::string take() const {
    BOOST_TEST_REQUIRE(::write(in, "", 1) == 1);
    std::string text;
    std::array<char, 256> part{};
    while (text.empty() || text.back() != '\0') {
      auto const n = ::read(out, part.data(), part.size());
      BOOST_TEST_REQUIRE(n > 0);
      text.append(part.data(), static_cast<std::size_t>(n));
    }
    text.pop_back();
    return text;
  }
};

struct text_terminal : text_channel {
  explicit text_terminal(unsigned short columns) {
    ::setenv("TERM", "xterm", 1);
    ::winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    BOOST_TEST_REQUIRE(::openpty(&out, &in, nullptr, nullptr, &size) == 0);
  }

  void resize(unsigned short columns) const {
    ::winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    BOOST_TEST_REQUIRE(::ioctl(out, TIOCSWINSZ, &size) == 0);
  }
};

struct text_pipe : text_channel {
  text_pipe() {
    std::array<int, 2> ends{};
    BOOST_TEST_REQUIRE(::pipe(ends.data()) == 0);
    out = ends[0];
    in = ends[1];
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(text)
BOOST_AUTO_TEST_SUITE(progress_line)

BOOST_AUTO_TEST_CASE(a_terminal_shows_each_text_in_place_of_the_one_before) {
  text_terminal terminal(80);
  ::progress_line line(terminal.in);
  BOOST_TEST(line.live());
  line.show("1 of 2");
  BOOST_TEST(terminal.take() == "\r\x1b[K1 of 2");
  line.show("2 of 2");
  BOOST_TEST(terminal.take() == "\r\x1b[K2 of 2");
}

BOOST_AUTO_TEST_CASE(the_line_is_gone_at_the_end) {
  text_terminal terminal(80);
  {
    ::progress_line line(terminal.in);
    line.show("working");
  }
  BOOST_TEST(terminal.take() == "\r\x1b[Kworking\r\x1b[K");
}

BOOST_AUTO_TEST_CASE(a_cleared_line_is_not_cleared_twice) {
  text_terminal terminal(80);
  {
    ::progress_line line(terminal.in);
    line.show("working");
    line.clear();
    line.clear();
  }
  BOOST_TEST(terminal.take() == "\r\x1b[Kworking\r\x1b[K");
}

BOOST_AUTO_TEST_CASE(a_line_never_shown_writes_nothing) {
  text_terminal terminal(80);
  {
    ::progress_line line(terminal.in);
  }
  BOOST_TEST(terminal.take().empty());
}

BOOST_AUTO_TEST_CASE(a_long_text_is_cut_off_before_the_last_column) {
  text_terminal terminal(10);
  ::progress_line line(terminal.in);
  line.show("123456789");
  BOOST_TEST(terminal.take() == "\r\x1b[K123456789");
  line.show("1234567890");
  BOOST_TEST(terminal.take() == "\r\x1b[K12345678…");
  line.show("東京東京東京");
  BOOST_TEST(terminal.take() == "\r\x1b[K東京東京…");
}

BOOST_AUTO_TEST_CASE(the_width_is_asked_anew_each_time) {
  text_terminal terminal(80);
  ::progress_line line(terminal.in);
  line.show("123456789");
  BOOST_TEST(terminal.take() == "\r\x1b[K123456789");
  terminal.resize(6);
  line.show("123456789");
  BOOST_TEST(terminal.take() == "\r\x1b[K1234…");
}

BOOST_AUTO_TEST_CASE(a_terminal_of_unknown_width_has_80_columns) {
  text_terminal terminal(0);
  ::progress_line line(terminal.in);
  line.show(std::string(100, 'x'));
  BOOST_TEST(terminal.take() == "\r\x1b[K" + std::string(78, 'x') + "…");
}

BOOST_AUTO_TEST_CASE(control_characters_become_spaces) {
  text_terminal terminal(80);
  ::progress_line line(terminal.in);
  line.show("a\nb\x1b[2Jc");
  BOOST_TEST(terminal.take() == "\r\x1b[Ka b [2Jc");
}

BOOST_AUTO_TEST_CASE(a_pipe_gets_nothing) {
  text_pipe pipe;
  {
    ::progress_line line(pipe.in);
    BOOST_TEST(!line.live());
    line.show("working");
    line.clear();
    line.show("still");
  }
  BOOST_TEST(pipe.take().empty());
}

BOOST_AUTO_TEST_CASE(a_dumb_terminal_gets_nothing) {
  text_terminal terminal(80);
  ::setenv("TERM", "dumb", 1);
  {
    ::progress_line line(terminal.in);
    line.show("working");
  }
  ::setenv("TERM", "xterm", 1);
  BOOST_TEST(terminal.take().empty());
}

BOOST_AUTO_TEST_CASE(a_stream_keeps_the_order_of_what_is_printed) {
  text_terminal terminal(80);
  std::FILE* stream = ::fdopen(::dup(terminal.in), "w");
  BOOST_TEST_REQUIRE(stream != nullptr);
  {
    ::progress_line line(stream);
    line.show("working");
    line.clear();
    std::fputs("a message ", stream);
    line.show("working");
    std::fputs("!", stream);
  }
  BOOST_TEST(terminal.take() == "\r\x1b[Kworking\r\x1b[Ka message \r\x1b[Kworking!\r\x1b[K");
  std::fclose(stream);
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_is_not_open_gets_nothing) {
  ::progress_line line(-1);
  BOOST_TEST(!line.live());
  line.show("working");
}

BOOST_AUTO_TEST_CASE(a_terminal_that_went_away_is_no_error) {
  text_terminal terminal(80);
  ::progress_line line(terminal.in);
  BOOST_TEST(line.live());
  ::close(std::exchange(terminal.out, -1));
  line.show("working");
  line.clear();
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
