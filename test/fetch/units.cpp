// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The parts of fetch that need no network.

#define BOOST_TEST_MODULE fetch
#include <boost/test/unit_test.hpp>

#include "connection.hpp"
#include "file_names.hpp"
#include "head.hpp"
#include "output.hpp"
#include "request.hpp"
#include "retry.hpp"
#include "target.hpp"

#include <fanout/error.hpp>
#include <fanout/run.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
namespace http = boost::beast::http;

namespace {

std::string led_to(std::string_view from, std::string_view location) {
  try {
    return parse_location(parse_url(from), location).url();
  } catch (bad_url const& e) {
    return e.what();
  }
}

std::string file_of(std::string const& url) { return file_names("d", {url}).front(); }

std::vector<std::string> names_after(unsigned status, bool elsewhere, request r) {
  r.redirect(status, elsewhere);
  std::vector<std::string> names{r.method};
  for (auto const& [name, value] : r.headers) names.push_back(name);
  return names;
}

request post() {
  request r;
  r.method = "POST";
  r.data = std::make_shared<std::string const>("a=b");
  r.headers = {{"Content-Type", "x"}, {"authorization", "x"}, {"Cookie", "x"}, {"X-Mine", "x"}};
  return r;
}

template <class Error>
std::optional<std::chrono::milliseconds> pause(Error const& error, std::size_t attempts = 1) {
  return pause_after(std::make_exception_ptr(error), attempts);
}

bad_status status(unsigned code, std::string after = "") {
  answer a;
  a.status = code;
  return bad_status(a, after);
}

boost::system::system_error failed(boost::system::error_code e) {
  return boost::system::system_error(e);
}

std::optional<std::chrono::seconds> wish(std::string_view text) {
  // Sun, 06 Nov 1994 08:49:37 GMT
  return parse_retry_after(text, std::chrono::system_clock::from_time_t(784111777));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_location_may_be_relative) {
  BOOST_TEST(led_to("http://a.test/b/c?d", "e") == "http://a.test/b/e");
  BOOST_TEST(led_to("http://a.test/b/c?d", "/e?f") == "http://a.test/e?f");
  BOOST_TEST(led_to("http://a.test/b/c?d", "?f") == "http://a.test/b/c?f");
  BOOST_TEST(led_to("http://a.test/b/c", "../e") == "http://a.test/e");
  BOOST_TEST(led_to("https://a.test/b", "//b.test/c") == "https://b.test/c");
  BOOST_TEST(led_to("http://a.test:81/b", "https://B.test:443/c#d") == "https://b.test/c");
}

BOOST_AUTO_TEST_CASE(a_location_with_blanks_and_other_letters_is_encoded) {
  BOOST_TEST(led_to("http://a.test/", "/a b/\xC3\xA9%20") == "http://a.test/a%20b/%C3%A9%20");
  BOOST_TEST(led_to("http://a.test/d/e", "x//b c|[d]") == "http://a.test/d/x//b%20c%7C%5Bd%5D");
  BOOST_TEST(led_to("http://a.test/", "//[::1]/b c") == "http://[::1]/b%20c");
}

BOOST_AUTO_TEST_CASE(a_location_that_must_not_be_followed_says_why) {
  BOOST_TEST(led_to("https://a.test/", "http://a.test/") ==
             "redirected to http://a.test/: that would leave https");
  BOOST_TEST(led_to("http://a.test/", "file:///etc/passwd") ==
             "redirected to file:///etc/passwd: only http:// and https:// URLs can be fetched");
  BOOST_TEST(led_to("http://a.test/", "javascript:alert(1)") ==
             "redirected to javascript:alert(1): only http:// and https:// URLs can be fetched");
  BOOST_TEST(led_to("http://a.test/", "http://me:pw@b.test/") ==
             "redirected to http://me:pw@b.test/: a user name in the URL is not supported");
  BOOST_TEST(led_to("http://a.test/", "http://[::1") ==
             "redirected to http://[::1: not a valid URL");
}

BOOST_AUTO_TEST_CASE(an_origin_is_the_scheme_the_host_and_the_port) {
  auto const origin = [](char const* url) { return parse_url(url).origin(); };
  BOOST_TEST(origin("http://A.test:80/x") == "http://a.test");
  BOOST_TEST(origin("https://a.test:443") == "https://a.test");
  BOOST_TEST(origin("https://a.test:80") == "https://a.test:80");
  BOOST_TEST(origin("http://[::1]:8080/") == "http://[::1]:8080");
  BOOST_TEST(parse_url("http://[::1]/").authority == "[::1]:80");
  BOOST_TEST(parse_url("http://[::1]/").host == "::1");
}

BOOST_AUTO_TEST_CASE(a_post_becomes_a_get_where_browsers_do_it) {
  std::vector<std::string> const got{"GET", "authorization", "Cookie", "X-Mine"};
  std::vector<std::string> const posted{"POST", "Content-Type", "authorization", "Cookie",
                                        "X-Mine"};
  BOOST_TEST(names_after(301, false, post()) == got);
  BOOST_TEST(names_after(302, false, post()) == got);
  BOOST_TEST(names_after(303, false, post()) == got);
  BOOST_TEST(names_after(307, false, post()) == posted);
  BOOST_TEST(names_after(308, false, post()) == posted);
}

BOOST_AUTO_TEST_CASE(other_methods_become_a_get_only_where_the_server_says_so) {
  request put = post();
  put.method = "PUT";
  BOOST_TEST(names_after(302, false, put).front() == "PUT");
  BOOST_TEST(names_after(303, false, put).front() == "GET");
  request head;
  head.method = "HEAD";
  BOOST_TEST(names_after(303, false, head).front() == "HEAD");
}

BOOST_AUTO_TEST_CASE(another_origin_does_not_learn_secrets) {
  std::vector<std::string> const rest{"POST", "Content-Type", "X-Mine"};
  BOOST_TEST(names_after(307, true, post()) == rest);
}

BOOST_AUTO_TEST_CASE(a_header_of_the_user_stands_in_place_of_ours) {
  request r;
  r.headers = {{"user-agent", "me"}, {"X-Twice", "1"}, {"X-Twice", "2"}};
  auto const m = r.to(parse_url("http://a.test/b"), false);
  BOOST_TEST(m[http::field::user_agent] == "me");
  BOOST_TEST(m.count(http::field::user_agent) == 1u);
  BOOST_TEST(m.count("X-Twice") == 2u);
  BOOST_TEST(m.target() == "/b");
  BOOST_TEST(r.to(parse_url("http://a.test/b"), true).target() == "http://a.test/b");
}

BOOST_AUTO_TEST_CASE(a_host_is_no_name_of_an_archive) {
  auto const archive = [](char const* url) { return names_archive(parse_url(url)); };
  BOOST_TEST(archive("http://a.test/b.gz?c"));
  BOOST_TEST(archive("a.test/b.tar.GZ"));
  BOOST_TEST(archive("a.test/b.tgz#c"));
  for (auto url : {"http://a.gz", "a.gz/", "a.tgz:80/b", "a.test/b?c.gz", "a.test/b#c.gz"})
    BOOST_TEST(!archive(url), url);
}

BOOST_AUTO_TEST_CASE(files_are_named_like_their_urls) {
  BOOST_TEST(file_of("http://a.test/b/c.html") == "d/c.html");
  BOOST_TEST(file_of("http://a.test/b/c.html?d=e/f#g") == "d/c.html_d_e_f");
  BOOST_TEST(file_of("http://a.test/b/") == "d/b");
  BOOST_TEST(file_of("http://a.test:81/") == "d/a.test_81");
  BOOST_TEST(file_of("http://a.test") == "d/a.test");
  BOOST_TEST(file_of("nonsense") == "d/nonsense");
}

BOOST_AUTO_TEST_CASE(no_name_of_a_file_leads_out_of_the_folder) {
  for (std::string const evil :
       {"http://a.test/..", "http://a.test/%2E%2e", "http://a.test/a%5Cb", "http://a.test/%2f",
        "http://a.test/.", "http://a.test/%2e%2e%2fpasswd", "http://a.test/..\\x",
        "http://a.test/.bashrc", "http://a.test/a\nb", "..", "/", "", "http://a.test/?../../x",
        "http://a.test/\xC3", "http://a.test/%C3", "///"}) {
    auto const name = file_of(evil).substr(2);
    BOOST_TEST_CONTEXT(evil) {
      BOOST_TEST(!name.empty());
      BOOST_TEST(name.front() != '.');
      BOOST_TEST(name.find_first_of("/\\\n%\xC3") == name.npos);
    }
  }
  BOOST_TEST(file_of("http://a.test/" + std::string(1000, 'x')).size() < 200u);
  std::string many = "http://a.test/x";
  for (int i = 0; i < 500; ++i) many += "\xC3\xA9";
  BOOST_TEST(file_of(many).size() == 2u + 119u); // no half letter at the end
}

BOOST_AUTO_TEST_CASE(no_two_files_have_one_name) {
  auto const names = file_names(
      "d", {"http://a.test/x", "http://b.test/x", "http://a.test/x.2", "http://c.test/x"});
  std::vector<std::string> const expected{"d/x", "d/x.2", "d/x.2.2", "d/x.3"};
  BOOST_TEST(names == expected);
}

BOOST_AUTO_TEST_CASE(families_of_addresses_take_turns) {
  using boost::asio::ip::tcp;
  std::vector<tcp::endpoint> found;
  for (auto const* address : {"::1", "::2", "::3", "1.1.1.1", "2.2.2.2"})
    found.emplace_back(boost::asio::ip::make_address(address), 80);
  std::string order;
  auto const results =
      tcp::resolver::results_type::create(found.begin(), found.end(), "a.test", "80");
  for (auto const& e : interleaved(results)) order += e.address().to_string() + ' ';
  BOOST_TEST(order == "::1 1.1.1.1 ::2 2.2.2.2 ::3 ");
}

BOOST_AUTO_TEST_CASE(a_head_ends_with_an_empty_line) {
  BOOST_TEST(find_end_of_head("a\r\n\r\nb") == 5u);
  BOOST_TEST(find_end_of_head("a\n\nb") == 3u);
  BOOST_TEST(find_end_of_head("a\n\r\nb") == 4u);
  BOOST_TEST(find_end_of_head("a\r\n\n") == 4u);
  BOOST_TEST(find_end_of_head("a\r\n\r") == std::string_view::npos);
  BOOST_TEST(find_end_of_head("a\n\r\r\n") == std::string_view::npos);
  BOOST_TEST(find_end_of_head("") == std::string_view::npos);
  std::string_view const text = "a\r\n\r\n";
  for (std::size_t i = 0; i < text.size(); ++i) BOOST_TEST(find_end_of_head(text, i) == 5u);
}

BOOST_AUTO_TEST_CASE(a_head_is_mended_where_it_must_be) {
  BOOST_TEST(mended("HTTP/1.1 200 OK\r\nA: b\r\n\r\n") == "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  BOOST_TEST(mended("HTTP/1.1 200\nA: b\n\n") == "HTTP/1.1 200 \r\nA: b\r\n\r\n");
  BOOST_TEST(mended("HTTP/1.1 200\r\n\n") == "HTTP/1.1 200 \r\n\r\n");
  BOOST_TEST(mended("HTTP/1.1 20\n\n") == "HTTP/1.1 20\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_url_may_be_written_as_people_do) {
  auto const url = [](char const* text) { return parse_url(text).url(); };
  BOOST_TEST(url("a.test") == "http://a.test/");
  BOOST_TEST(url("a.test:81/b?c:d") == "http://a.test:81/b?c:d");
  BOOST_TEST(url("//a.test/b") == "http://a.test/b");
  BOOST_TEST(url("[::1]:81") == "http://[::1]:81/");
  BOOST_TEST(url("https://a.test/[b]|{c}^?[d]#[e]") ==
             "https://a.test/%5Bb%5D%7C%7Bc%7D%5E?%5Bd%5D");
  BOOST_TEST(url("a.test/\xC3\xA4%20%?%4") == "http://a.test/%C3%A4%20%25?%254");
}

BOOST_AUTO_TEST_CASE(retry_after_is_seconds_or_a_date) {
  BOOST_TEST((wish("120") == 120s));
  BOOST_TEST((wish("0") == 0s));
  BOOST_TEST((wish("Sun, 06 Nov 1994 08:50:07 GMT") == 30s));
  BOOST_TEST((wish("Sun, 06 Nov 1994 08:00:00 GMT") == 0s)); // over already
}

BOOST_AUTO_TEST_CASE(a_date_may_be_written_in_each_of_three_ways) {
  BOOST_TEST((wish("Sunday, 06-Nov-94 08:50:07 GMT") == 30s));
  BOOST_TEST((wish("Sun Nov  6 08:50:07 1994") == 30s));
}

BOOST_AUTO_TEST_CASE(a_date_may_be_far_away) {
  BOOST_TEST((wish("Fri, 31 Dec 9999 23:59:59 GMT") == 252618189022s));
  BOOST_TEST((wish("Thu, 01 Jan 0001 00:00:00 GMT") == 0s));
  for (auto text : {"4294967295", "4294967296", "99999999999999999999"})
    BOOST_TEST((wish(text) == 4294967295s), text);
  BOOST_TEST(!pause(status(503, "Fri, 31 Dec 9999 23:59:59 GMT")).has_value());
}

/// Dates with characters changed, removed and repeated at random, always the same ones.
BOOST_AUTO_TEST_CASE(whatever_retry_after_says_a_pause_is_bounded) {
  std::minstd_rand random(1);
  std::string_view const letters = "0123456789 ,:-+.GMTSunDecJanNov\xff";
  for (int i = 0; i < 20'000; ++i) {
    std::string text =
        i % 2 == 0 ? "Fri, 31 Dec 9999 23:59:59 GMT" : "Sunday, 06-Nov-94 08:49:37 GMT";
    for (auto changes = random() % 4; changes > 0; --changes) {
      auto const at = random() % text.size();
      auto const letter = letters[random() % letters.size()];
      switch (random() % 3) {
      case 0: text[at] = letter; break;
      case 1: text.insert(at, random() % 12, letter); break;
      default: text.erase(at, 1); break;
      }
    }
    auto const w = wish(text);
    BOOST_TEST_REQUIRE((!w || (*w >= 0s && *w <= std::chrono::years(10'000))), text);
    auto const p = pause(status(503, text));
    BOOST_TEST_REQUIRE((!p || (*p >= 0s && *p <= 61s)), text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_retry_after_is_ignored) {
  for (auto text : {"", "-1", "soon", "1.5", "99999999999999999999x", "Sun, 99 Nov 1994",
                    "Sun, 31 Feb 1994 00:00:00 GMT"})
    BOOST_TEST((wish(text) == std::nullopt), text);
}

BOOST_AUTO_TEST_CASE(what_may_pass_is_worth_another_attempt) {
  namespace error = boost::asio::error;
  BOOST_TEST(pause(failed(error::connection_refused)).has_value());
  BOOST_TEST(pause(failed(error::connection_reset)).has_value());
  BOOST_TEST(pause(failed(http::error::end_of_stream)).has_value());
  BOOST_TEST(pause(failed(http::error::partial_message)).has_value());
  BOOST_TEST(pause(status(429)).has_value());
  BOOST_TEST(pause(status(503)).has_value());
}

BOOST_AUTO_TEST_CASE(what_stays_as_it_is_is_not) {
  namespace error = boost::asio::error;
  BOOST_TEST(!pause(failed(error::operation_aborted)).has_value());
  BOOST_TEST(!pause(failed(error::host_not_found)).has_value());
  BOOST_TEST(!pause(failed(http::error::bad_version)).has_value());
  BOOST_TEST(!pause(fanout::deadline_exceeded()).has_value());
  BOOST_TEST(!pause(failure("the certificate is not for a.test")).has_value());
  BOOST_TEST(!pause(bad_url("not a valid URL")).has_value());
  BOOST_TEST(!pause(status(404)).has_value());
  BOOST_TEST(!pause(status(500)).has_value());
  BOOST_TEST(!pause(status(503, "3600")).has_value()); // nobody waits for so long
}

BOOST_AUTO_TEST_CASE(pauses_grow_and_differ) {
  auto const error = failed(boost::asio::error::connection_refused);
  bool differ = false;
  for (int i = 0; i < 20; ++i) {
    auto const first = *pause(error, 1), third = *pause(error, 3), late = *pause(error, 100);
    BOOST_TEST((first >= 125ms && first <= 250ms));
    BOOST_TEST((third >= 500ms && third <= 1s));
    BOOST_TEST((late >= 15s && late <= 30s));
    differ = differ || first != *pause(error, 1);
  }
  BOOST_TEST(differ);
  auto const asked_for = *pause(status(503, "2"));
  BOOST_TEST((asked_for >= 2s && asked_for <= 2250ms));
}

BOOST_AUTO_TEST_CASE(a_body_that_cannot_be_read_back_is_not_printed_cut_short) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const only_written(std::fopen("/dev/null", "w"),
                                                                     std::fclose);
  BOOST_REQUIRE(only_written);
  output out;
  BOOST_CHECK_EXCEPTION(fanout::run(copy(only_written.get(), stdout, out)), not_printed,
                        [](not_printed const& e) {
                          return e.what() == std::string("a body that was set aside could not be "
                                                         "read: Bad file descriptor");
                        });
}
