//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ROSTER_HPP
#define FANOUT_DETAIL_ROSTER_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/linked_list.hpp>
#include <fanout/detail/listing.hpp>

#include <chrono>
#include <memory>

namespace fanout::inline FANOUT_ABI::detail {

/// The list of what this library has started on a context of `run` and what has not ended, so that
/// `run` can cancel these entries and wait for their end. Thread-safe; its entries share it, so it
/// may outlive the context. Only programs that have such a context compile the implementation,
/// `run_roster`.
class roster : public std::enable_shared_from_this<roster> {
public:
  class entry;

  /// The part of an entry that only rosters use.
  class listed : public plain_list_links {
    friend class entry;
    friend class roster;
    friend class run_roster;
    std::shared_ptr<roster> roster_;
    std::weak_ptr<void> self_;
    std::chrono::steady_clock::time_point since_;
  };

  class entry : public listed {
  public:
    entry() = default;
    entry(entry const&) = delete;
    entry& operator=(entry const&) = delete;

    /// Cancels what still runs. May be called on any thread.
    virtual void cancel_leftovers() = 0;

    /// Lists what runs, and which coroutine waits for what.
    virtual void list_in(listing& l) = 0;

  protected:
    /// Leaves the roster. The derived objects are destroyed before, and with them all that uses the
    /// context, which may be destroyed from now on.
    ~entry() {
      if (roster_) roster_->remove(*this);
    }

    /// The time at which the entry was made, if it was given to the roster.
    std::chrono::steady_clock::time_point since() const noexcept { return since_; }
  };

  /// Adds an entry. `self` keeps the entry alive while its members are called; null if they never
  /// are. `since` is for entries that ask for it: to read the clock takes as long as all the rest.
  void add(entry& e, std::shared_ptr<void> const& self = nullptr,
           std::chrono::steady_clock::time_point since = {}) {
    e.roster_ = shared_from_this();
    e.self_ = self;
    e.since_ = since;
    insert(e);
  }

  /// The context is about to be destroyed.
  virtual void shut_down() = 0;

protected:
  ~roster() = default;

private:
  virtual void insert(entry& e) = 0;
  virtual void remove(entry& e) = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ROSTER_HPP
