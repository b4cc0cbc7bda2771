//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// gRPC ends a call on a thread of its own: a lambda has no executor to be called on.
// expect: fanout: the completion handler has no executor to wait on: bind_executor the token

#include <fanout/grpc.hpp>

#include <chrono>
#include <exception>
#include <functional>

struct methods {
  void Ask(grpc::ClientContext*, int const*, int*, std::function<void(grpc::Status)>);
};

struct stub {
  methods* async();
};

void run(stub& s) {
  auto const until = std::chrono::steady_clock::time_point::max();
  fanout::unary_call(s, &methods::Ask, 1, until, [](std::exception_ptr, int) {});
}
