//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A slot is bound, an executor is not.
// expect: fanout: the completion handler has no executor to run children on: name an executor or context first, as in f(executor, ...), or bind_executor the token

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <tuple>

boost::asio::awaitable<int> child();

void run(boost::asio::cancellation_slot slot) {
  fanout::gather(child())(
      boost::asio::bind_cancellation_slot(slot, [](std::exception_ptr, std::tuple<int>) {}));
}
