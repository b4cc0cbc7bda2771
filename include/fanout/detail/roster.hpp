//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ROSTER_HPP
#define FANOUT_DETAIL_ROSTER_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/listing.hpp>

#include <chrono>
#include <memory>

namespace fanout::inline FANOUT_ABI::detail {

/// Lists what this library has started on a context of `run` and what has not ended, so that `run`
/// can cancel it and wait for its end. Thread-safe; outlives the context as long as anybody uses
/// it. Only programs that have such a context need what is behind this: `run_roster`.
class roster : public std::enable_shared_from_this<roster> {
public:
  class entry;

  /// What only the rosters see of an entry.
  class linked {
    friend class entry;
    friend class roster;
    friend class run_roster;
    std::shared_ptr<roster> list_;
    std::weak_ptr<void> self_;
    std::chrono::steady_clock::time_point since_;
    entry* previous_ = nullptr;
    entry* next_ = nullptr;
  };

  class entry : public linked {
  public:
    entry() = default;
    entry(entry const&) = delete;
    entry& operator=(entry const&) = delete;

    /// Cancels what still runs. Called on any thread.
    virtual void cancel_leftovers() = 0;

    /// Tells what runs and who waits for it.
    virtual void list_in(listing& l) = 0;

  protected:
    /// Leaves the roster: when all that derives from this has gone, and with it everything that
    /// needs the context, which may go then.
    ~entry() {
      if (list_) list_->remove(*this);
    }

    /// Since when it has been on the roster.
    std::chrono::steady_clock::time_point since() const noexcept { return since_; }
  };

  /// `self` keeps the entry alive while it is told something; null if it does not want to be.
  void add(entry& e, std::shared_ptr<void> const& self = nullptr) {
    e.list_ = shared_from_this();
    e.self_ = self;
    e.since_ = std::chrono::steady_clock::now();
    insert(e);
  }

  /// The context is going.
  virtual void shut_down() = 0;

protected:
  ~roster() = default;

private:
  virtual void insert(entry& e) = 0;
  virtual void remove(entry& e) = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ROSTER_HPP
