//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_REQUEST_LINK_HPP
#define FANOUT_DETAIL_REQUEST_LINK_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/spare_memory.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Connects the cancellation slot of a completion handler to the operation. The owner of the slot
/// and the operation may be destroyed in any order, so neither owns the other. The operation's
/// memory comes from the user's allocator, so not even a weak_ptr to the operation may stay in the
/// slot.
template <class State>
class request_link {
public:
  template <class Slot>
  void connect(Slot slot, std::weak_ptr<State> state) {
    link_ = std::allocate_shared<shared_link>(spare_allocator<void>(), std::move(state));
    slot.template emplace<forwarder>(link_);
  }

  ~request_link() {
    if (!link_) return;
    std::lock_guard const lock(link_->mutex);
    link_->state.reset();
  }

  request_link() = default;
  request_link(request_link const&) = delete;
  request_link& operator=(request_link const&) = delete;

private:
  struct shared_link {
    explicit shared_link(std::weak_ptr<State> s) : state(std::move(s)) {}

    std::shared_ptr<State> lock() {
      std::lock_guard const lock(mutex);
      return state.lock();
    }

    std::mutex mutex;
    std::weak_ptr<State> state;
  };

  class forwarder {
  public:
    explicit forwarder(std::shared_ptr<shared_link> l) noexcept : link_(std::move(l)) {}

    void operator()(asio::cancellation_type_t type) const {
      if (auto const alive = link_->lock()) alive->request_cancel(type);
    }

  private:
    std::shared_ptr<shared_link> link_;
  };

  std::shared_ptr<shared_link> link_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_REQUEST_LINK_HPP
