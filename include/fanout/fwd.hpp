//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_FWD_HPP
#define FANOUT_FWD_HPP

#include <fanout/config.hpp>

namespace boost::asio {}

/// Runs many asynchronous operations at once on Boost.Asio and gathers their results.
namespace fanout::inline FANOUT_ABI {

namespace asio = boost::asio;

template <class... V>
class values;

template <class T>
class future;

template <class Limit>
class limit;

template <class T>
struct completed;

struct progress;
struct rules;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_FWD_HPP
