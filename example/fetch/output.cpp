// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "output.hpp"

#include <fanout/create_task.hpp>
#include <fanout/shield.hpp>

#include <boost/asio/post.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t piece = 64 * 1024;

/// After a signal, or where nothing may wait for the reader.
bool is_passing(int error) { return error == EINTR || error == EAGAIN; }

} // namespace

void output::put(std::FILE* to, std::string text) {
  put([this, to, text = std::move(text)] { write(to, text); });
}

void output::put(std::function<void()> write) {
  ++pieces_;
  asio::post(thread_, [this, write = std::move(write)] {
    write();
    --pieces_;
  });
}

asio::awaitable<void> output::written() {
  auto all = fanout::shield(fanout::create_task(thread_, last()));
  co_await std::move(all);
  check();
}

/// The thread does one thing after the other.
asio::awaitable<void> output::last() { co_return; }

void output::check() const {
  if (int const error = error_; error != 0)
    throw not_printed(fmt::format("the output could not be written: {}",
                                  std::error_code(error, std::generic_category()).message()));
}

void output::write(std::FILE* to, std::string const& text) {
  for (std::size_t done = 0; done < text.size() && error_ == 0;) {
    errno = 0;
    done += std::fwrite(text.data() + done, 1, text.size() - done, to);
    if (done == text.size()) return;
    std::clearerr(to);
    if (is_passing(errno))
      std::this_thread::sleep_for(10ms);
    else
      error_ = errno != 0 ? errno : EIO;
  }
}

asio::awaitable<void> copy(std::FILE* from, std::FILE* to, output& out) {
  std::rewind(from); // NOLINT(bugprone-unsafe-functions): the file was flushed, nothing can fail
  for (;;) {
    std::string text(piece, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), from));
    if (std::ferror(from))
      throw not_printed(fmt::format("a body that was set aside could not be read: {}",
                                    std::generic_category().message(errno)));
    if (text.empty()) co_return;
    out.put(to, std::move(text));
    co_await out.written();
  }
}
