//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_LAUNCHES_HPP
#define FANOUT_TEST_SUPPORT_LAUNCHES_HPP

// Counts, from outside, the coroutines that an operation launches for its children.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <set>
#include <utility>

namespace fanout_test {

/// The executor of an io_context that knows which object it was copied from. Each coroutine that is
/// launched keeps a copy of its own and gives copies of that one to whatever it awaits.
class traced_executor : public boost::asio::io_context::executor_type {
  using base = boost::asio::io_context::executor_type;

public:
  explicit traced_executor(boost::asio::io_context& context) : base(context.get_executor()) {}
  traced_executor(traced_executor const& other) noexcept : base(other), origin_(other.number_) {}
  traced_executor& operator=(traced_executor const&) = delete;

  /// The number of the object that this is a copy of.
  int origin() const noexcept { return origin_; }

private:
  static inline thread_local int last_ = 0;
  int number_ = ++last_;
  int origin_ = 0;
};

template <class T>
using traced = boost::asio::awaitable<T, traced_executor>;

/// The launches that children have seen.
class launches {
public:
  /// How many there were.
  std::size_t count() const noexcept { return seen_.size(); }

  /// A child that ends at once.
  template <class T>
  traced<T> at_once(T value) {
    co_await note();
    co_return value;
  }

  /// A child that ends at once and yields nothing.
  traced<void> nothing() { co_await note(); }

  /// A child that suspends once.
  template <class T>
  traced<T> hop(T value) {
    co_await note();
    co_await boost::asio::post(boost::asio::use_awaitable_t<traced_executor>());
    co_return value;
  }

  /// A child that fails at once.
  template <class Error>
  traced<int> fails(Error error) {
    co_await note();
    throw error;
  }

private:
  traced<void> note() {
    traced_executor const mine = co_await boost::asio::this_coro::executor;
    seen_.insert(mine.origin());
  }

  std::set<int> seen_;
};

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_LAUNCHES_HPP
