// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What an answer means.

#ifndef FANOUT_EXAMPLE_FETCH_REPLY_HPP
#define FANOUT_EXAMPLE_FETCH_REPLY_HPP

#include "exchange.hpp"
#include "job.hpp"
#include "request.hpp"

#include <string>

struct reply {
  answer got;
  std::string location;    // where else to ask; empty: nowhere
  std::string retry_after; // when to ask again
};

/// All but the body.
reply reply_of(exchange::header const& head);

bool is_good(answer const& a);

/// Whether the body is what was asked for, and not a word about why it is not there. Only such a
/// one is saved.
bool brings_body(answer const& a, request const& r);

/// Throws failure for a part of the body if all of it was asked for.
void check_whole(answer const& a, request const& r);

/// Throws failure for a body that was changed on its way so that it cannot be changed back.
void check_coding(exchange::header const& head);

/// Whether the type of the body says that it is a file that is compressed, and not one that was
/// compressed on its way.
bool has_type_of_archive(exchange::header const& head);

#endif
