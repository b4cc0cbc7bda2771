//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_UNHANDLED_HPP
#define FANOUT_TEST_SUPPORT_UNHANDLED_HPP

#include <fanout/error.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace fanout_test {

/// Collects the errors that nobody looked at, for as long as it lives: "name: text".
class unhandled {
public:
  unhandled()
      : before_(fanout::set_unhandled_error_handler(
            [this](std::string_view name, std::exception_ptr const& error) {
              log.push_back(std::string(name) + ": " + fanout::detail::what_of(error));
            })) {}
  unhandled(unhandled const&) = delete;
  unhandled& operator=(unhandled const&) = delete;
  ~unhandled() { fanout::set_unhandled_error_handler(before_); }

  std::vector<std::string> log;

private:
  fanout::unhandled_error_handler before_;
};

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_UNHANDLED_HPP
