//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_INITIATE_HPP
#define FANOUT_DETAIL_INITIATE_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/gather_op.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/on_handler_executor.hpp>
#include <fanout/detail/spare_memory.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// An argument of an initiation, which an lvalue is copied into and an rvalue is passed on as.
template <class T>
decltype(auto) consumed(T&& argument) {
  if constexpr (std::is_lvalue_reference_v<T>)
    return std::decay_t<T>(argument);
  else
    return std::forward<T>(argument);
}

template <bool Foreign, class Handler, class Executor, class Children, class Policies>
void initiate(Handler handler, Executor const& executor, all_rules const& r, Children&& children,
              Policies&& policies) {
  using state = gather_op<Handler, Executor, Foreign, Children, Policies>;
  auto const allocator = allocator_for_state(asio::get_associated_allocator(handler));
  state::initiate(std::allocate_shared<state>(allocator, std::move(handler), executor, r,
                                              std::move(children), std::move(policies)));
}

/// Initiates an operation on the executor that stands first.
template <class Executor>
struct initiate_on {
  using executor_type = Executor;

  Executor executor;

  executor_type get_executor() const noexcept { return executor; }

  template <class Handler, class Children, class Policies>
  void operator()(Handler&& handler, all_rules const& r, Children&& children,
                  Policies&& policies) const {
    using handler_type = std::decay_t<Handler>;
    constexpr bool foreign = !std::is_same_v<own_executor_t<handler_type>, executor_probe>;
    initiate<foreign>(handler_type(std::forward<Handler>(handler)), executor, r,
                      consumed(std::forward<Children>(children)),
                      consumed(std::forward<Policies>(policies)));
  }
};

/// Initiates an operation on the executor of its completion handler.
struct initiate_on_handler : on_handler_executor<decltype(nowhere_to_run())> {
  using on_handler_executor::operator();

  template <class Handler, class Children, class Policies>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler, all_rules const& r, Children&& children,
                  Policies&& policies) const {
    auto const executor = asio::get_associated_executor(handler);
    initiate<false>(std::decay_t<Handler>(std::forward<Handler>(handler)), executor, r,
                    consumed(std::forward<Children>(children)),
                    consumed(std::forward<Policies>(policies)));
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_INITIATE_HPP
