//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_INITIATE_HPP
#define FANOUT_DETAIL_INITIATE_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/gather_state.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

template <bool Foreign, class Handler, class Executor, class Children, class Policies>
void initiate(Handler handler, Executor const& executor, all_rules const& r, Children&& children,
              Policies&& policies) {
  using state = gather_state<Handler, Executor, Foreign, Children, Policies>;
  auto const allocator = asio::get_associated_allocator(handler);
  std::allocate_shared<state>(allocator, std::move(handler), executor, r, std::move(children),
                              std::move(policies))
      ->initiate();
}

/// Starts an operation on the executor that was named first.
template <class Executor>
struct initiate_on {
  using executor_type = Executor;

  Executor executor;

  executor_type get_executor() const noexcept { return executor; }

  template <class Handler, class Children, class Policies>
  void operator()(Handler&& handler, all_rules const& r, Children children,
                  Policies policies) const {
    using handler_type = std::decay_t<Handler>;
    constexpr bool foreign = !std::is_same_v<own_executor_t<handler_type>, executor_probe>;
    initiate<foreign>(handler_type(std::forward<Handler>(handler)), executor, r,
                      std::move(children), std::move(policies));
  }
};

/// Starts an operation on the executor that its completion handler brings along.
struct initiate_on_handler {
  template <class Handler, class Children, class Policies>
  void operator()(Handler&& handler, all_rules const& r, Children children,
                  Policies policies) const {
    using handler_type = std::decay_t<Handler>;
    static_assert(brings_executor<handler_type>,
                  "fanout: the completion handler has no executor to run children on: name an "
                  "executor or context first, as in f(executor, ...), or bind_executor the "
                  "token");
    if constexpr (brings_executor<handler_type>) {
      auto const executor = asio::get_associated_executor(handler);
      initiate<false>(handler_type(std::forward<Handler>(handler)), executor, r,
                      std::move(children), std::move(policies));
    }
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_INITIATE_HPP
