// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// One client of the gateway: bytes that come in segments, through the session and the routes, to
// the answers. A slow reader says which requests these bytes are; the gateway must see the same
// ones, and answer each of them once.

#include "network/input.hpp"
#include "network/message.hpp"
#include "network/peer.hpp"
#include "network/require.hpp"

#include "admission.hpp"
#include "config.hpp"
#include "metrics.hpp"
#include "routes.hpp"
#include "service.hpp"
#include "session.hpp"

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using strict::verdict;

namespace {

constexpr std::size_t sure_up_to = 512;       // bytes of a head or a body: any limit is larger
constexpr std::size_t kept_at_the_end = 4096; // when it is time to close, at least
constexpr std::size_t any = 1 << 30;

/// A request as the gateway has read it.
struct request_seen {
  std::string method, target, body;
  bool keeps_alive;
};

/// An answer as the client has read it.
struct answer_told {
  std::string status;
  bool closes;
};

/// The routes of the gateway, which has no upstreams here. Takes down what it is asked.
class gateway {
public:
  explicit gateway(asio::io_context& context) : context_(context), admission_(1000, one_second) {
    service_.counts = &counts();
    service_.settings.session.header_bytes = 1024;
    service_.settings.session.body_bytes = 1024;
    routes_.emplace(config_, service_, admission_);
    auto const inner = routes_->handle();
    service_.handle.reply_at_once = [this, inner](request const& asked) {
      requests.push_back({std::string(asked.method_string()), std::string(asked.target()),
                          asked.body(), asked.keep_alive()});
      return inner.reply_at_once(asked);
    };
    service_.handle.reply = [this, inner](exchange const& e) { return reply(inner, e); };
  }

  fanout::future<void> serve(peer::tcp::socket socket) {
    return fanout::create_task(context_, serve(std::move(socket), service_));
  }

  /// As the server does it on SIGTERM.
  void stop() {
    service_.stopping = true;
    for (auto* one : service_.idle) one->close_if_idle();
  }

  std::vector<request_seen> requests;
  int turns = 0; // of the loop that an answer takes

private:
  static constexpr std::chrono::milliseconds one_second{1000};

  /// To register them anew takes longer than all the rest.
  static metrics& counts() {
    static metrics all;
    return all;
  }

  static asio::awaitable<void> serve(peer::tcp::socket socket, service& s) {
    try {
      session one(std::move(socket), "a client", s);
      co_await one.serve();
    } catch (boost::system::system_error const&) {
      // The client has left.
    }
  }

  asio::awaitable<answer> reply(handler inner, exchange const& e) {
    for (int n = 0; n < turns; ++n) co_await asio::post(context_, asio::deferred);
    co_return co_await inner.reply(e);
  }

  asio::io_context& context_;
  config config_;
  admission admission_;
  service service_;
  std::optional<routes> routes_;
};

/// A client with the whole of its conversation.
class conversation {
public:
  explicit conversation(input in) : input_(in), gateway_(context_) {
    auto [ours, theirs] = connected_pair(context_);
    client_.emplace(std::move(theirs));
    gateway_.turns = in.choice(0) ? 3 : 0;
    session_ = gateway_.serve(std::move(ours));
  }

  void run() {
    bool const stops = input_.choice(1);
    auto const all = input_.segments(input_.text());
    for (std::size_t n = 0; n < all.size(); ++n) {
      sent_ += all[n];
      client_->send(all[n]);
      if (!input_.choice(2)) settle(); // else: the next segment comes before anything is read
      if (stops && n == all.size() / 2) stop();
    }
    settle();
    if (input_.choice(3)) client_->end_sending();
    settle();
    check();
    client_.reset();
    while (context_.poll() > 0) {
    }
    require(session_->done(), "a session ends when its client has gone");
  }

private:
  /// Until neither end has anything to do.
  void settle() {
    for (bool more = true; more;) {
      more = context_.poll() > 0;
      more = client_->receive() || more;
      context_.restart();
    }
  }

  void stop() {
    stopped_at_ = sent_.size();
    gateway_.stop();
    settle();
  }

