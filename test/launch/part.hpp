//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include <exception>
#include <tuple>

/// A completion handler, of the same type in both files.
struct completed {
  bool& next_turn;
  bool& at_once;

  void operator()(std::exception_ptr error, std::tuple<int>) const {
    at_once = !error && !next_turn;
  }
};
