// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Files that are open, of which sockets are the most: how many there may be, and the first three.

#ifndef FANOUT_EXAMPLE_GATEWAY_OPEN_FILES_HPP
#define FANOUT_EXAMPLE_GATEWAY_OPEN_FILES_HPP

#include <cstddef>
#include <optional>

/// Opens those of stdin, stdout and stderr that the parent has closed: a socket would take their
/// numbers, and a client would read the log.
void open_standard_files();

/// Raises the limit of open files (`ulimit -n`) to what is needed, as far as that is allowed. What
/// is allowed, if that is less.
std::optional<std::size_t> raise_open_files(std::size_t needed);

#endif
