//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// And so does every token.
// expect: fanout: the value of this future cannot be copied: take it, as in std::move(future)(token)

#include <fanout/future.hpp>

#include <exception>
#include <memory>

void operation(fanout::future<std::unique_ptr<int>> const& f) {
  f([](std::exception_ptr, std::unique_ptr<int>) {});
}
