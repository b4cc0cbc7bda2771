//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_DEFERRED_GATHER_HPP
#define FANOUT_DETAIL_DEFERRED_GATHER_HPP

#include <fanout/policy.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/initiate.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/token.hpp>

#include <boost/asio/async_result.hpp>

#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// An operation with children that was not initiated yet: the children, the policies, and the
/// initiation.
template <class Initiation, class Children, class Policies>
class [[nodiscard("nothing runs before the operation is awaited or called with a completion "
                  "token")]] deferred_gather : public operation_base {
public:
  using signature = typename Children::outcome::signature;
  using result_type = typename Children::outcome::type;
  static constexpr bool unwraps_values = Children::outcome::unwraps_values;
  static constexpr bool is_eager = Policies::template contains<eager_t>;

  deferred_gather(Initiation initiation, all_rules const& r, Children&& children,
                  Policies&& policies)
      : initiation_(std::move(initiation)), rules_(r), children_(std::move(children)),
        policies_(std::move(policies)) {}

  deferred_gather(deferred_gather const&) = default;
  deferred_gather& operator=(deferred_gather const&) = default;
  deferred_gather& operator=(deferred_gather&&) = default;

  /// A moved-from operation keeps its executor: if it is initiated all the same, awaitables in it
  /// fail.
  deferred_gather(deferred_gather&& other) noexcept(
      std::is_nothrow_move_constructible_v<Children> &&
      std::is_nothrow_move_constructible_v<Policies>)
      : initiation_(other.initiation_), rules_(other.rules_), children_(std::move(other.children_)),
        policies_(std::move(other.policies_)) {}

  Children const& children() const noexcept { return children_; }

  template <class Token>
    requires good_token<Token, signature, Initiation>
  auto operator()(Token&& token) && -> decltype(asio::async_initiate<Token, signature>(
      std::declval<Initiation>(), token, std::declval<all_rules>(), std::declval<Children>(),
      std::declval<Policies>())) {
    return asio::async_initiate<Token, signature>(Initiation(initiation_), token, all_rules(rules_),
                                                  std::move(children_), std::move(policies_));
  }

  template <class Token>
    requires good_token<Token, signature, Initiation>
  auto operator()(Token&& token) const& -> decltype(asio::async_initiate<Token, signature>(
      std::declval<Initiation>(), token, std::declval<all_rules>(), std::declval<Children>(),
      std::declval<Policies>())) {
    static_assert(is_copyable, "fanout: this operation holds children that cannot be copied and "
                               "runs once: use std::move(operation)");
    if constexpr (is_copyable) return deferred_gather(*this)(std::forward<Token>(token));
  }

  template <class Token, class Signature = signature,
            class Mistake = mistake_in_token<Token, signature, Initiation>>
  Mistake operator()(Token&&) const& = delete;

private:
  static constexpr bool is_copyable =
      std::is_copy_constructible_v<Children> && std::is_copy_constructible_v<Policies>;

  Initiation initiation_;
  all_rules rules_;
  Children children_;
  Policies policies_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_DEFERRED_GATHER_HPP
