// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the farm keeps in Redis, and the steps that change it. Each step is one script or one
// command, which the server does as a whole or not at all; each may be made twice.

#ifndef FANOUT_EXAMPLE_FARM_QUEUE_HPP
#define FANOUT_EXAMPLE_FARM_QUEUE_HPP

#include "redis.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace farm {

using moment = std::chrono::sys_time<std::chrono::milliseconds>;

inline moment now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// One job as a worker gets it.
struct entry {
  std::string id; // of the stream: "17-0" is the 17th URL of the list
  std::string url;
  std::optional<moment> until; // it must have ended by then
  std::size_t attempt = 1;     // this one
};

/// How far a list has been added: so many URLs, which give this hash.
struct position {
  std::uint64_t lines = 0;
  std::string hash;

  bool operator==(position const&) const = default;
};

/// What a job has ended with.
struct ending {
  std::string line;                // JSON
  std::optional<std::string> body; // what was fetched
  bool failed = false;
  bool dead = false; // all its attempts have failed
};

struct snapshot {
  std::chrono::microseconds time{}; // of the server
  std::uint64_t added = 0;
  std::optional<std::uint64_t> total; // the length of the list, once it is known
  bool complete = false;              // all of it was added
  std::uint64_t waiting = 0;
  std::vector<std::pair<std::string, std::uint64_t>> running; // by worker
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t dead = 0;
  std::uint64_t taken_over = 0; // from workers that have gone
  std::uint64_t again = 0;      // jobs that have run to the end once more than needed

  std::uint64_t ended() const { return done + failed + dead; }
  std::uint64_t at_work() const;
};

/// For one thread. All members that await throw redis_error.
class queue {
public:
  /// The keys begin with the name of the farm. Refers to the link.
  queue(redis_link& link, std::string_view farm);

  /// Throws redis_error if the server is too old.
  boost::asio::awaitable<void> check() { return link_.check_version(); }

  /// Makes the stream and its group of workers if they are missing.
  boost::asio::awaitable<void> open();

  // What a producer does.

  boost::asio::awaitable<position> where();

  /// Adds jobs behind `from`, if the list is there and the jobs that wait, with these, are `window`
  /// at most. Yields where the list is now.
  boost::asio::awaitable<position> add(position from, position to,
                                       std::vector<std::string> const& urls,
                                       std::optional<moment> until, std::uint64_t window);

  boost::asio::awaitable<void> set_total(std::uint64_t lines);
  boost::asio::awaitable<void> set_complete(position at);

  // For `status` and `collect`, which only look.

  boost::asio::awaitable<snapshot> look();

  /// The results of the URLs `first` to `first + n - 1`; empty where there is none yet.
  boost::asio::awaitable<std::vector<std::string>> results(std::uint64_t first, std::size_t n);

  /// Empty if none is kept.
  boost::asio::awaitable<std::optional<std::string>> body(std::uint64_t line);

protected:
  boost::redis::request script(std::string_view text,
                               std::vector<std::string> arguments = {}) const;

  redis_link& link_;
  std::vector<std::string> keys_;
};

/// A queue as a worker sees it. A job that was not held for as long as a lease is another's.
class leases : public queue {
public:
  /// `reading` waits for new jobs, `telling` does the rest. Refers to both.
  leases(redis_link& reading, redis_link& telling, std::string_view farm, std::string worker,
         std::chrono::milliseconds lease);

  /// Throws redis_error if other workers of the farm have another lease.
  boost::asio::awaitable<void> join();

  /// Takes up to `n` jobs: first those of workers that have gone. None if none comes for a while.
  boost::asio::awaitable<std::vector<entry>> take(std::size_t n);

  /// Renews the lease, and counts the attempt. False if another worker has the job by now.
  boost::asio::awaitable<bool> hold(entry const& e);

  /// Stores the result, and ends the lease. False if the job has ended before.
  boost::asio::awaitable<bool> end(entry const& e, ending const& with);

  /// Whatever is still in this worker's name may be taken by others at once.
  boost::asio::awaitable<void> leave();

  std::chrono::milliseconds lease() const { return lease_; }

private:
  boost::asio::awaitable<std::vector<entry>> take_over(std::size_t n);
  boost::asio::awaitable<std::vector<entry>> take_new(std::size_t n);

  redis_link& reading_;
  std::string worker_;
  std::chrono::milliseconds lease_;
  std::string cursor_ = "0-0"; // where to look on for jobs of workers that have gone
  std::chrono::steady_clock::time_point next_look_;
};

} // namespace farm

#endif
