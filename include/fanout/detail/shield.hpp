//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SHIELD_HPP
#define FANOUT_DETAIL_SHIELD_HPP

#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

struct abandon_children {
  constexpr void apply(rules& r) const noexcept { r.abandons_children = true; }
  static constexpr char const* title() noexcept { return "a shield"; }
};

struct shield_function {
  template <class Initiation, class C>
  auto operator()(Initiation initiation, C&& c) const {
    if constexpr (is_good_child<C>())
      return make_packaged_child(std::move(initiation), std::forward<C>(c), abandon_children());
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_SHIELD_HPP
