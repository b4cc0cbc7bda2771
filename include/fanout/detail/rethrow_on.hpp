//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RETHROW_ON_HPP
#define FANOUT_DETAIL_RETHROW_ON_HPP

#include <fanout/detail/post_on.hpp>
#include <fanout/detail/reserve.hpp>

#include <exception>

namespace fanout::inline FANOUT_ABI::detail {

/// Lets an exception leave the context's run(), from a posted handler.
template <class Executor>
void rethrow_on(Executor const& executor, std::exception_ptr const& thrown) {
  reserve::attempt([&] { post_on(executor, [thrown] { std::rethrow_exception(thrown); }); });
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RETHROW_ON_HPP
