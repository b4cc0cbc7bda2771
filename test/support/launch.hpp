//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_LAUNCH_HPP
#define FANOUT_TEST_SUPPORT_LAUNCH_HPP

#include <fanout/config.hpp>
#include <fanout/detail/launch.hpp>

#include <string>

namespace fanout_test {

/// "Asio 1.38.2: children are launched by the library", or what it is instead.
inline std::string launch_in_words() {
  std::string const version = std::to_string(BOOST_ASIO_VERSION / 100000) + "." +
                              std::to_string(BOOST_ASIO_VERSION / 100 % 1000) + "." +
                              std::to_string(BOOST_ASIO_VERSION % 100);
  std::string text = "Asio " + version + ": children are launched by " +
                     (fanout::detail::has_own_launch ? "the library" : "co_spawn");
#if defined(FANOUT_LAUNCH_UNSEEN)
  text += "; the tests have not seen this Asio";
#endif
  return text;
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_LAUNCH_HPP
