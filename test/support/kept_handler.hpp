//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_KEPT_HANDLER_HPP
#define FANOUT_TEST_SUPPORT_KEPT_HANDLER_HPP

#include <fanout/testing.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/wait_traits.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <utility>

namespace fanout_test {

/// The completion handler of an operation that a test has written, in virtual time. The context
/// owns it, as it owns the handlers of Asio's operations, so that they are destroyed together. A
/// function in the handler's slot, or an object in a frame that the handler owns, refers to it by
/// this class: if it owned the handler, the handler would own itself.
template <class Handler>
class kept_handler {
  using virtual_clock = fanout::virtual_clock;

public:
  explicit kept_handler(Handler&& handler) {
    auto const kept = std::make_shared<parts>(std::move(handler));
    kept->timer.async_wait([kept](boost::system::error_code const&) {});
    kept_ = kept;
  }

  /// To be called once.
  Handler take() const {
    auto const kept = kept_.lock();
    kept->timer.cancel();
    return std::move(kept->handler);
  }

private:
  struct parts {
    explicit parts(Handler&& h)
        : handler(std::move(h)),
          timer(boost::asio::get_associated_executor(handler), virtual_clock::time_point::max()) {}

    Handler handler;
    boost::asio::basic_waitable_timer<virtual_clock, boost::asio::wait_traits<virtual_clock>,
                                      boost::asio::any_io_executor>
        timer;
  };

  std::weak_ptr<parts> kept_;
};

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_KEPT_HANDLER_HPP
