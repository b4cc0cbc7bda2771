//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CO_AWAIT_HPP
#define FANOUT_DETAIL_CO_AWAIT_HPP

// Makes `co_await` work on the operations of this library in every version of Asio, and knows what
// else must be known of the inside of Asio's handlers. No other header knows of Asio's inside but
// launch.hpp.

#include <fanout/fwd.hpp>
#include <fanout/detail/operation.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/version.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {
struct looks_into_frames {};
} // namespace fanout::inline FANOUT_ABI::detail

namespace boost::asio::detail {

/// A frame that belongs to no coroutine. It exists because Asio makes frames friends of awaitables,
/// and no other class.
template <typename Executor>
class awaitable_frame<fanout::detail::looks_into_frames, Executor>
    : public awaitable_frame_base<Executor> {
public:
  /// Moves the exception of an ended coroutine into `error`, if there is one.
  template <typename T>
  static void take_error([[maybe_unused]] awaitable<T, Executor>& ended,
                         [[maybe_unused]] std::exception_ptr& error) noexcept {
    if constexpr (requires { &awaitable_frame::pending_exception_; }) {
      awaitable_frame_base<Executor>& frame = *ended.frame_;
      auto& pending = frame.*&awaitable_frame::pending_exception_;
      if (pending) error = std::exchange(pending, nullptr);
    }
  }

  /// The stack of coroutines whose top a frame is.
  static awaitable_thread<Executor>* thread_of(awaitable_frame_base<Executor>& frame) noexcept {
    return frame.*&awaitable_frame::attached_thread_;
  }
};

/// The result of an awaited operation of this library, kept where it is awaited. Asio's handlers
/// keep pointers to the arguments of their call instead. GCC 12 reads the results of `co_await a +
/// co_await b` after both operations have ended, and the first call has returned by then.
template <typename Signature>
struct fanout_result;

template <>
struct fanout_result<void(std::exception_ptr)> {
  std::exception_ptr error;

  void set(std::exception_ptr e) noexcept { error = std::move(e); }
  void take() {
    if (error) std::rethrow_exception(std::exchange(error, nullptr));
  }
};

template <typename T>
struct fanout_result<void(std::exception_ptr, T)> {
  std::exception_ptr error;
  std::optional<T> value;

  template <typename U>
  void set(std::exception_ptr e, U&& v) noexcept {
    error = std::move(e);
    if (error) return;
    try {
      value.emplace(std::forward<U>(v));
    } catch (...) {
      error = std::current_exception();
    }
  }
  T take() {
    if (error) std::rethrow_exception(std::exchange(error, nullptr));
    return *std::move(value);
  }
};

/// The completion handler of an awaited operation of this library. Only a specialization of this
/// class template has access to what it uses.
template <typename Signature, typename Executor>
class awaitable_async_op_handler<fanout_result<Signature>, Executor>
    : public awaitable_thread<Executor> {
  using result = fanout_result<Signature>;

public:
  awaitable_async_op_handler(awaitable_thread<Executor>* from, result& r)
      : awaitable_thread<Executor>(std::move(*from)), result_(r) {}

  /// Takes the coroutine out of the call that has resumed it, of an operation with `eager`. It may
  /// go on inside that call; `detach` follows if it does not.
  awaitable_async_op_handler(awaitable_frame_base<Executor>& frame, result& r)
      : awaitable_async_op_handler(thread_of(frame), r) {
    frame.attach_thread(nullptr);
  }

  /// Tells Asio that the coroutine does not go on inside the call that has resumed it.
  void detach() noexcept {
    awaitable_frame_base<Executor>& top = *this->entry_point()->top_of_stack_;
    top.attach_thread(this);
    top.detach_thread();
  }

  template <typename... Args>
  void operator()(std::exception_ptr error, Args&&... args) {
    result_.set(std::move(error), std::forward<Args>(args)...);
    this->entry_point()->top_of_stack_->attach_thread(this);
    this->entry_point()->top_of_stack_->clear_cancellation_slot();
    this->pump();
  }

private:
  static awaitable_thread<Executor>* thread_of(awaitable_frame_base<Executor>& frame) noexcept {
    return awaitable_frame<fanout::detail::looks_into_frames, Executor>::thread_of(frame);
  }

  result& result_;
};

#if BOOST_ASIO_VERSION < 102800

// Asio's own handler for void(std::exception_ptr, T) does not compile before 1.28, so this
// specialization replaces nothing that works.
template <typename T, typename Executor>
class awaitable_async_op_handler<void(std::exception_ptr, T), Executor>
    : public awaitable_async_op_handler<fanout_result<void(std::exception_ptr, T)>, Executor> {
public:
  using result_type = fanout_result<void(std::exception_ptr, T)>;
  using awaitable_async_op_handler<result_type, Executor>::awaitable_async_op_handler;

  static T resume(result_type& r) { return r.take(); }
};

#endif

// Asio keeps a reference to the operation, and accepts rvalues only. This specialization keeps the
// operation by value, so that an lvalue can be awaited as often as it can be copied.
template <typename Signature, fanout::detail::our_operation Op, typename Executor>
class awaitable_async_op<Signature, Op, Executor> {
public:
  using result = fanout_result<Signature>;
  using handler_type = awaitable_async_op_handler<result, Executor>;

