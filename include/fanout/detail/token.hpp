//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_TOKEN_HPP
#define FANOUT_DETAIL_TOKEN_HPP

// The mistakes in completion tokens.

#include <fanout/fwd.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/mistakes.hpp>

#include <boost/asio/async_result.hpp>

#include <type_traits>

namespace fanout::inline FANOUT_ABI::detail {

template <class Token, class Signature>
concept with_known_handler = requires {
  typename asio::async_result<std::decay_t<Token>, Signature>::completion_handler_type;
};

/// The mistake in a token with a known handler type, such as a callback: the handler does not take
/// the results, or `Initiation::mistake_for<Handler>` is a mistake.
template <class Token, class Signature, class Initiation>
consteval auto mistake_of_token() {
  if constexpr (with_known_handler<Token, Signature>) {
    using handler =
        typename asio::async_result<std::decay_t<Token>, Signature>::completion_handler_type;
    if constexpr (!asio::completion_handler_for<handler, Signature>)
      return wrong_handler();
    else if constexpr (requires { typename Initiation::template mistake_for<handler>; })
      return typename Initiation::template mistake_for<handler>();
    else
      return no_mistake();
  } else {
    return no_mistake();
  }
}

template <class Token, class Signature, class Initiation>
concept good_token = !mistaken<decltype(mistake_of_token<Token, Signature, Initiation>())>;

template <class Token, class Signature, class Initiation>
using mistake_in_token = mistake_t<decltype(mistake_of_token<Token, Signature, Initiation>())>;

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_TOKEN_HPP
