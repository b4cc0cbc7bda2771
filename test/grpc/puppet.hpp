//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_GRPC_PUPPET_HPP
#define FANOUT_TEST_GRPC_PUPPET_HPP

// A stub that does what a test tells it to, at the moment and on the thread that the test chooses.
// Like the classes that protoc generates it has a second method of each name.

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace fanout_test {

class puppet {
public:
  using done = std::function<void(grpc::Status)>;

  /// A call that has begun.
  struct call {
    grpc::ClientContext* context;
    std::string const* request;
    std::string* reply;
    done callback;

    /// Ends it as gRPC does.
    void end(grpc::Status const& s, std::string text = {}) {
      *reply = std::move(text);
      std::exchange(callback, nullptr)(s);
    }
  };

  class async_interface {
  public:
    void Ask(grpc::ClientContext* context, std::string const* request, std::string* reply, done f) {
      call c{context, request, reply, std::move(f)};
      if (on_call) return on_call(c);
      std::lock_guard const lock(mutex);
      calls.push_back(std::move(c));
    }
    void Ask(grpc::ClientContext*, std::string const*, std::string*, grpc::ClientUnaryReactor*) {
      throw std::logic_error("the other method");
    }

    std::function<void(call&)> on_call; // instead of keeping it
    std::mutex mutex;                   // protects `calls`
    std::vector<call> calls;
  };

  async_interface* async() { return &methods_; }

  call& last() { return methods_.calls.back(); }
  std::vector<call>& calls() { return methods_.calls; }
  void on_call(std::function<void(call&)> f) { methods_.on_call = std::move(f); }

private:
  async_interface methods_;
};

inline constexpr auto answer_at_once = [](puppet::call& c) {
  c.end(grpc::Status::OK, "re: " + *c.request);
};

} // namespace fanout_test

#endif // FANOUT_TEST_GRPC_PUPPET_HPP
