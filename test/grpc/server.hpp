//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_GRPC_SERVER_HPP
#define FANOUT_TEST_GRPC_SERVER_HPP

// A real server of gRPC in the same process.

#include "echo.grpc.pb.h"

#include <grpcpp/alarm.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace fanout_test {

/// Answers after the time that it is asked to take, unless the call is cancelled before.
class echo final : public Echo::CallbackService {
  class answering final : public grpc::ServerUnaryReactor {
  public:
    answering(echo& of, grpc::CallbackServerContext& context, Asked const& asked,
              Answered& answered)
        : of_(of), status_(static_cast<grpc::StatusCode>(asked.status()), asked.message()) {
      ++of_.begun;
      auto const left = context.deadline() - std::chrono::system_clock::now();
      answered.set_text("re: " + asked.text());
      answered.set_left_us(std::chrono::duration_cast<std::chrono::microseconds>(left).count());
      context.AddTrailingMetadata("served-by", "echo");
      alarm_.Set(std::chrono::system_clock::now() + std::chrono::milliseconds(asked.take_ms()),
                 [this](bool in_time) { Finish(in_time ? status_ : grpc::Status::CANCELLED); });
    }

  private:
    void OnCancel() override {
      ++of_.cancelled;
      alarm_.Cancel();
    }
    void OnDone() override {
      auto& ended = of_.ended;
      delete this;
      ++ended;
    }

    echo& of_;
    grpc::Status status_;
    grpc::Alarm alarm_;
  };

public:
  std::atomic<int> begun = 0, cancelled = 0, ended = 0;

private:
  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* context, Asked const* asked,
                                Answered* answered) override {
    return new answering(*this, *context, *asked, *answered);
  }
};

/// Listens from its construction to its destruction.
class server {
public:
  server() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
    address = "127.0.0.1:" + std::to_string(port);
  }
  server(server const&) = delete;
  server& operator=(server const&) = delete;
  ~server() { stop(); }

  void stop() {
    server_->Shutdown(std::chrono::system_clock::now()); // cancels the calls that are left
    server_->Wait();
  }

  std::unique_ptr<Echo::Stub> connect() const {
    return Echo::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  }

  echo service;
  std::string address;

private:
  std::unique_ptr<grpc::Server> server_;
};

} // namespace fanout_test

#endif // FANOUT_TEST_GRPC_SERVER_HPP
