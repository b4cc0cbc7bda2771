// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The configuration file of the gateway: it is followed, or refused with one line that can be read.

#include "network/require.hpp"

#include "config.hpp"

#include <boost/url/parse.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace {

/// A file in memory, with a name.
class memory_file {
public:
  memory_file() : file_(::memfd_create("configuration", MFD_CLOEXEC)) {
    require(file_ >= 0, "there is a file in memory");
  }

  void fill(std::uint8_t const* data, std::size_t size) {
    require(::ftruncate(file_, 0) == 0 &&
                ::pwrite(file_, data, size, 0) == static_cast<ssize_t>(size),
            "a file in memory can be written");
  }

  std::string name() const { return "/proc/self/fd/" + std::to_string(file_); }

private:
  int file_;
};

void check(upstream_config const& u) {
  require(!u.name.empty() && is_one_line(u.name), "an upstream has a name on one line");
  require(!u.replicas.empty(), "an upstream has a replica");
  for (auto const& r : u.replicas)
    require(!r.known.empty() && r.port != "0" && is_one_line(r.name), "a replica has an address");
  auto const target = u.target_for("A.B-c");
  require(boost::urls::parse_origin_form(target).has_value(), "what is asked for is a path");
  require(std::ranges::none_of(target, [](char c) { return c == ' ' || is_control(c); }),
          "a path is one word");
  require(u.limit >= 1 && u.body_bytes >= 1, "an upstream is asked for something");
}

void check(config const& c) {
  using namespace std::chrono_literals;
  for (auto const& time : {c.deadline, c.server.grace, c.server.session.idle,
                           c.server.session.request, c.server.session.write})
    require(time >= 1ms && time <= 24h, "a time is at least a millisecond, and at most a day");
  require(c.server.delay >= 0ms && c.server.delay <= 24h, "a delay is at most a day");
  require(c.max_symbols >= 1 && c.requests >= 1 && c.server.connections >= 1,
          "something may be done");
  require(c.server.session.header_bytes >= 128, "a request has room");
  require(c.demo.fastest <= c.demo.slowest, "the fastest is not slower than the slowest");
  std::set<std::string> names;
  for (auto const& u : c.upstreams) {
    check(u);
    require(names.insert(u.name).second, "no two upstreams have one name");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static memory_file file;
  file.fill(data, size);
  try {
    check(read_config(file.name()));
  } catch (bad_config const& e) {
    std::string const words = e.what();
    require(words.starts_with(file.name() + ":"), "a mistake is told with the file");
    require(is_one_line(words), "a mistake is one line");
    require(words.size() < size * 6 + 300, "a mistake is not much longer than the file");
  }
  return 0;
}
