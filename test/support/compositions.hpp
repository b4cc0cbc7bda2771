//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_COMPOSITIONS_HPP
#define FANOUT_TEST_SUPPORT_COMPOSITIONS_HPP

// What tests of operations in operations share.

#include "zoo.hpp"

#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/system/system_error.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fanout_test {

/// Objects, so that no function of fanout is found beside them.
inline constexpr auto timeout = []<class... Args>(Args&&... args) {
  return fanout::timeout<zoo::virtual_clock>(std::forward<Args>(args)...);
};
inline constexpr auto sleep = [](auto d) { return fanout::sleep<zoo::virtual_clock>(d); };

/// Children that write into one log, which they own: "+name", "-name", "!name" as in the zoo.
class diary {
public:
  auto child(std::string name, long long ms) const {
    return [log = log_, name = std::move(name), ms]() -> zoo::awaitable<int> {
      return write(log, name, ms, false);
    };
  }

  auto failing(std::string name, long long ms) const {
    return [log = log_, name = std::move(name), ms]() -> zoo::awaitable<int> {
      return write(log, name, ms, true);
    };
  }

  std::string text() const {
    std::string text;
    for (auto const& line : *log_) text += (text.empty() ? "" : " ") + line;
    return text;
  }

private:
  static zoo::awaitable<int> write(std::shared_ptr<std::vector<std::string>> log, std::string name,
                                   long long ms, bool fails) {
    log->push_back("+" + name);
    try {
      co_await zoo::sleep_ms(ms);
    } catch (boost::system::system_error const&) {
      log->push_back("!" + name);
      throw;
    }
    log->push_back("-" + name);
    if (fails) throw zoo::oops(name + " failed");
    co_return static_cast<int>(ms);
  }

  std::shared_ptr<std::vector<std::string>> log_ = std::make_shared<std::vector<std::string>>();
};

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_COMPOSITIONS_HPP
