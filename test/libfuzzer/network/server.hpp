// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A server that says what an input says: the next part of it to each request.

#ifndef FANOUT_TEST_LIBFUZZER_NETWORK_SERVER_HPP
#define FANOUT_TEST_LIBFUZZER_NETWORK_SERVER_HPP

#include "input.hpp"
#include "peer.hpp"
#include "require.hpp"

#include <fanout/future.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <string_view>
#include <vector>

class server {
public:
  server(boost::asio::io_context& context, input in)
      : context_(context), listener_(context), input_(in), parts_(input::parts(in.text())) {}

  peer::tcp::endpoint where() const { return listener_.where(); }

  /// Until the task has ended. It closes a connection when it has said all that it has to say.
  void serve(fanout::future<void> const& task) {
    constexpr int most_steps = 1000;
    for (int n = 0; n < most_steps && !task.done(); ++n) {
      settle();
      if (!task.done()) take_step();
    }
    require(task.done(), "a call ends when its server has closed");
  }

  /// For each request that has come, in their order, the number of its connection.
  std::vector<std::size_t> const& requests() const { return requests_; }

  /// What is said to the request of that number.
  std::string_view part(std::size_t request) const {
    return request < parts_.size() ? parts_[request] : std::string_view();
  }

private:
  struct connection {
    peer client;
    std::size_t read = 0; // of what was received: requests that have been answered
    bool closed = false;
  };

  void take_step() {
    for (std::size_t n = connections_.size(); n-- > 0;)
      if (asks_again(connections_[n])) return answer(n);
    for (auto& c : connections_)
      if (!c.closed) return close(c);
    context_.run_for(std::chrono::milliseconds(1)); // the system takes its time to connect
  }

  static bool asks_again(connection& c) {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    auto const end = c.client.received().find(end_of_head, c.read);
    if (end == std::string::npos) return false;
    c.read = end + end_of_head.size();
    return true;
  }

  void answer(std::size_t n) {
    auto const text = part(requests_.size());
    bool const has_more = requests_.size() < parts_.size();
    requests_.push_back(n);
    for (auto const segment : input_.segments(text)) {
      connections_[n].client.send(segment);
      settle();
    }
    if (!has_more) close(connections_[n]);
  }

  static void close(connection& c) {
    c.client.end_sending();
    c.closed = true;
  }

  /// Until neither side has anything to do.
  void settle() {
    for (bool more = true; more;) {
      more = context_.poll() > 0;
      context_.restart();
      while (auto client = listener_.accept()) {
        connections_.push_back({std::move(*client)});
        more = true;
      }
      for (auto& c : connections_) more = c.client.receive() || more;
    }
  }

  boost::asio::io_context& context_;
  listener listener_;
  input input_;
  std::vector<std::string_view> parts_;
  std::deque<connection> connections_;
  std::vector<std::size_t> requests_;
};

#endif
