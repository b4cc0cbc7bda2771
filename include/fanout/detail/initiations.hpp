//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_INITIATIONS_HPP
#define FANOUT_DETAIL_INITIATIONS_HPP

#include <fanout/config.hpp>
#include <fanout/detail/linked_list.hpp>
#include <fanout/detail/reserve.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// The initiation of a child that is an operation, while it is in progress.
struct initiation : plain_list_links {
  explicit initiation(std::size_t child) noexcept : index(child) {}

  std::size_t index; // of the child
  bool over = false; // the child has ended: its handler was called
};

/// The initiations in progress. An initiation that throws may have passed the completion handler on
/// before. The handler may then be called or not, so the child has two ends: the first one counts.
/// Mostly there is no initiation in progress when a handler is called.
template <class Allocator>
class initiations {
public:
  explicit initiations(Allocator const& a) : failed_(a) {}

  void begin(initiation& one) noexcept { begun_.push_back(one); }
  void end(initiation& one) noexcept { begun_.remove(one); }

  /// The initiation has thrown. Returns whether the child ends with the exception. Without memory
  /// it does not: then the handler ends the child, when it is called or destroyed.
  bool fail(initiation& one) noexcept {
    end(one);
    if (one.over) return false;
    try {
      reserve::attempt([&] { failed_.push_back(one.index); });
    } catch (...) {
      return false;
    }
    return true;
  }

  /// The handler is called. Returns whether the child ends with that call.
  bool complete(std::size_t index) noexcept {
    for (initiation& one : begun_)
      if (one.index == index) one.over = true;
    return failed_.empty() || std::erase(failed_, index) == 0;
  }

private:
  using allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<std::size_t>;

  linked_list<initiation> begun_;
  std::vector<std::size_t, allocator> failed_; // children whose handler may still be called
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_INITIATIONS_HPP
