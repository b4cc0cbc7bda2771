//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RESIDENCE_HPP
#define FANOUT_DETAIL_RESIDENCE_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/listing.hpp>

#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// What must not outlive an execution context, although something that may do so refers to it.
class resident {
public:
  resident(resident const&) = delete;
  resident& operator=(resident const&) = delete;
  virtual ~resident() = default;

  /// The coroutine that goes on when this is called, and what it waits for.
  struct wait {
    coroutine_id coroutine = nullptr;
    std::function<std::string()> what;
  };
  virtual wait awaited() const { return {}; }

protected:
  resident() = default;

private:
  friend class residence;
  resident* previous_ = nullptr;
  resident* next_ = nullptr;
};

/// Owns the residents of one execution context and destroys them before it. Everybody who refers to
/// one shares the residence, which itself outlives the context, and uses the resident during a
/// visit only: the context waits for visitors to leave before its residents go. No lock is held
/// during a visit, so that whatever the visitor calls may visit again.
class residence {
public:
  class visit {
  public:
    explicit visit(residence& r) noexcept : residence_(r), open_(r.enter()) {}
    visit(visit const&) = delete;
    visit& operator=(visit const&) = delete;
    ~visit() {
      if (open_) residence_.leave();
    }

    /// Whether the context is there, and stays until the end of the visit.
    explicit operator bool() const noexcept { return open_; }

  private:
    residence& residence_;
    bool const open_;
  };

  static std::shared_ptr<residence> of(asio::execution_context& context) {
    return asio::use_service<service>(context).shared;
  }

  bool closed() const noexcept { return (visits_.load() & shut) != 0; }

  // ---- during a visit

  void admit(std::unique_ptr<resident> r) noexcept {
    std::lock_guard const lock(mutex_);
    r->next_ = first_;
    if (first_) first_->previous_ = r.get();
    first_ = r.release();
  }

  std::unique_ptr<resident> dismiss(resident& r) noexcept {
    std::lock_guard const lock(mutex_);
    (r.previous_ ? r.previous_->next_ : first_) = r.next_;
    if (r.next_) r.next_->previous_ = r.previous_;
    return std::unique_ptr<resident>(&r);
  }

  /// Tells which coroutines wait for what. At any time.
  void tell(listing& l) {
    std::vector<resident::wait> waits;
    {
      std::lock_guard const lock(mutex_);
      for (resident const* r = first_; r; r = r->next_)
        if (auto w = r->awaited(); w.coroutine) waits.push_back(std::move(w));
    }
    for (auto const& w : waits) l.add_wait(w.coroutine, w.what());
  }

private:
  struct service : asio::execution_context::service {
    using key_type = service;
    inline static asio::execution_context::id id;

    explicit service(asio::execution_context& context)
        : asio::execution_context::service(context), shared(std::make_shared<residence>()) {}

    void shutdown() noexcept override { shared->close(); }

    std::shared_ptr<residence> shared;
  };

  static constexpr unsigned shut = 1, one_visit = 2;

  bool enter() noexcept {
    if ((visits_.fetch_add(one_visit) & shut) == 0) return true;
    leave();
    return false;
  }

  void leave() noexcept {
    if (visits_.fetch_sub(one_visit) == (one_visit | shut)) visits_.notify_all();
  }

  void close() noexcept {
    for (unsigned now = visits_.fetch_or(shut) | shut; now != shut; now = visits_.load())
      visits_.wait(now);
    while (first_) dismiss(*first_);
  }

  std::atomic<unsigned> visits_{0};
  std::mutex mutex_;
  resident* first_ = nullptr;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RESIDENCE_HPP
