//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two greetings at once, and what they return.

#include "support.hpp"

#include <map>
#include <string>

namespace parity::p11_say_hello {

std::map<std::string, int> const delay{{"Mr. Turtle", 1}, {"Mr. Wolf", 2}};

awaitable<std::string> say_hello(std::string name) {
  print("Hello, {}!", name);
  co_await sleep(delay.at(name) * U);
  print("Goodbye, {}!", name);
  co_return name + " is done";
}

awaitable<void> async_main() {
  // run two coroutines at once and get the results
  auto const result = co_await gather(say_hello("Mr. Turtle"), say_hello("Mr. Wolf"));
  // print the results
  print("{}", show(result));
}

program const entry("11_say_hello", [] { run_virtual(async_main()); });

} // namespace parity::p11_say_hello
