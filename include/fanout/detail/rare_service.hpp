//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RARE_SERVICE_HPP
#define FANOUT_DETAIL_RARE_SERVICE_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/execution_context.hpp>

#include <atomic>

namespace fanout::detail {

/// A service that only contexts of `run` have. To ask a context takes its lock and a walk through
/// its services, at every gather, so nobody is asked while there is no such service at all. Where
/// several shared libraries use this one they must count together, hence the visibility.
class [[gnu::visibility("default")]] rare_service : public asio::execution_context::service {
public:
  template <class Service>
  static bool is_in(asio::execution_context& context) {
    return count_.load(std::memory_order_relaxed) != 0 && asio::has_service<Service>(context);
  }

protected:
  explicit rare_service(asio::execution_context& context)
      : asio::execution_context::service(context) {
    count_.fetch_add(1, std::memory_order_relaxed);
  }

  ~rare_service() override { count_.fetch_sub(1, std::memory_order_relaxed); }

private:
  inline static std::atomic<int> count_ = 0;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_RARE_SERVICE_HPP
