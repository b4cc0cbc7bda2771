//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SLOT_SCOPE_HPP
#define FANOUT_DETAIL_SLOT_SCOPE_HPP

#include <fanout/config.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Puts a function into a cancellation slot for the time of a call, if the slot is connected. With
/// `eager` first steps run inside a call, and a request may come from one of them.
template <class Slot>
class slot_scope {
public:
  template <class F>
  slot_scope(Slot slot, F f) : slot_(slot) {
    if (slot_.is_connected()) slot_.assign(std::move(f));
  }
  slot_scope(slot_scope const&) = delete;
  slot_scope& operator=(slot_scope const&) = delete;
  ~slot_scope() {
    if (slot_.is_connected()) slot_.clear();
  }

private:
  Slot slot_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_SLOT_SCOPE_HPP
