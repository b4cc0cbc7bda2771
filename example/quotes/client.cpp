// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "client.hpp"

#include "quotes.grpc.pb.h"

#include <fanout/gather.hpp>
#include <fanout/grpc.hpp>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <ranges>
#include <utility>

namespace asio = boost::asio;
using fanout_example::Quotes;
using rpc = Quotes::StubInterface::async_interface;
using std::chrono::steady_clock;

namespace {

std::unique_ptr<Quotes::Stub> connect(std::string const& where) {
  return Quotes::NewStub(grpc::CreateChannel(where, grpc::InsecureChannelCredentials()));
}

} // namespace

asio::awaitable<int> ask(options const& o) {
  auto const stub = connect(o.where);
  auto const until = steady_clock::now() + o.deadline;
  // [client]
  auto const get = [&](std::string const& symbol) {
    fanout_example::QuoteRequest request;
    request.set_symbol(symbol);
    return fanout::unary_call(*stub, &rpc::Get, request, until);
  };
  auto all = fanout::gather(o.symbols | std::views::transform(get), fanout::limit(o.limit),
                            fanout::return_exceptions);
  auto const quotes = co_await std::move(all);
  // [end]
  bool complete = true;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    if (quotes[i]) {
      fmt::print("{:<10} {:>8.2f}", o.symbols[i], quotes[i]->price());
      for (auto const& part : quotes[i]->parts())
        fmt::print("  {}: {}", part.source(),
                   part.error().empty() ? fmt::format("{:.2f}", part.price()) : part.error());
      fmt::print("\n");
    } else {
      fmt::print("{:<10}        -  {}\n", o.symbols[i],
                 fanout::to_status(quotes[i].error()).error_message());
      complete = false;
    }
  }
  co_return complete ? 0 : 1;
}

asio::awaitable<int> count(options const& o) {
  auto const stub = connect(o.where);
  auto const until = steady_clock::now() + o.deadline;
  fanout_example::CountsRequest const nothing;
  auto const c = co_await fanout::unary_call(*stub, &rpc::Count, nothing, until);
  fmt::print("{{\"begun\": {}, \"ended\": {}, \"cancelled\": {}}}\n", c.begun(), c.ended(),
             c.cancelled());
  co_return 0;
}
