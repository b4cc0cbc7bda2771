// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "explain.hpp"

#include "target.hpp"

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/text.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

std::string in_words(boost::system::error_code const& e) {
  if (e == asio::error::connection_refused) return "connection refused";
  if (e == asio::error::host_not_found || e == asio::error::no_data) return "there is no such host";
  if (e == asio::error::host_not_found_try_again) return "the name could not be looked up";
  if (e == http::error::end_of_stream || e == asio::error::connection_reset)
    return "closed without an answer";
  if (e == http::error::partial_message) return "the answer was cut off";
  if (e == http::error::header_limit || e == http::error::buffer_overflow)
    return "the header of the answer is too large";
  if (e.category() == http::make_error_code(http::error::bad_version).category())
    return fmt::format("the answer is not HTTP ({})", e.message());
  if (e.category() == asio::error::get_ssl_category())
    return fmt::format("no TLS connection: {}", e.message());
  return e.message();
}

} // namespace

std::string in_words(std::exception_ptr const& error, job const& j) {
  if (fanout::is_cancelled(error)) return j.started ? "cancelled" : "not started";
  try {
    std::rethrow_exception(error);
  } catch (failure const& e) {
    return e.what();
  } catch (bad_url const& e) {
    return e.what();
  } catch (fanout::deadline_exceeded const&) {
    return j.started ? "not done by the deadline" : "not started by the deadline";
  } catch (boost::system::system_error const& e) {
    return in_words(e.code());
  } catch (...) {
    return fanout::describe(error);
  }
}
