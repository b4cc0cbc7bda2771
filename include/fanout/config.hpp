//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_CONFIG_HPP
#define FANOUT_CONFIG_HPP

#include <boost/asio/version.hpp>

// The library starts a coroutine in one of two ways: by its own small launch, which uses names of
// Asio that are not documented, on the versions of Asio that the tests have seen; by co_spawn on
// every other version. FANOUT_LAUNCH_CO_SPAWN or FANOUT_LAUNCH_OWN, if defined, decides instead.
#if !defined(FANOUT_LAUNCH_CO_SPAWN) && !defined(FANOUT_LAUNCH_OWN)
#if BOOST_ASIO_VERSION < 102600 || BOOST_ASIO_VERSION > 103402
#define FANOUT_LAUNCH_CO_SPAWN
#endif
#endif

#endif // FANOUT_CONFIG_HPP
