//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_REPEATABLE_OPERATION_HPP
#define FANOUT_DETAIL_REPEATABLE_OPERATION_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/token.hpp>

#include <boost/asio/async_result.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// An operation that can be initiated any number of times: each call copies the initiation, which
/// has all that the operation needs. `Value` is what the operation yields, or `void`.
template <class Value, class Initiation>
class [[nodiscard("nothing happens before the operation is awaited or called with a completion "
                  "token")]] repeatable_operation : public operation_base {
  using outcome = single_outcome<value_or_monostate<Value>>;

public:
  using result_type = typename outcome::type;
  using signature = typename outcome::signature;
  static constexpr bool unwraps_values = outcome::unwraps_values;

  explicit repeatable_operation(Initiation initiation) : initiation_(std::move(initiation)) {}

  template <class Token>
    requires good_token<Token, signature, Initiation>
  auto operator()(Token&& token) const
      -> decltype(asio::async_initiate<Token, signature>(std::declval<Initiation>(), token)) {
    return asio::async_initiate<Token, signature>(Initiation(initiation_), token);
  }

  template <class Token, class Signature = signature,
            class Mistake = mistake_in_token<Token, signature, Initiation>>
  Mistake operator()(Token&&) const = delete;

private:
  Initiation initiation_;
};

template <class Value, class Initiation>
repeatable_operation<Value, Initiation> make_operation(Initiation initiation) {
  return repeatable_operation<Value, Initiation>(std::move(initiation));
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_REPEATABLE_OPERATION_HPP
