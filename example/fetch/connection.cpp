// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "connection.hpp"

#include "job.hpp"

#include <fanout/abortable.hpp>
#include <fanout/error.hpp>
#include <fanout/first_success.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <ranges>
#include <utility>

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

/// The parser takes bytes out as soon as it can tell what they are. A line that never ends would
/// fill the memory otherwise, and be searched from its beginning each time.
constexpr std::size_t largest_riddle = 128 * 1024;

constexpr auto head_start = 250ms;

/// OpenSSL has words for a wrong name, but Asio's check does not set them.
class names_this_host {
public:
  explicit names_this_host(std::string const& host) : check_(host) {}

  bool operator()(bool trusted, ssl::verify_context& context) const {
    bool const good = check_(trusted, context);
    if (trusted && !good)
      X509_STORE_CTX_set_error(context.native_handle(), X509_V_ERR_HOSTNAME_MISMATCH);
    return good;
  }

private:
  ssl::host_name_verification check_;
};

std::string in_words(long verdict, std::string const& host) {
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH)
    return fmt::format("the certificate is not for {}", host);
  return fmt::format("the certificate is not trusted: {}", X509_verify_cert_error_string(verdict));
}

asio::awaitable<tcp::socket> connected(tcp::endpoint where) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(where, asio::deferred);
  co_return socket;
}

/// Each gets some time before the next is tried too, as in RFC 8305. If all fail, the first says
/// why.
asio::awaitable<tcp::socket> first_connected(std::vector<tcp::endpoint> const& endpoints) {
  try {
    auto attempts = fanout::first_success(endpoints | std::views::transform(connected),
                                          fanout::stagger(head_start));
    auto won = co_await std::move(attempts);
    co_return std::move(won.value);
  } catch (fanout::all_failed const& e) {
    std::rethrow_exception(e.failures().front().exception);
  }
}

bool is_address(std::string const& host) {
  boost::system::error_code not_one;
  asio::ip::make_address(host, not_one);
  return !not_one;
}

} // namespace

ssl::context tls_settings(std::string const& cafile, bool insecure) {
  ssl::context settings(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(settings.native_handle(), TLS1_2_VERSION);
  settings.set_verify_mode(insecure ? ssl::verify_none : ssl::verify_peer);
  boost::system::error_code error;
  if (cafile.empty())
    settings.set_default_verify_paths(error); // there may be none: then no server is trusted
  else if (settings.load_verify_file(cafile, error))
    throw failure(fmt::format("--cafile has no certificates in '{}': {}", cafile, error.message()));
  return settings;
}

bool is_hung_up(boost::system::error_code const& e) {
  return e == asio::error::eof || e == asio::error::connection_reset ||
         e == asio::error::broken_pipe || e == ssl::error::stream_truncated ||
         e == boost::beast::http::error::end_of_stream;
}

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): a part is written before it is read
connection::connection(executor_type const& executor)
    : received(largest_riddle), socket_(executor) {
  received.reserve(part.size()); // it would begin with 512 bytes
}

std::vector<tcp::endpoint> interleaved(tcp::resolver::results_type found) {
  std::vector<tcp::endpoint> endpoints(found.begin(), found.end());
  if (endpoints.empty()) return endpoints;
  auto const family = endpoints.front().protocol();
  std::vector<tcp::endpoint> first, second;
  for (auto const& e : endpoints) (e.protocol() == family ? first : second).push_back(e);
  endpoints.clear();
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) endpoints.push_back(first[i]);
    if (i < second.size()) endpoints.push_back(second[i]);
  }
  return endpoints;
}

asio::awaitable<void> connection::connect(tcp::resolver::results_type const& found) {
  auto const endpoints = interleaved(found);
  if (endpoints.size() == 1)
    socket_ = co_await connected(endpoints.front());
  else
    socket_ = co_await first_connected(endpoints);
  socket_.set_option(tcp::no_delay(true));
  socket_.non_blocking(true); // is_quiet() does not wait
}

/// Of TLS anything counts that has come, were it no more than a ticket for another session: servers
/// send these before their first answer.
bool connection::is_quiet() {
  if (received.size() > 0) return false;
  if (tls_) {
    auto* const native = tls_->native_handle();
    if (SSL_has_pending(native) != 0 || BIO_ctrl_pending(SSL_get_rbio(native)) > 0) return false;
  }
  boost::system::error_code error;
  char byte = 0;
  socket_.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
  return error == asio::error::would_block;
}

asio::awaitable<void> connection::start_tls(ssl::context& settings, std::string const& host) {
  tls_.emplace(socket_, settings);
  auto* const native = tls_->native_handle();
  if (!is_address(host)) SSL_set_tlsext_host_name(native, host.c_str());
  if (SSL_get_verify_mode(native) != SSL_VERIFY_NONE)
    tls_->set_verify_callback(names_this_host(host));

  auto const [error] = co_await fanout::abortable( // trivial
      tls_->async_handshake(ssl::stream_base::client, asio::as_tuple(asio::deferred)));
  if (!error) co_return;
  auto const verdict = SSL_get_verify_result(native);
  if (verdict != X509_V_OK) throw failure(in_words(verdict, host));
  throw boost::system::system_error(
      is_hung_up(error) ? make_error_code(boost::beast::http::error::end_of_stream) : error);
}
