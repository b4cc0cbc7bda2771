// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// How the program ends.

#ifndef FANOUT_EXAMPLE_FETCH_ENDING_HPP
#define FANOUT_EXAMPLE_FETCH_ENDING_HPP

#include <chrono>

inline constexpr int some_failed = 1, bad_usage = 2, after_ctrl_c = 130;

/// A reader that does not read for so long does not read at all.
inline constexpr std::chrono::milliseconds time_to_say_it{1'000};

/// For a terminal to take what clears it, before all else is printed.
inline constexpr std::chrono::milliseconds time_to_clear{300};

/// The exit code for the exception being handled, and a line on stderr about it.
int explain();

/// A look-up that hangs cannot be stopped, nor can a write that is not read, and every clean way
/// out would wait for its thread. Nothing else here outlives a process.
[[noreturn]] void leave_at_once(int code);

#endif
