//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An executor of an unknown type cannot tell its context. Older Asio has none: there, one by hand.
// expect: fanout: the completion handler has no executor to run children on: name an executor or context first, as in f(executor, ...), or bind_executor the token

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#if __has_include(<boost/asio/any_completion_executor.hpp>)
#include <boost/asio/any_completion_executor.hpp>
#endif

#include <exception>
#include <tuple>

#if __has_include(<boost/asio/any_completion_executor.hpp>)
using erased = boost::asio::any_completion_executor;
#else
struct erased {
  bool operator==(erased const&) const noexcept = default;
  template <class F>
  void execute(F f) const {
    f();
  }
};
#endif

boost::asio::awaitable<int> child();

void run(erased executor) {
  fanout::gather(child())(
      boost::asio::bind_executor(executor, [](std::exception_ptr, std::tuple<int>) {}));
}