  void check() {
    read_answers();
    check_answers();
    read_requests();
    check_requests();
    if (stopped_at_) check_end();
  }

  /// Of a request that was refused nothing tells whether it was HEAD: the last answer may be
  /// without its body.
  void read_answers() {
    std::string_view rest = client_->received();
    while (!rest.empty()) {
      bool const is_known = answers_.size() < seen().size();
      auto a = strict::read_answer(rest, is_known && seen()[answers_.size()].method == "HEAD", any);
      if (!is_known && a.is == verdict::unfinished) a = strict::read_answer(rest, true, any);
      require(a.is == verdict::good, "an answer is HTTP");
      rest.remove_prefix(a.size);
      if (a.first == "100") continue;
      require(answers_.empty() || !answers_.back().closes, "nothing comes after the last answer");
      auto const connection = a.values("connection");
      bool const lasts = a.minor == 1 ? connection.empty() : !connection.empty();
      answers_.push_back({a.first, !lasts});
    }
  }

  void check_answers() {
    if (was_refused()) {
      require(answers_.size() == seen().size() + 1, "one request has one answer");
      require(answers_.back().status[0] == '4', "a refusal says so");
      require(answers_.back().closes, "a refusal is the last answer");
    } else {
      // To end the sending half is to leave.
      auto const in_vain = input_.choice(3) && !seen().empty() ? 1u : 0u;
      require(answers_.size() + in_vain >= seen().size(), "each request has an answer");
    }
  }

  void read_requests() {
    std::string_view rest = sent_;
    for (;;) {
      if (rest.starts_with("\r\n")) rest.remove_prefix(2);
      begins_.push_back(sent_.size() - rest.size());
      auto r = strict::read_request(rest, sure_up_to);
      rest_is_ = r.is;
      if (r.is != verdict::good) return;
      rest.remove_prefix(r.size);
      good_.push_back(std::move(r));
    }
  }

  void check_requests() {
    for (std::size_t n = 0; n < std::min(good_.size(), seen().size()); ++n) {
      auto const& [method, target, body, keeps_alive] = seen()[n];
      require(method == good_[n].first && target == good_[n].second && body == good_[n].body,
              "a request is read as it was sent");
    }
    if (rest_is_ != verdict::unsure)
      require(seen().size() <= good_.size(), "what is no request is not taken for one");
    bool const all = seen().size() >= good_.size();
    require(all || stopped_at_ || has_said_goodbye(), "each good request is taken");
    require(all || !was_refused(), "no good request is refused");
    if (rest_is_ == verdict::bad && all && !stopped_at_ && !has_said_goodbye())
      require(was_refused(), "a bad request is refused");
  }

  /// All requests of which a byte has come by then are answered, and no other.
  void check_end() {
    auto const had_begun = [this](std::size_t begin) { return begin < *stopped_at_; };
    auto const begun = static_cast<std::size_t>(std::ranges::count_if(begins_, had_begun));
    require(seen().size() <= begun || rest_is_ == verdict::unsure, "what comes too late is left");
    if (*stopped_at_ > kept_at_the_end || has_said_goodbye() || was_refused()) return;
    require(seen().size() >= std::min(begun, good_.size()), "no request is lost");
    if (begun <= good_.size()) require(client_->has_ended(), "a connection is closed at the end");
  }

  std::vector<request_seen> const& seen() const { return gateway_.requests; }

  bool was_refused() const { return answers_.size() > seen().size(); }

  /// Whether a client has been told that it had asked for the end.
  bool has_said_goodbye() const {
    return !seen().empty() && !seen().back().keeps_alive && !answers_.empty() &&
           answers_.back().closes;
  }

  input input_;
  asio::io_context context_;
  gateway gateway_;
  std::optional<peer> client_;
  std::optional<fanout::future<void>> session_;
  std::string sent_;
  std::optional<std::size_t> stopped_at_; // bytes that were sent by then
  std::vector<answer_told> answers_;
  std::vector<strict::message> good_;
  std::vector<std::size_t> begins_; // of the good ones, and of what stands behind them
  verdict rest_is_ = verdict::unsure;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  conversation(input(data, size)).run();
  return 0;
}
