// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the files are called that --output makes.

#ifndef FANOUT_EXAMPLE_FETCH_FILE_NAMES_HPP
#define FANOUT_EXAMPLE_FETCH_FILE_NAMES_HPP

#include <string>
#include <vector>

/// Where each of the URLs is saved in a folder: names like those in the URLs, of the letters of all
/// languages, digits and a few signs, without any path, and no two alike.
std::vector<std::string> file_names(std::string const& folder,
                                    std::vector<std::string> const& urls);

#endif
