//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_OWN_CONTEXT_HPP
#define FANOUT_DETAIL_OWN_CONTEXT_HPP

#include <fanout/detail/roster.hpp>
#include <fanout/detail/run_roster.hpp>
#include <fanout/detail/run_service.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// The context that `run` makes. If its loop was stopped early, while children of the library still
/// run on other contexts, these may refer to anything on this one. Then it is kept for ever, with
/// all frames on it, and what those children post goes nowhere.
class own_context {
public:
  explicit own_context(std::size_t threads) : kept_(std::make_unique<kept>(threads)) {
    if (threads > 1) asio::use_service<run_service>(kept_->context).many_threads = true;
    roster_ = run_roster::make(kept_->context);
  }
  own_context(own_context const&) = delete;
  own_context& operator=(own_context const&) = delete;

  ~own_context() {
    if (!is_referred_to()) return;
    try {
      kept_->frames = roster_->held();
    } catch (...) { // no memory: what only those children own goes with them
    }
    std::lock_guard const lock(mutex_);
    kept_->next = all_;
    all_ = kept_.release();
  }

  asio::io_context& operator*() noexcept { return kept_->context; }

  /// Whether something on it has not ended, and children elsewhere neither.
  bool is_referred_to() { return !roster_->empty() && outside_run::any(); }

private:
  struct kept {
    explicit kept(std::size_t threads) : context(static_cast<int>(threads)) {}

    asio::io_context context;
    std::vector<std::shared_ptr<roster::entry>> frames;
    kept* next = nullptr;
  };

  std::unique_ptr<kept> kept_;
  std::shared_ptr<run_roster> roster_;

  inline static std::mutex mutex_;
  inline static kept* all_ = nullptr; // reachable, so that it counts as no leak
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_OWN_CONTEXT_HPP