  template <typename O>
  awaitable_async_op(O&& op, awaitable_frame_base<Executor>* frame, auto const&...)
      : op_(kept(std::forward<O>(op))), frame_(frame) {}

  bool await_ready() const noexcept { return false; }

  void await_suspend(coroutine_handle<void>) {
    frame_->after_suspend(
        [](void* arg) {
          auto& self = *static_cast<awaitable_async_op*>(arg);
          if constexpr (fanout::detail::eager_operation<Op>)
            std::move(self.op_)(handler_type(*self.frame_, self.result_));
          else
            std::move(self.op_)(handler_type(self.frame_->detach_thread(), self.result_));
        },
        this);
  }

  // An operation with one child yields what the child yields, also where the operation's signature
  // holds the value in `values`.
  auto await_resume() {
    if constexpr (fanout::detail::yields_single<Op>)
      return result_.take().template get<0>();
    else
      return result_.take();
  }

private:
  template <typename O>
  static Op kept(O&& op) {
    constexpr bool copies = std::is_constructible_v<Op, O&&>;
    static_assert(copies, "fanout: this operation holds children that cannot be copied and runs "
                          "once: use co_await std::move(operation)");
    constexpr bool again = !std::is_lvalue_reference_v<O> || !fanout::detail::gives_away<Op>;
    static_assert(again, "fanout: the value of this future cannot be copied: take it, as in "
                         "co_await std::move(future)");
    if constexpr (copies)
      return std::forward<O>(op);
    else
      return std::move(op);
  }

  Op op_;
  awaitable_frame_base<Executor>* frame_;
  result result_;
};

template <typename Signature, fanout::detail::steps_of_await Op, typename Executor>
class awaitable_async_op<Signature, Op, Executor> {
public:
  awaitable_async_op(Op const& steps, auto const&...) noexcept : steps_(steps) {}

  bool await_ready() const noexcept { return false; }

  template <typename Promise>
  void await_suspend(coroutine_handle<Promise> caller) {
    steps_.suspend(handle_of(caller.promise()));
  }

  void await_resume() { steps_.resume(); }

private:
  // The handle as Asio knows it; the promise may be of a class that derives from Asio's.
  template <typename T>
  static auto handle_of(awaitable_frame<T, Executor>& promise) noexcept {
    return coroutine_handle<awaitable_frame<T, Executor>>::from_promise(promise);
  }

  Op steps_;
};

template <typename Signature, typename Executor>
class awaitable_async_op<Signature, fanout::detail::current_coroutine, Executor> {
public:
  template <typename O>
  awaitable_async_op(O&&, awaitable_frame_base<Executor>* frame, auto const&...) noexcept
      : frame_(frame) {}

  bool await_ready() const noexcept { return true; }
  void await_suspend(coroutine_handle<void>) const noexcept {}

  // The entry point is the same for a coroutine and all coroutines that it awaits.
  void const* await_resume() const noexcept {
    auto* const awaiting = frame_->detach_thread();
    frame_->attach_thread(awaiting);
    return awaiting->entry_point();
  }

private:
  awaitable_frame_base<Executor>* frame_;
};

} // namespace boost::asio::detail

namespace fanout::inline FANOUT_ABI::detail {

/// Moves the exception of an ended coroutine into `error`, if that is possible without throwing it
/// once more. A throw takes as long as all the rest of a child.
template <class T, class Executor>
void take_error(asio::awaitable<T, Executor>& ended, std::exception_ptr& error) noexcept {
  asio::detail::awaitable_frame<looks_into_frames, Executor>::take_error(ended, error);
}

/// Whether a completion handler is that of a `co_await` of an operation of this library, alone.
template <class Handler>
inline constexpr bool resumes_by_co_await = false;
template <class Signature, class Executor>
inline constexpr bool resumes_by_co_await<
    asio::detail::awaitable_async_op_handler<asio::detail::fanout_result<Signature>, Executor>> =
    true;

/// The `coroutine_id` of the coroutine that a completion handler resumes; null if it resumes none.
template <class Handler>
void const* coroutine_of(Handler& handler) {
  if constexpr (requires { handler.entry_point(); })
    return handler.entry_point();
  else
    return nullptr;
}

// The executor of use_future's handlers runs functions inline or on system threads, so no child can
// run there. It is a template of the future's type and of the blocking property.
template <class Executor>
inline constexpr bool is_future_executor = false;
template <template <class, class> class Executor, class T>
inline constexpr bool is_future_executor<Executor<T, asio::execution::blocking_t::possibly_t>> =
    true;

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CO_AWAIT_HPP
