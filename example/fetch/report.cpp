// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "report.hpp"

#include <fanout/error.hpp>
#include <fanout/text.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>

namespace http = boost::beast::http;

namespace {

using seconds = std::chrono::duration<double>;
using milliseconds = std::chrono::duration<double, std::milli>;

std::string in_words(boost::system::error_code const& e) {
  namespace asio_error = boost::asio::error;
  if (e == asio_error::connection_refused) return "connection refused";
  if (e == asio_error::host_not_found || e == asio_error::no_data) return "there is no such host";
  if (e == asio_error::host_not_found_try_again) return "the name could not be looked up";
  if (e == http::error::end_of_stream || e == asio_error::connection_reset)
    return "closed without an answer";
  if (e == http::error::partial_message) return "the answer was cut off";
  if (e == http::error::body_limit)
    return fmt::format("the body is larger than {} MiB", largest_body / (1024 * 1024));
  if (e.category() == http::make_error_code(http::error::bad_version).category())
    return fmt::format("the answer is not HTTP ({})", e.message());
  return e.message();
}

std::string in_words(std::exception_ptr const& error, job const& j, seconds timeout) {
  if (fanout::is_cancelled(error)) return j.started ? "cancelled" : "not started";
  try {
    std::rethrow_exception(error);
  } catch (bad_status const& e) {
    return e.got.reason;
  } catch (bad_url const& e) {
    return e.what();
  } catch (fanout::deadline_exceeded const&) {
    return fmt::format("timed out after {} s", timeout.count());
  } catch (boost::system::system_error const& e) {
    return in_words(e.code());
  } catch (...) {
    return fanout::describe(error);
  }
}

/// The answer, also one that counts as a failure; nothing if there was none.
answer const* find_answer(fanout::result<answer> const& outcome) {
  if (outcome.has_value()) return &outcome.value();
  try {
    std::rethrow_exception(outcome.error());
  } catch (bad_status const& e) {
    return &e.got; // the outcome keeps the exception alive
  } catch (...) {
    return nullptr;
  }
}

std::vector<std::string> row(report const& r, std::size_t i) {
  auto const& [url, started, elapsed] = r.jobs[i];
  auto const& outcome = r.outcomes[i];
  auto const* got = find_answer(outcome);
  return {
      got ? std::to_string(got->status) : "-",
      got ? std::to_string(got->bytes) : "-",
      started ? fmt::format("{:.1f}", milliseconds(elapsed).count()) : "-",
      outcome.has_value()
          ? url
          : fmt::format("{}: {}", url, in_words(outcome.error(), r.jobs[i], r.timeout)),
  };
}

} // namespace

std::size_t count_failed(report const& r) {
  auto const failed = [](auto const& outcome) { return !outcome.has_value(); };
  return static_cast<std::size_t>(std::ranges::count_if(r.outcomes, failed));
}

std::string to_string(report const& r) {
  using enum fanout::table::align;
  fanout::table table({{"status", right}, {"bytes", right}, {"ms", right}, {"url", left}});
  seconds sum{};
  for (std::size_t i = 0; i < r.jobs.size(); ++i) {
    table.add_row(row(r, i));
    sum += r.jobs[i].elapsed;
  }
  auto const failed = count_failed(r);
  return fmt::format("{}\n{} ok, {} failed, wall {:.2f} s, sum {:.2f} s, at most {} at once\n",
                     table.str(), r.jobs.size() - failed, failed, seconds(r.wall).count(),
                     sum.count(), r.at_once);
}
