//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With cancel_on_error the first error cancels the other children. The gather ends with that error
// when all of them have ended, so they may refer to locals.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> download(int part, std::string& file) {
  try {
    co_await fanout::sleep(part * 60ms);
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) fmt::print("part {}: cancelled\n", part);
    throw;
  }
  if (part == 2) throw std::runtime_error("part 2: connection lost");
  file[static_cast<std::size_t>(part)] = '#';
  fmt::print("part {}: done\n", part);
}

awaitable<void> async_main() {
  // [cancel_on_error]
  std::string file = "......";
  try {
    co_await fanout::gather(download(1, file), download(2, file), download(3, file),
                            download(4, file), fanout::cancel_on_error);
  } catch (std::runtime_error const& e) {
    fmt::print("failed: {}\n", e.what());
  }
  // Here no child runs any more: `file` may go.
  // [end]
  fmt::print("{}\n", file);
}

int main() { fanout::run(async_main()); }
