// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The list of URLs that fetch gets, line by line: each is a place to ask, or refused with words;
// what is asked there, and the file that is saved, are no other than meant.

#include "network/require.hpp"

#include "file_names.hpp"
#include "options.hpp"
#include "request.hpp"
#include "target.hpp"

#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool is_blank(char c) { return c == ' ' || is_control(c); }

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// As `fetch --from - --output DIR` reads them from its standard input.
std::vector<std::string> read_list(std::string_view text) {
  std::istringstream in{std::string(text)};
  auto* const before = std::cin.rdbuf(in.rdbuf());
  std::cin.clear();
  char const* const words[] = {"fetch", "--from", "-"};
  auto const o = parse_options(3, words);
  std::cin.rdbuf(before);
  require(o.has_value(), "a list is enough to begin");
  return o->urls;
}

void check_line(std::string const& url) {
  require(!url.empty() && url.find('\n') == url.npos, "a URL is one line");
  constexpr std::string_view blanks = " \t\r";
  require(blanks.find(url.front()) == blanks.npos, "there is no blank before a URL");
  require(blanks.find(url.back()) == blanks.npos, "there is no blank behind a URL");
}

void check_request(target const& t) {
  std::ostringstream out;
  out << request().to(t, false);
  auto const head = out.str();
  auto const lines = std::ranges::count(head, '\n');
  require(lines == 6, "a URL adds no line to a request");
  require(head.starts_with("GET " + t.request + " HTTP/1.1\r\nHost: " + t.host_field + "\r\n"),
          "a request asks for the path and names the host");
}

void check_target(target const& t) {
  require(!t.host.empty() && t.port != 0, "a target has a host and a port");
  require(std::ranges::none_of(t.host, is_blank), "a host is one word");
  require(is_word(t.authority) && is_word(t.host_field) && is_word(t.request),
          "what is sent is in ASCII and without blanks");
  require(t.request.starts_with('/') && t.request.find('#') == t.request.npos,
          "a path begins at the root, and a fragment is not sent");
  check_request(t);
  auto const again = parse_url(t.url());
  require(again.url() == t.url() && again.origin() == t.origin() && again.host == t.host &&
              again.port == t.port && again.tls == t.tls,
          "a target has a URL that leads there");
}

/// Where a server sends a client that has asked for the one URL, by the text of the other.
void check_location(target const& from, std::string const& location) {
  try {
    auto const to = parse_location(from, location);
    check_target(to);
    require(to.tls || !from.tls, "nothing leads out of https");
  } catch (bad_url const& e) {
    require(std::string_view(e.what()).starts_with("redirected to "), "a bad redirect says so");
  }
}

void check_files(std::vector<std::string> const& urls) {
  auto const files = file_names("folder", urls);
  require(files.size() == urls.size(), "each URL has a file");
  std::set<std::string> all;
  for (auto const& file : files) {
    require(all.insert(file).second, "no two URLs have one file");
    std::string_view name = file;
    require(name.starts_with("folder/"), "a file is in its folder");
    name.remove_prefix(7);
    require(!name.empty() && name.front() != '.' && name.find('/') == name.npos &&
                name.size() < 200,
            "a file is not elsewhere");
    require(std::ranges::none_of(name, is_blank), "a name of a file is one word");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const urls = read_list({reinterpret_cast<char const*>(data), size});
  std::optional<target> before;
  for (auto const& url : urls) {
    check_line(url);
    if (before) check_location(*before, url);
    try {
      before = parse_url(url);
      check_target(*before);
    } catch (bad_url const& e) {
      require(is_one_line(e.what()), "a mistake is one line");
    }
  }
  check_files(urls);
  return 0;
}
