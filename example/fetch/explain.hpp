// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What went wrong, in words that a person understands.

#ifndef FANOUT_EXAMPLE_FETCH_EXPLAIN_HPP
#define FANOUT_EXAMPLE_FETCH_EXPLAIN_HPP

#include "job.hpp"

#include <exception>
#include <string>

/// Why there is nothing for this job: "connection refused".
std::string in_words(std::exception_ptr const& error, job const& j);

#endif
