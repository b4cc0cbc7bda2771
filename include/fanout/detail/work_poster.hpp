//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WORK_POSTER_HPP
#define FANOUT_DETAIL_WORK_POSTER_HPP

#include <fanout/detail/completion.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/post_on.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <optional>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Posts functions to an executor, and tracks work there while it exists if `keeps_busy` was set.
/// May be empty.
template <class Executor>
class work_poster {
public:
  work_poster() = default;
  work_poster(Executor const& executor, bool keeps_busy) : executor_(executor) {
    if (keeps_busy)
      work_.emplace(asio::prefer(executor, asio::execution::outstanding_work.tracked));
  }

  explicit operator bool() const noexcept { return executor_.has_value(); }

  template <class Allocator, class F>
  void post(Allocator const& allocator, F f) const {
    // By value(), since GCC 12 warns of an empty optional otherwise.
    asio::post(executor_.value(), with_allocator(allocator, std::move(f)));
  }

  void reset() {
    work_.reset();
    executor_.reset();
  }

private:
  std::optional<Executor> executor_;
  std::optional<tracked<Executor>> work_;
};

/// The specialization for type-erased executors. `asio::post` requires `blocking.never` of them and
/// prefers `relationship.fork`, and makes an executor each time. Here the first is done once, and
/// fork is the default of executors. Such an executor takes no allocator. The executor of an
/// io_context, which most programs use, is stored unwrapped, since each call through the wrapper
/// costs twice as much.
template <>
class work_poster<asio::any_io_executor> {
public:
  work_poster() = default;
  work_poster(asio::any_io_executor const& executor, bool keeps_busy) {
    auto const* const plain = executor.target<asio::io_context::executor_type>();
    if (plain && keeps_busy)
      plain_.emplace(busy(never_blocking(*plain)));
    else
      wrapped_ = keeps_busy ? busy(never_blocking(executor)) : never_blocking(executor);
  }

  explicit operator bool() const noexcept { return plain_ || wrapped_; }

  template <class Allocator, class F>
  void post(Allocator const&, F f) const {
    if (plain_)
      plain_->execute(std::move(f));
    else
      wrapped_.execute(std::move(f));
  }

  void reset() {
    plain_.reset();
    if (wrapped_) wrapped_ = nullptr;
  }

private:
  template <class Executor>
  static tracked<Executor> busy(Executor const& executor) {
    return asio::prefer(executor, asio::execution::outstanding_work.tracked);
  }

  std::optional<tracked<asio::io_context::executor_type>> plain_;
  asio::any_io_executor wrapped_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WORK_POSTER_HPP
