// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Upstreams that speak gRPC: the service Quotes of example/quotes.

#include "protocol.hpp"
#include "quotes.grpc.pb.h"
#include "tracing.hpp"

#include <fanout/grpc.hpp>
#include <fanout/sleep.hpp>

#include <boost/json/parse.hpp>

#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

using fanout_example::Quotes;
using rpc = Quotes::StubInterface::async_interface;

std::shared_ptr<grpc::Channel> connect(address const& where, upstream_config const& of) {
  grpc::ChannelArguments how;
  how.SetMaxReceiveMessageSize(static_cast<int>(of.body_bytes));
  how.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0); // as for HTTP: the environment changes nothing
  how.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  how.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  return grpc::CreateCustomChannel(where.name, grpc::InsecureChannelCredentials(), how);
}

/// What a client sends may stand in a field of HTTP/1.1 and not in metadata: gRPC would end the
/// program.
bool is_metadata(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

void hand_on_trace(exchange const& from, grpc::ClientContext& to) {
  http::fields fields;
  ::hand_on_trace(from, fields);
  for (auto const& field : fields) {
    std::string name(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (is_metadata(field.value())) to.AddMetadata(name, std::string(field.value()));
  }
}

boost::json::value to_json(fanout_example::Quote const& q) {
  std::string text;
  auto const done = google::protobuf::util::MessageToJsonString(q, &text);
  boost::system::error_code error;
  auto value = boost::json::parse(text, error);
  if (!done.ok() || error) throw failure("the answer cannot be told as JSON");
  return value;
}

class grpc_protocol final : public protocol {
public:
  grpc_protocol(address const& where, upstream_config const& of)
      : stub_(Quotes::NewStub(connect(where, of))) {}

  asio::awaitable<boost::json::value> ask(question const& q) override {
    fanout_example::QuoteRequest asked;
    asked.set_symbol(q.symbol);
    auto const context = fanout::client_context(q.until);
    hand_on_trace(q.of, *context);
    std::string late;
    try {
      auto const quote = co_await fanout::unary_call(*stub_, &rpc::Get, asked, context);
      co_return to_json(quote);
    } catch (fanout::rpc_deadline_exceeded const& e) {
      late = e.what();
    } catch (fanout::rpc_error const& e) {
      throw failure(e.what());
    }
    co_await end_by(q.until);
    throw failure(late);
  }

private:
  /// The deadline of the call is that of the whole request, and either may strike first. So that it
  /// counts as one that has passed, the call waits for the other. A server that says so too early
  /// has failed.
  static asio::awaitable<void> end_by(steady_clock::time_point until) {
    constexpr std::chrono::milliseconds too_early{20}, too_late{1000};
    if (steady_clock::now() + too_early >= until) co_await fanout::sleep_until(until + too_late);
  }

  std::unique_ptr<Quotes::Stub> stub_;
};

} // namespace

std::unique_ptr<protocol> speak_grpc(address const& where, upstream_config const& of) {
  return std::make_unique<grpc_protocol>(where, of);
}
