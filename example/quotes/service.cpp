// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "service.hpp"

#include "served_call.hpp"
#include "time_left.hpp"

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/grpc.hpp>
#include <fanout/limiter.hpp>
#include <fanout/named.hpp>
#include <fanout/timeout.hpp>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <exception>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
using fanout_example::Quote;
using fanout_example::QuoteRequest;
using fanout_example::Quotes;
using rpc = Quotes::StubInterface::async_interface;
using std::views::transform;

namespace {

std::string words_for(std::exception_ptr const& error) try {
  std::rethrow_exception(error);
} catch (fanout::all_failed const& e) {
  std::string words;
  for (auto const& one : e.failures())
    words += (words.empty() ? "" : "; ") + words_for(one.exception);
  return words;
} catch (...) {
  return fanout::to_status(error).error_message();
}

} // namespace

struct service::supplier {
  supplier(source_option const& o, std::size_t limit) : name(o.name), places(limit) {
    for (auto const& where : o.replicas)
      replicas.push_back(
          Quotes::NewStub(grpc::CreateChannel(where, grpc::InsecureChannelCredentials())));
  }

  std::string name;
  std::vector<std::unique_ptr<Quotes::Stub>> replicas;
  fanout::limiter places; // shared by all calls
};

service::service(options const& o, fanout::task_group& calls)
    : reserve_(o.reserve), hedge_after_(o.hedge_after), calls_(calls), tally_(o.log) {
  for (auto const& each : o.sources)
    suppliers_.push_back(std::make_unique<supplier>(each, o.limit));
}

service::~service() = default;

grpc::ServerUnaryReactor* service::Get(context* from, QuoteRequest const* asked, Quote* to) {
  return serve(calls_, quote(*asked, *to, deadline_of(*from)));
}

grpc::ServerUnaryReactor* service::Count(context* from, fanout_example::CountsRequest const*,
                                         fanout_example::Counts* counts) {
  tally_.tell(*counts);
  auto* const at_once = from->DefaultReactor();
  at_once->Finish(grpc::Status::OK);
  return at_once;
}

/// A few milliseconds before the deadline it ends with the parts that have come: an answer has to
/// travel, too.
asio::awaitable<std::vector<fanout::result<Quote>>> service::ask_all(QuoteRequest const& asked,
                                                                     time_point until) {
  // [quotes]
  auto const ask_one = [&](std::unique_ptr<supplier> const& from) {
    return fanout::named(from->name, ask(*from, asked, until));
  };
  auto all = fanout::gather(suppliers_ | transform(ask_one), fanout::deadline(until - reserve_),
                            fanout::return_exceptions);
  co_return co_await std::move(all);
  // [end]
}

/// The first replica is asked, and the next one as well if that takes long or fails. The calls that
/// have lost are cancelled, on the other machine too.
asio::awaitable<Quote> service::ask(supplier& from, QuoteRequest const& asked, time_point until) {
  auto const place = co_await from.places.acquire();
  // [hedged]
  auto const call = [&](std::unique_ptr<Quotes::Stub> const& stub) {
    return fanout::unary_call(*stub, &rpc::Get, asked, until);
  };
  auto hedged =
      fanout::first_success(from.replicas | transform(call), fanout::stagger(hedge_after_));
  auto first = co_await std::move(hedged);
  // [end]
  co_return std::move(first.value);
}

asio::awaitable<void> service::quote(QuoteRequest const& asked, Quote& to, time_point until) {
  tally::call c(tally_, asked.symbol(), until);
  if (asked.symbol().empty()) {
    c.finished();
    throw std::invalid_argument("there is no symbol");
  }
  to.set_left_us(microseconds_left(until));
  auto const all = co_await ask_all(asked, until);
  double sum = 0;
  int good = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& part = *to.add_parts();
    part.set_source(suppliers_[i]->name);
    if (all[i]) {
      part.set_price(all[i]->price());
      sum += part.price();
      ++good;
    } else {
      part.set_error(words_for(all[i].error()));
    }
  }
  c.finished();
  if (good == 0) throw fanout::rpc_error({grpc::UNAVAILABLE, "no source: " + to.parts(0).error()});
  to.set_price(sum / good);
}
