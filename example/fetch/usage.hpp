// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What --help prints.

#ifndef FANOUT_EXAMPLE_FETCH_USAGE_HPP
#define FANOUT_EXAMPLE_FETCH_USAGE_HPP

#include <string_view>

inline constexpr std::string_view usage = R"(usage: fetch [OPTION...] [URL...]

Gets many http:// and https:// URLs at once, and says what became of each. Follows up to five
redirects. Without URLs it fetches from a server of its own. A URL without http:// gets it; blanks,
brackets and letters of all languages may stand in paths and queries.

  --from FILE         more URLs, one a line; empty lines are skipped, and what stands behind a # at
                      the beginning or after a blank; - is stdin

How many, and how long
  --limit N           at most N requests at once (16); one that only waits does not count
  --per-host N        at most N at once from the same host and port (as many as --limit says)
  --timeout S         seconds that a request may take once it is its turn (10; 1 without URLs)
  --connect-timeout S seconds of these until there is a connection (as many)
  --deadline S        seconds that everything may take; shows what has answered by then
  --retries N         up to N more attempts after a connection error, 429 or 503, with pauses that
                      grow or are as Retry-After says; not for methods like POST (0)
  --fail-fast         the first failure cancels the rest

What is asked
  --method METHOD     instead of GET, or of POST with --data
  --data TEXT         the body of the request; @FILE is what stands in FILE
  --header LINE       "Name: value", any number of times; Authorization, Cookie and Host are not
                      sent to another server after a redirect

What comes of it
  --output DIR        saves the bodies in DIR, under names like those in the URLs; files of the same
                      name are replaced, each when its body is there as a whole
  -o, --to NAME       saves the body of the one URL in this file; - is stdout, and the table goes to
                      stderr
  --raw               bodies as they come: asks for no gzip, and decodes none
  --max-body BYTES    larger bodies are failures, decoded or not (16777216)
  --json              one JSON document instead of the table
  --jsonl             one JSON object for each URL, on a line of its own, as soon as it has ended

Whom to trust
  --cafile FILE       certificates of authorities, in PEM form, instead of the system's
  --insecure          does not check certificates: any server may answer
  --http-proxy URL    asks this proxy, http://HOST:PORT, for everything

  --help, --version   this text; which version this is

What it does not do: it keeps no cookies, knows no user names and passwords, and does not look for a
proxy in the environment. It shows what fanout can do, and does not replace curl.

Exit code: 0 all ok, 1 some failed, 2 bad usage, 130 after Ctrl-C, which shows what there is.
)";

#endif
