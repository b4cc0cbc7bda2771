//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: has a stable namespace, semantic versions, and a rule how names go

#include "../verdict.hpp"

#include <fanout/gather.hpp>
#include <fanout/version.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <boost/core/demangle.hpp>

#include <string>
#include <typeinfo>

namespace asio = boost::asio;

int main() {
  asio::io_context context;
  auto const group = fanout::gather(context, asio::post(context, asio::deferred));
  std::string const name = boost::core::demangle(typeid(group).name());
  if (!name.starts_with("fanout::")) return verdict::wrong("the type of a gather is elsewhere");
  if (name.find("experimental") != std::string::npos)
    return verdict::wrong("the type of a gather has something experimental in its name");
  return verdict::right("the type of a gather is in namespace fanout");
}
