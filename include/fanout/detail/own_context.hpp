//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_OWN_CONTEXT_HPP
#define FANOUT_DETAIL_OWN_CONTEXT_HPP

#include <fanout/detail/run_roster.hpp>
#include <fanout/detail/run_service.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <mutex>

namespace fanout::inline FANOUT_ABI::detail {

/// The context of `run`. If the loop was stopped early, children of the library may still run on
/// other contexts and refer to objects on this one. Then the context is never destroyed, nor are
/// the frames on it, and handlers that those children post are never called.
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
    std::lock_guard const lock(mutex_);
    kept_->next = all_;
    all_ = kept_.release();
  }

  asio::io_context& operator*() noexcept { return kept_->context; }

  /// Whether something on this context has not ended, and something on other contexts has not
  /// either.
  bool is_referred_to() { return !roster_->empty() && outside_run::any(); }

private:
  struct kept {
    explicit kept(std::size_t threads) : context(static_cast<int>(threads)) {}

    asio::io_context context;
    kept* next = nullptr;
  };

  std::unique_ptr<kept> kept_;
  std::shared_ptr<run_roster> roster_;

  inline static std::mutex mutex_;
  inline static kept* all_ = nullptr; // reachable, so that leak checkers accept it
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_OWN_CONTEXT_HPP
