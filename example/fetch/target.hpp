// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Where a URL leads.

#ifndef FANOUT_EXAMPLE_FETCH_TARGET_HPP
#define FANOUT_EXAMPLE_FETCH_TARGET_HPP

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

/// A URL that cannot be fetched; the text says why.
struct bad_url : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct target {
  bool tls = false;
  std::string host; // a name or an address, an IPv6 one without its brackets
  std::uint16_t port = 0;
  std::string authority;  // "[::1]:80"
  std::string host_field; // the same, in short: "[::1]"
  std::string request;    // path and query: "/quote?symbol=AAPL"

  /// The server: what may be sent to one URL of it may be sent to another. "https://[::1]:8080"
  std::string origin() const;

  /// All of it, without a fragment.
  std::string url() const;
};

/// As people write it: "example.com/ä[1]" is http://example.com/%C3%A4%5B1%5D. Throws bad_url.
target parse_url(std::string_view text);

/// Where a server's Location field leads, which may be relative to what was asked for. Throws
/// bad_url, also for a way from https to http.
target parse_location(target const& from, std::string_view location);

/// Whether the path ends in .gz or .tgz: the file itself is compressed.
bool names_archive(target const& t);

#endif
