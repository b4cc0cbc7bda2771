// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The server's half: a call of gRPC's callback API is a task of a group, and its end the answer.

#ifndef FANOUT_EXAMPLE_QUOTES_SERVED_CALL_HPP
#define FANOUT_EXAMPLE_QUOTES_SERVED_CALL_HPP

#include <fanout/future.hpp>
#include <fanout/grpc.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

/// Lives until gRPC has done with the call. gRPC calls the members on threads of its own.
class served_call final : public grpc::ServerUnaryReactor {
public:
  /// Answers the call, whatever becomes of the task: also if it never runs, or dies with its
  /// context.
  class answer {
  public:
    explicit answer(served_call& to) : to_(&to) {}
    answer(answer&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
    answer& operator=(answer const&) = delete;
    ~answer() {
      if (to_) to_->Finish({grpc::CANCELLED, "the call was dropped"});
    }

    /// Nothing of the call may be used any more.
    void give(grpc::Status const& s) { std::exchange(to_, nullptr)->Finish(s); }

  private:
    served_call* to_;
  };

  /// The task that works for it. Before gRPC knows the call.
  void is_done_by(fanout::future<void> task) { task_ = std::move(task); }

private:
  void OnCancel() override {
    if (task_) task_->cancel(); // thread-safe; also if it has ended
  }
  void OnDone() override { delete this; }

  std::optional<fanout::future<void>> task_;
};

/// `work` fills the reply, and refers to nothing of gRPC's once it has ended.
inline boost::asio::awaitable<void> answer_with(boost::asio::awaitable<void> work,
                                                served_call::answer answer) {
  std::exception_ptr error;
  try {
    co_await std::move(work);
  } catch (...) {
    error = std::current_exception();
  }
  answer.give(fanout::to_status(error));
}

/// Runs `work` for a call, on the executor of the group. It is cancelled when the caller leaves,
/// and when the deadline of the call passes. What it throws becomes the status.
inline grpc::ServerUnaryReactor* serve(fanout::task_group& group,
                                       boost::asio::awaitable<void> work) {
  auto* const call = new served_call; // NOLINT(cppcoreguidelines-owning-memory): OnDone deletes it
  try {
    call->is_done_by(
        group.create_task(answer_with(std::move(work), served_call::answer(*call)), "call"));
  } catch (...) { // the answer has been given by the destructor
  }
  return call;
}

#endif
