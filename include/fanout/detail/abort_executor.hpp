//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ABORT_EXECUTOR_HPP
#define FANOUT_DETAIL_ABORT_EXECUTOR_HPP

#include <fanout/detail/abort_state.hpp>

#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// One step of an abortable operation: a function that the operation runs through its executor.
template <class F>
struct abort_step {
  abort_step(std::shared_ptr<abort_state> s, F function)
      : state(std::move(s)), f(std::move(function)) {}
  // Not inlined, since GCC 12 then warns of an empty optional.
  [[gnu::noinline]] abort_step(abort_step&&) = default;

  void operator()() { state->run(f); }

  std::shared_ptr<abort_state> state;
  std::optional<F> f;
};

/// The executor of an abortable operation. It passes each function to the inner executor as a step.
template <class Inner>
class abort_executor {
public:
  // Two parameters: with one, asking whether any_io_executor can hold this would never end.
  abort_executor(Inner inner, std::shared_ptr<abort_state> state) noexcept
      : inner_(std::move(inner)), state_(std::move(state)) {}

  template <class F>
  void execute(F&& f) const {
    inner_.execute(abort_step<std::decay_t<F>>{state_, std::forward<F>(f)});
  }

  template <class Property>
    requires asio::can_query_v<Inner const&, Property>
  decltype(auto) query(Property const& p) const
      noexcept(asio::is_nothrow_query_v<Inner const&, Property>) {
    return asio::query(inner_, p);
  }

  template <class Property>
    requires asio::can_require_v<Inner const&, Property>
  auto require(Property const& p) const
      noexcept(asio::is_nothrow_require_v<Inner const&, Property>) {
    return with(asio::require(inner_, p));
  }

  template <class Property>
    requires asio::can_prefer_v<Inner const&, Property>
  auto prefer(Property const& p) const noexcept(asio::is_nothrow_prefer_v<Inner const&, Property>) {
    return with(asio::prefer(inner_, p));
  }

  bool operator==(abort_executor const&) const noexcept = default;

private:
  template <class Other>
  abort_executor<Other> with(Other other) const noexcept {
    return {std::move(other), state_};
  }

  Inner inner_;
  std::shared_ptr<abort_state> state_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ABORT_EXECUTOR_HPP
