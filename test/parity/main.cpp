//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout_parity --check FOLDER    runs all programs, compares each with its file in FOLDER
// fanout_parity NAME              prints what a program prints

#include "support.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using lines = std::vector<std::string>;

std::string output_of(void (*program)()) {
  parity::output.clear();
  try {
    program();
  } catch (std::exception const& e) {
    parity::log("uncaught:", e);
  }
  return parity::output;
}

lines split(std::string const& text) {
  lines all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

/// One hunk that holds all of both texts: they are short.
std::string unified_diff(std::string const& name, lines const& a, lines const& b) {
  // common[i][j] lines can be kept of what follows a[i] and b[j].
  std::vector common(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] =
          a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);

  std::string diff =
      fmt::format("--- {}\n+++ printed\n@@ -1,{} +1,{} @@\n", name, a.size(), b.size());
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j])
      diff += " " + a[i++] + "\n", ++j;
    else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1]))
      diff += "-" + a[i++] + "\n";
    else
      diff += "+" + b[j++] + "\n";
  }
  return diff;
}

/// The files of the folder that hold what a program must print, by the program's name.
std::map<std::string, std::filesystem::path> expectations(std::filesystem::path const& folder) {
  std::map<std::string, std::filesystem::path> files;
  for (auto const& entry : std::filesystem::directory_iterator(folder))
    if (auto const kind = entry.path().extension(); kind == ".expected" || kind == ".fanout")
      files.emplace(entry.path().stem().string(), entry.path());
  return files;
}

std::string contents(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

int check(std::filesystem::path const& folder) {
  auto const files = expectations(folder);
  int failures = 0;
  auto const complain = [&](std::string const& what) {
    fmt::print("{}\n", what);
    ++failures;
  };
  for (auto const& [name, file] : files)
    if (!parity::programs().contains(name)) complain(name + ": there is no such program");
  for (auto const& [name, program] : parity::programs()) {
    auto const found = files.find(name);
    if (found == files.end()) {
      complain(name + ": nothing says what it must print");
      continue;
    }
    auto const expected = contents(found->second);
    auto const printed = output_of(program);
    if (printed != expected)
      complain(name + ":\n" +
               unified_diff(found->second.filename().string(), split(expected), split(printed)));
  }
  fmt::print("{} programs, {} failures\n", parity::programs().size(), failures);
  return failures == 0 && !files.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> const args(argv + 1, argv + argc);
  if (args.size() == 2 && args[0] == "--check") return check(args[1]);
  if (args.size() == 1 && parity::programs().contains(args[0])) {
    fmt::print("{}", output_of(parity::programs().at(args[0])));
    return 0;
  }
  fmt::print(stderr, "usage: fanout_parity --check FOLDER | NAME\n");
  return 2;
}
