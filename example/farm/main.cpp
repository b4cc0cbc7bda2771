// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// farm: a list of URLs that many machines fetch together. See farm.cpp for what it shows.

#include "farm.hpp"
#include "look.hpp"
#include "options.hpp"

#include "../fetch/job.hpp"
#include "../fetch/options.hpp"

#include <fanout/error.hpp>
#include <fanout/run.hpp>
#include <fanout/text.hpp>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

namespace {

constexpr int bad_usage = 2;
constexpr std::chrono::milliseconds time_to_say_it{1'000};

boost::asio::awaitable<void> do_it(farm::options const& o, farm::log& l, output& out) {
  switch (o.what) {
  case farm::command::produce: return farm::produce(o, l);
  case farm::command::work: return farm::work(o, l);
  case farm::command::status: return farm::status(o, l, out);
  case farm::command::collect: return farm::collect(o, l, out);
  }
  std::terminate();
}

/// On the exception being handled.
int explain(farm::log& l) try { throw; } catch (usage_error const& e) {
  l.say(fmt::format("{}\nfarm: try --help", e.what()));
  return bad_usage;
} catch (fanout::interrupted const& e) {
  l.say("interrupted");
  return 128 + e.signal();
} catch (failure const& e) { // of a file
  l.say(e.what());
  return EXIT_FAILURE;
} catch (std::exception const& e) {
  l.say(e.what());
  return EXIT_FAILURE;
}

} // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): where the message fails too, nothing is left to do
int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  std::signal(SIGPIPE, SIG_IGN); // a reader that has left is an error like any other
  std::signal(SIGXFSZ, SIG_IGN); // and so is a file that may not grow any more
  farm::log l;
  output out;
  int code = EXIT_SUCCESS;
  try {
    if (auto const o = farm::parse_options(argc, argv))
      fanout::run([&] { return do_it(*o, l, out); });
  } catch (...) {
    code = explain(l);
  }
  auto const busy = [&] { return l.busy() || out.busy(); };
  for (auto left = time_to_say_it; busy() && left.count() > 0; --left)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (busy()) std::_Exit(code); // the output is not read
  return code;
}
