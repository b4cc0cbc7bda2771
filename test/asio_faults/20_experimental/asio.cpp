//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: Groups, operators and promises are in namespace `experimental`, which the rules of some
//       companies do not allow
// see: chriskohlhoff/asio#1689

#include "../verdict.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <boost/core/demangle.hpp>

#include <string>
#include <typeinfo>

namespace asio = boost::asio;

int main() {
  asio::io_context context;
  auto const group = asio::experimental::make_parallel_group(asio::post(context, asio::deferred));
  std::string const name = boost::core::demangle(typeid(group).name());
  if (name.find("experimental") == std::string::npos) return verdict::mended("has moved it");
  return verdict::fault("the type of a group is in boost::asio::experimental");
}
