//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_CONFIG_HPP
#define FANOUT_CONFIG_HPP

#include <boost/asio/version.hpp>

// How children are launched. The library launches them itself wherever the compiler finds what that
// needs of Asio's inside (detail/launch.hpp asks), and by co_spawn where it does not. Define
// FANOUT_LAUNCH_CO_SPAWN to have co_spawn everywhere.

// The newest Asio that the tests have seen: Boost 1.92. With a newer one the compiler is asked
// just the same, and FANOUT_LAUNCH_UNSEEN is defined.
#define FANOUT_ASIO_SEEN 103802

#if !defined(FANOUT_LAUNCH_CO_SPAWN) && BOOST_ASIO_VERSION > FANOUT_ASIO_SEEN
#define FANOUT_LAUNCH_UNSEEN
#endif

// The inline namespace that everything stands in. Its name tells the version of Asio and the
// launch, so that files which differ in one of these share no name of this library. Where a type of
// it crosses from one such file to another, as a parameter or a result, they do not link.
#define FANOUT_ABI_NAME(version, launch) asio_##version##launch
#define FANOUT_ABI_OF(version, launch) FANOUT_ABI_NAME(version, launch)
#if defined(FANOUT_LAUNCH_CO_SPAWN)
#define FANOUT_ABI FANOUT_ABI_OF(BOOST_ASIO_VERSION, _co_spawn)
#else
#define FANOUT_ABI FANOUT_ABI_OF(BOOST_ASIO_VERSION, )
#endif

// The attribute makes the name a part of the symbols of functions that only return such a type.
namespace fanout {
inline namespace [[gnu::abi_tag]] FANOUT_ABI {}
} // namespace fanout

#endif // FANOUT_CONFIG_HPP
