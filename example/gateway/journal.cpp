// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "journal.hpp"

#include "text_of_second.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_bytes = 1024 * 1024;
constexpr auto collect_for = 5ms; // lines that are written together

/// RFC 3339, in UTC.
std::string time_of_day() {
  auto const now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  auto const second = std::chrono::floor<std::chrono::seconds>(now);
  thread_local text_of_second text("{:%Y-%m-%dT%H:%M:%S}");
  return fmt::format("{}.{:03}Z", text.at(second), (now - second).count());
}

/// What a client has sent, on one line and in ASCII.
std::string printable(std::string_view text) {
  std::string safe;
  for (char const c : text)
    if (c >= ' ' && c < '\x7f' && c != '"' && c != '\\')
      safe += c;
    else
      safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return safe;
}

double in_ms(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

/// 0, or the error that has kept the rest from being written.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    auto const size = ::write(file, text.data(), text.size());
    if (size < 0 && errno == EAGAIN)
      std::this_thread::sleep_for(10ms); // the other end has made it non-blocking
    else if (size < 0 && errno != EINTR)
      return errno;
    else if (size > 0)
      text.remove_prefix(static_cast<std::size_t>(size));
  }
  return 0;
}

/// Whether a file may take more later, which has taken no more just now.
bool may_pass(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

} // namespace

struct line_writer::state {
  std::mutex mutex;
  std::condition_variable changed;
  std::string waiting;
  std::size_t dropped = 0;
  bool writing = false;
  bool wanted = false; // at once
  bool over = false;

  bool is_idle() const { return waiting.empty() && !writing; }

  void add(std::string_view line) {
    if (waiting.size() + line.size() > most_bytes)
      ++dropped;
    else
      waiting.append(line).append("\n");
  }

  void run(int file) {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return !waiting.empty() || over; });
      changed.wait_for(lock, collect_for, [this] { return over || wanted; });
      if (waiting.empty()) return;
      auto text = std::exchange(waiting, {});
      if (auto const n = std::exchange(dropped, 0); n > 0)
        text += fmt::format("gateway: {} lines were dropped here\n", n);
      writing = true;
      lock.unlock();
      int const error = write_all(file, text);
      lock.lock();
      writing = false;
      if (may_pass(error))
        dropped += static_cast<std::size_t>(std::ranges::count(text, '\n'));
      else if (error != 0)
        over = true;
      changed.notify_all();
    }
  }
};

line_writer::line_writer(int file) : state_(std::make_shared<state>()) {
  std::thread([s = state_, file] { s->run(file); }).detach();
}

line_writer::~line_writer() {
  std::unique_lock lock(state_->mutex);
  state_->wanted = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, 1s, [this] { return state_->over || state_->is_idle(); });
  state_->over = true;
  state_->changed.notify_all();
}

void line_writer::write(std::string_view line) {
  std::lock_guard const lock(state_->mutex);
  if (state_->over) return;
  bool const is_first = state_->waiting.empty();
  state_->add(line);
  if (is_first) state_->changed.notify_all();
}

void journal::access(access_record const& r) {
  if (format_ == log_format::text)
    out_.write(fmt::format("{} {} \"{} {}\" {} {} {:.3f} ms {}", time_of_day(), r.client,
                           printable(r.method), printable(r.target), r.status, r.bytes,
                           in_ms(r.took), printable(r.id)));
  else if (format_ == log_format::json)
    out_.write(json::serialize(json::value{{"time", time_of_day()},
                                           {"client", printable(r.client)},
                                           {"method", printable(r.method)},
                                           {"target", printable(r.target)},
                                           {"status", r.status},
                                           {"bytes", r.bytes},
                                           {"ms", in_ms(r.took)},
                                           {"id", printable(r.id)}}));
}

void journal::say(std::string_view words) { tell(out_, "message", words); }

void journal::trouble(std::string_view words) { tell(err_, "trouble", words); }

void journal::tell(line_writer& to, char const* key, std::string_view words) {
  if (format_ == log_format::json)
    to.write(json::serialize(json::value{{"time", time_of_day()}, {key, std::string(words)}}));
  else
    to.write(fmt::format("gateway: {}", words));
}
