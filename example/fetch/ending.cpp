// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "ending.hpp"

#include "job.hpp"
#include "options.hpp"
#include "output.hpp"

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/text.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

namespace {

struct verdict {
  int code;
  std::string text;
};

/// On the exception being handled.
verdict judge() {
  try {
    throw;
  } catch (usage_error const& e) {
    return {bad_usage, fmt::format("{}\nfetch: try --help", e.what())};
  } catch (failure const& e) { // before the first request
    return {bad_usage, e.what()};
  } catch (not_printed const& e) {
    return {some_failed, e.what()};
  } catch (fanout::interrupted const& e) {
    return {128 + e.signal(), "interrupted"};
  } catch (...) {
    auto const error = std::current_exception();
    if (fanout::is_cancelled(error)) return {after_ctrl_c, "interrupted"}; // run() has no say yet
    return {some_failed, fanout::describe(error)};
  }
}

} // namespace

int explain() {
  using namespace std::chrono_literals;
  auto const [code, text] = judge();
  output errors;
  errors.put(stderr, fmt::format("fetch: {}\n", text));
  for (auto left = time_to_say_it; errors.busy() && left > 0ms; left -= 1ms)
    std::this_thread::sleep_for(1ms);
  if (errors.busy()) leave_at_once(code); // stderr is not read either
  return code;
}

void leave_at_once(int code) { std::_Exit(code); }
