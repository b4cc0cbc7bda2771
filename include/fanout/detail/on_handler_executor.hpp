//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ON_HANDLER_EXECUTOR_HPP
#define FANOUT_DETAIL_ON_HANDLER_EXECUTOR_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/executor.hpp>

#include <type_traits>

namespace fanout::inline FANOUT_ABI::detail {

/// Base of an initiation that runs on the executor of the completion handler. A derived class has
/// the `operator()` for handlers with an executor. For all other handlers the deleted one here says
/// `Nowhere`, the mistake of a handler without an executor.
template <class Nowhere>
struct on_handler_executor {
  template <class Handler>
  using mistake_for = std::conditional_t<brings_executor<Handler>, no_mistake, Nowhere>;

  template <class Handler, class... Args,
            class Mistake = mistake_t<mistake_for<std::decay_t<Handler>>>>
  Mistake operator()(Handler&&, Args&&...) const = delete;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ON_HANDLER_EXECUTOR_HPP
