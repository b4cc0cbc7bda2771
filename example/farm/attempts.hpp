// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Runs one job as fetch does.

#ifndef FANOUT_EXAMPLE_FARM_ATTEMPTS_HPP
#define FANOUT_EXAMPLE_FARM_ATTEMPTS_HPP

#include "options.hpp"
#include "queue.hpp"

#include "../fetch/client.hpp"
#include "../fetch/job.hpp"
#include "../fetch/options.hpp"

#include <fanout/result.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace farm {

/// Gets URLs. A client of fetch remembers every name and every host: there is a new one now and
/// then, so that a worker that runs for days neither grows nor keeps an address that has changed.
class fetcher {
public:
  /// Throws failure if the certificates cannot be used.
  explicit fetcher(work_options const& o);
  fetcher(fetcher const&) = delete;
  fetcher& operator=(fetcher const&) = delete;
  ~fetcher();

  /// Tries until it is got, or another attempt would not help, or all are used up. `count(attempt)`
  /// is awaited before each attempt but the first one. Throws what fetch's client does.
  boost::asio::awaitable<answer> get(
      job& j, std::function<boost::asio::awaitable<void>(std::size_t attempt)> count);

private:
  std::shared_ptr<client> current();

  ::options asked_;
  std::size_t attempts_;
  std::vector<std::shared_ptr<client>> clients_; // the last one is used, the others end their jobs
  std::chrono::steady_clock::time_point renewed_;
};

/// The job as fetch takes it.
job job_of(entry const& e, bool bodies);

/// What is stored.
ending ending_of(job const& j, fanout::result<answer> const& outcome, std::string const& worker);

/// What is stored of a job whose deadline has passed before it began.
ending not_started(job const& j, std::string const& worker);

/// What is stored of a job whose workers have gone each time.
ending given_up(entry const& e, std::string const& worker);

} // namespace farm

#endif
