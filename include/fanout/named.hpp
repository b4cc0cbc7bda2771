//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_NAMED_HPP
#define FANOUT_NAMED_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/calls.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// A child with a name.
///
/// *Results*: a child like the one that is passed, which yields the same. The name is in the error
/// of `with_index`, in each `failure` (of `all_failed` and of groups), in what `all_tasks` lists,
/// and in reports of unhandled errors. `create_task` takes it as the name of the task, unless the
/// call gives another. Of a child that is named twice the outer name counts, unless it is empty.
///
/// *Object lifetimes*: the child is moved or copied into the result.
///
/// *Python*: `create_task(coroutine, name=...)`.
///
/// *Example*: `co_await gather(named("AAPL", quote("AAPL")), named("MSFT", quote("MSFT")));`
template <detail::good_child C>
auto named(std::string name, C&& child) {
  return detail::named_child<std::decay_t<C>>{std::move(name), std::forward<C>(child)};
}

template <class C, class Mistake = detail::mistake_t<decltype(detail::mistake_of_child<C>())>>
Mistake named(std::string, C&&) = delete;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_NAMED_HPP
