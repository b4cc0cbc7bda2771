// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What of Boost need not be linked.

#include <boost/json/src.hpp>
#include <boost/redis/src.hpp>
