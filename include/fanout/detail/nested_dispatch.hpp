//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_NESTED_DISPATCH_HPP
#define FANOUT_DETAIL_NESTED_DISPATCH_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/post_on.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Counts nested inline dispatches on this thread. Beyond `most`, `run_on` posts instead, so that
/// nested gathers cannot overflow the stack.
class nested_dispatch {
public:
  nested_dispatch() noexcept { ++depth_; }
  ~nested_dispatch() { --depth_; }
  nested_dispatch(nested_dispatch const&) = delete;
  nested_dispatch& operator=(nested_dispatch const&) = delete;

  static bool is_deep(int most = 32) noexcept { return depth_ >= most; }

  /// Calls `f` inline where the executor allows that, unless the nesting is too deep.
  template <class Executor, class F>
  static void run_on(Executor const& executor, F f, int most = 32) {
    auto nested = [f = std::move(f)]() mutable {
      nested_dispatch const inside;
      f();
    };
    if (is_deep(most))
      post_on(executor, std::move(nested));
    else
      executor.execute(std::move(nested));
  }

private:
  inline static thread_local int depth_ = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_NESTED_DISPATCH_HPP
