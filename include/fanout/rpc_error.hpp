//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_RPC_ERROR_HPP
#define FANOUT_RPC_ERROR_HPP

// The statuses of gRPC as errors. It needs the headers of grpc++.

#include <fanout/error.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/system_error.hpp>

#include <grpcpp/support/status.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace fanout::inline FANOUT_ABI {

namespace detail {

/// As the documentation of gRPC writes it: "UNAVAILABLE".
inline std::string status_name(int code) {
  static constexpr std::array names{"OK",
                                    "CANCELLED",
                                    "UNKNOWN",
                                    "INVALID_ARGUMENT",
                                    "DEADLINE_EXCEEDED",
                                    "NOT_FOUND",
                                    "ALREADY_EXISTS",
                                    "PERMISSION_DENIED",
                                    "RESOURCE_EXHAUSTED",
                                    "FAILED_PRECONDITION",
                                    "ABORTED",
                                    "OUT_OF_RANGE",
                                    "UNIMPLEMENTED",
                                    "INTERNAL",
                                    "UNAVAILABLE",
                                    "DATA_LOSS",
                                    "UNAUTHENTICATED"};
  // A server may send any number.
  if (code >= 0 && static_cast<std::size_t>(code) < names.size())
    return names[static_cast<std::size_t>(code)];
  return "status " + std::to_string(code);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor" // of Boost's class: GCC names its friends

class status_category final : public boost::system::error_category {
public:
  char const* name() const noexcept override { return "grpc"; }

  std::string message(int code) const override { return status_name(code); }

  // By these, `is_cancelled` and `is_timed_out` of a code know them.
  boost::system::error_condition default_error_condition(int code) const noexcept override {
    namespace errc = boost::system::errc;
    if (code == grpc::CANCELLED) return errc::make_error_condition(errc::operation_canceled);
    if (code == grpc::DEADLINE_EXCEEDED) return errc::make_error_condition(errc::timed_out);
    return {code, *this};
  }
};

#pragma GCC diagnostic pop

/// A status, and the text of an exception for it. Shared: exceptions copy without throwing.
class kept_status {
public:
  explicit kept_status(grpc::Status const& s)
      : shared_(std::make_shared<both const>(both{s, text_of(s)})) {}

  grpc::Status const& status() const noexcept { return shared_->status; }
  char const* text() const noexcept { return shared_->text.c_str(); }

private:
  struct both {
    grpc::Status status;
    std::string text;
  };

  static std::string text_of(grpc::Status const& s) {
    auto name = status_name(s.error_code());
    return s.error_message().empty() ? name : name + ": " + s.error_message();
  }

  std::shared_ptr<both const> shared_;
};

} // namespace detail

/// The category of gRPC's status codes: `error_code(grpc::UNAVAILABLE, grpc_category())`.
inline boost::system::error_category const& grpc_category() noexcept {
  static detail::status_category const instance;
  return instance;
}

/// A call has ended with a status that is neither OK nor DEADLINE_EXCEEDED. Its code is that status
/// in `grpc_category()`, its text has the message of the server: "UNAVAILABLE: try again".
class rpc_error : public boost::system::system_error {
public:
  explicit rpc_error(grpc::Status const& s)
      : system_error(boost::system::error_code(s.error_code(), grpc_category())), kept_(s) {}

  /// The status itself, with its message and its details.
  grpc::Status const& status() const noexcept { return kept_.status(); }

  char const* what() const noexcept override { return kept_.text(); }

private:
  detail::kept_status kept_;
};

/// A call has ended with the status DEADLINE_EXCEEDED: its own deadline has passed, or one on the
/// server's side. Everything that knows `deadline_exceeded` knows it, as `is_timed_out` does.
class rpc_deadline_exceeded : public deadline_exceeded {
public:
  explicit rpc_deadline_exceeded(grpc::Status const& s) : kept_(s) {}

  /// The status itself, with its message and its details.
  grpc::Status const& status() const noexcept { return kept_.status(); }

  char const* what() const noexcept override { return kept_.text(); }

private:
  detail::kept_status kept_;
};

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_RPC_ERROR_HPP
