//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_GRPC_HPP
#define FANOUT_GRPC_HPP

// Calls of gRPC as asynchronous operations. It needs grpc++, its headers and its library; nothing
// else of this library does.

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/rpc_error.hpp>
#include <fanout/detail/duration.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/token.hpp>
#include <fanout/detail/unary_call.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// A context with a deadline, for what else a call is to have: metadata, credentials, compression.
///
/// *Results*: a new context. The server is told how much time is left when the call starts
/// (`grpc-timeout`). `until` is a time of any clock. The maximum of its clock means no deadline.
template <class Clock, class Duration>
std::shared_ptr<grpc::ClientContext> client_context(
    std::chrono::time_point<Clock, Duration> const& until) {
  auto context = std::make_shared<grpc::ClientContext>();
  detail::set_deadline(*context, until);
  return context;
}

/// A unary call of gRPC.
///
/// *Effects*: packages an asynchronous operation that calls `method` of the server behind `stub`.
/// `method` is a member of the class `async_interface` that `protoc` generates:
/// `&Quotes::StubInterface::async_interface::Get`. `until` is the deadline, a time of any clock;
/// the server is told how much is left of it when the call starts. The maximum of the clock means
/// no deadline: then the call waits for as long as the server takes.
///
/// *Results*: the reply; the completion signature is `void(std::exception_ptr, Reply)`.
///
/// *Errors*: `rpc_deadline_exceeded`, which is a `deadline_exceeded`, if the status is
/// DEADLINE_EXCEEDED. `operation_aborted` if the status is CANCELLED and the operation was asked to
/// end. `rpc_error` for every other status, also for CANCELLED if the server has cancelled the call
/// by itself; `is_cancelled` is true for that one too. What gRPC throws where the call starts
/// leaves the initiating function.
///
/// *Cancellation*: a request of any type is `TryCancel`: gRPC tells the server, and the operation
/// ends when gRPC says so, which does not wait for the server. The server may have done the work
/// all the same. The connection stays in use for other calls.
///
/// *Executor and threads*: the handler is called on its associated executor, which it must have,
/// and which is kept busy until then. gRPC ends the call on a thread of its own, which only posts.
/// So the stub may be used from any thread, and no callback of gRPC runs code of the user.
///
/// *Object lifetimes*: the operation owns the request, the reply and its context until gRPC has let
/// go of them. The stub must be there when the operation is initiated, and need not be there later.
/// If the execution context is destroyed first, the handler is destroyed with it and not called;
/// the call goes on, and its reply is dropped.
///
/// *Exception safety*: the completion is posted with the handler's associated allocator. If there
/// is no memory for that, also none that was set aside, the handler is destroyed without being
/// called, and the unhandled error handler is called.
///
/// *Python*: `await stub.Get(request, timeout=seconds)` of `grpc.aio`.
///
/// *Example*:
/// @code
/// using rpc = Quotes::StubInterface::async_interface;
/// auto quote = co_await fanout::unary_call(*stub, &rpc::Get, request, until);
/// @endcode
template <class Stub, class Async, class Request, class Reply, class Clock, class Duration,
          class Token = asio::deferred_t>
  requires detail::good_token<Token, void(std::exception_ptr, Reply),
                              detail::initiate_call<Async, Request, Reply>>
auto unary_call(Stub& stub, detail::unary_method<Async, Request, Reply> method,
                std::type_identity_t<Request> request,
                std::chrono::time_point<Clock, Duration> const& until, Token&& token = Token()) {
  return detail::async_call<Reply, Token>(
      token, detail::initiate_call<Async, Request, Reply>(stub.async(), method), std::move(request),
      detail::steady(until));
}

/// The same with a context that the caller has made, by `client_context` for instance. It serves
/// one call: with one that has served before, the initiating function throws
/// `std::invalid_argument`. The caller may keep a pointer to it, and read what the server has sent
/// along when the operation has ended: `GetServerTrailingMetadata`.
///
/// *Errors*: `std::invalid_argument` at once if the pointer is null.
template <class Stub, class Async, class Request, class Reply, class Token = asio::deferred_t>
  requires detail::good_token<Token, void(std::exception_ptr, Reply),
                              detail::initiate_call<Async, Request, Reply>>
auto unary_call(Stub& stub, detail::unary_method<Async, Request, Reply> method,
                std::type_identity_t<Request> request, std::shared_ptr<grpc::ClientContext> context,
                Token&& token = Token()) {
  if (!context) throw std::invalid_argument("fanout::unary_call: the client context is null");
  return detail::async_call<Reply, Token>(
      token, detail::initiate_call<Async, Request, Reply>(stub.async(), method), std::move(request),
      std::move(context));
}

template <class Stub, class Async, class Request, class Reply, class Until, class Token,
          class Mistake = detail::mistake_in_token<Token, void(std::exception_ptr, Reply),
                                                   detail::initiate_call<Async, Request, Reply>>>
Mistake unary_call(Stub&, detail::unary_method<Async, Request, Reply>,
                   std::type_identity_t<Request>, Until const&, Token&&) = delete;

/// What a server says of an error: the status of an `rpc_error`; CANCELLED for what `is_cancelled`,
/// DEADLINE_EXCEEDED for what `is_timed_out`, INVALID_ARGUMENT for `std::invalid_argument`,
/// RESOURCE_EXHAUSTED for `std::bad_alloc` and UNKNOWN for every other exception, with its text. OK
/// for null.
inline grpc::Status to_status(std::exception_ptr const& error) {
  if (!error) return grpc::Status::OK;
  try {
    std::rethrow_exception(error);
  } catch (rpc_error const& e) {
    return e.status();
  } catch (rpc_deadline_exceeded const& e) {
    return e.status();
  } catch (std::invalid_argument const& e) {
    return {grpc::INVALID_ARGUMENT, e.what()};
  } catch (std::bad_alloc const& e) {
    return {grpc::RESOURCE_EXHAUSTED, e.what()};
  } catch (...) {
    auto const code = is_cancelled(error)   ? grpc::CANCELLED
                      : is_timed_out(error) ? grpc::DEADLINE_EXCEEDED
                                            : grpc::UNKNOWN;
    return {code, detail::what_of(error)};
  }
}

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_GRPC_HPP
