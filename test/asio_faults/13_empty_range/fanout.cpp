//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: completes with nothing

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <utility>
#include <vector>

namespace asio = boost::asio;

int main() {
  asio::io_context context;
  bool completed = false;
  std::vector<decltype(asio::post(context, asio::deferred))> none;

  fanout::gather(context, std::move(none))([&](std::exception_ptr e) { completed = !e; });
  if (completed) return verdict::wrong("it completed inside the call");
  context.run();
  if (!completed) return verdict::wrong("nothing is left to run, and it has not completed");
  return verdict::right("it completed with nothing");
}
