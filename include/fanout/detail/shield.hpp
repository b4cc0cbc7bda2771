//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SHIELD_HPP
#define FANOUT_DETAIL_SHIELD_HPP

#include <fanout/detail/arguments.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/shielded_wait.hpp>

#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

struct shield_function {
  template <class... Args>
  static consteval auto mistake() {
    if constexpr (sizeof...(Args) == 1)
      return (mistake_of_child<Args>(), ...);
    else
      return shield_of_one();
  }

  template <class Initiation, class C>
  auto operator()(Initiation initiation, C&& c) const {
    using child = shielded<std::decay_t<C>>;
    return make_gather_of_one(std::move(initiation), child::make(std::forward<C>(c)),
                              abandon_children<child::waits>());
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_SHIELD_HPP
