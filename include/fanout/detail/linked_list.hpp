//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LINKED_LIST_HPP
#define FANOUT_DETAIL_LINKED_LIST_HPP

#include <fanout/config.hpp>

#include <boost/intrusive/list.hpp>

namespace fanout::inline FANOUT_ABI::detail {

/// Base of objects that stand in one `linked_list` at a time. `is_linked` says whether they do.
using list_links = boost::intrusive::list_base_hook<>;

/// The same without `is_linked`, and without what that costs: the owner knows whether they do.
using plain_list_links =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

/// A list of objects that it does not own. No function of it allocates or throws. `size` counts,
/// and all others take constant time.
template <class T>
class linked_list : public boost::intrusive::list<T, boost::intrusive::constant_time_size<false>> {
public:
  void remove(T& object) noexcept { this->erase(this->iterator_to(object)); }

  /// Removes and returns the first object; null if the list is empty.
  T* pop() noexcept {
    if (this->empty()) return nullptr;
    T& first = this->front();
    this->pop_front();
    return &first;
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_LINKED_LIST_HPP
