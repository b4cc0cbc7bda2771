//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A shielded child needs an executor, too.
// expect: fanout: the completion handler has no executor to run children on: name an executor or context first, as in f(executor, ...), or bind_executor the token

#include <fanout/shield.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/detached.hpp>

boost::asio::awaitable<int> child();

void run() { fanout::shield(child())(boost::asio::detached); }
