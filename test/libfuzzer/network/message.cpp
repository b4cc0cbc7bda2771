// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "message.hpp"

#include <algorithm>
#include <optional>

namespace strict {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_token_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

/// What may stand in a value, a tab among others.
bool is_text_char(char c) { return c == '\t' || c < 0 || (c >= ' ' && c != '\x7f'); }

std::string small(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr auto blanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::optional<std::size_t> number(std::string_view text, unsigned base) {
  if (text.empty() || text.size() > 8) return std::nullopt;
  std::size_t n = 0;
  for (char const c : small(text)) {
    auto const digit = std::string_view("0123456789abcdef").substr(0, base).find(c);
    if (digit == npos) return std::nullopt;
    n = n * base + digit;
  }
  return n;
}

/// What these fields mean to a reader depends on more than their form.
bool has_meaning(std::string_view name) {
  return name == "connection" || name == "proxy-connection" || name == "upgrade" ||
         name == "expect";
}

bool is_plain_meaning(std::string_view name, std::string_view value) {
  auto const word = small(value);
  if (name == "expect") return word == "100-continue";
  return name == "connection" && (word == "close" || word == "keep-alive");
}

bool is_plain_host(std::string_view value) {
  auto const colon = std::min(value.find(':'), value.size());
  auto const is_host_char = [](char c) {
    return c == '.' || c == '-' ||
           (is_token_char(c) && (is_digit(c) || (c | 32) >= 'a') && (c | 32) <= 'z' && c != '^' &&
            c != '_' && c != '`');
  };
  auto const port = value.substr(std::min(colon + 1, value.size()));
  return std::ranges::all_of(value.substr(0, colon), is_host_char) && port.size() < 5 &&
         std::ranges::all_of(port, is_digit);
}

/// Reads from the beginning of the text on; what is not there yet is an exception.
class reader {
public:
  reader(std::string_view text, std::size_t largest) : text_(text), largest_(largest) {}

  struct ended {
    verdict is;
  };

  std::size_t at() const { return at_; }

  std::string_view line() {
    auto const end = text_.find("\r\n", at_);
    if (end == npos) throw ended{verdict::unfinished};
    auto const l = text_.substr(at_, end - at_);
    at_ = end + 2;
    return l;
  }

  /// Up to an empty one, which must be there before any of them is looked at.
  std::vector<std::string_view> lines() {
    std::vector<std::string_view> all;
    for (auto l = line(); !l.empty(); l = line()) all.push_back(l);
    return all;
  }

  /// The first line, and the others; the first one may be empty.
  std::pair<std::string_view, std::vector<std::string_view>> head() {
    if (text_.find("\r\n\r\n", at_) == npos) throw ended{verdict::unfinished};
    auto const first = line();
    return {first, lines()};
  }

  std::string_view bytes(std::size_t size) {
    check(size);
    if (text_.size() - at_ < size) throw ended{verdict::unfinished};
    at_ += size;
    return text_.substr(at_ - size, size);
  }

  void check_head() const { check(at_); }

  void check(std::size_t size) const {
    if (size > largest_) throw ended{verdict::unsure};
  }

private:
  std::string_view text_;
  std::size_t largest_;
  std::size_t at_ = 0;
};

using ended = reader::ended;

void read_field(std::string_view line, message& m) {
  if (line.starts_with(' ') || line.starts_with('\t')) throw ended{verdict::unsure}; // folded
  auto const colon = line.find(':');
  if (colon == npos || !is_token(line.substr(0, colon)) ||
      !std::ranges::all_of(line.substr(colon), is_text_char))
    throw ended{verdict::bad};
  auto const name = small(line.substr(0, colon));
  auto const value = trimmed(line.substr(colon + 1));
  m.fields.emplace_back(name, value);
}

/// A chunk with an extension or with a long size is rare enough not to be sure of.
void read_chunks(reader& r, message& m) {
  for (;;) {
    auto const line = r.line();
    auto const size = number(line, 16);
    if (!size) throw ended{is_digit(line.empty() ? 'x' : line[0]) ? verdict::unsure : verdict::bad};
    if (*size == 0) break;
    m.body += r.bytes(*size);
    r.check(m.body.size());
    if (r.bytes(2) != "\r\n") throw ended{verdict::bad};
  }
  message trailer;
  for (auto const line : r.lines()) read_field(line, trailer);
  for (auto const& [name, value] : trailer.fields)
    if (has_meaning(name) || name == "content-length" || name == "transfer-encoding")
      throw ended{verdict::unsure};
}

/// RFC 9112, 6.3: a length or a coding at most, once, and in a form that can be read.
void check_framing(message const& m) {
  auto const codings = m.values("transfer-encoding"), lengths = m.values("content-length");
  if (codings.size() + lengths.size() > 1) throw ended{verdict::bad};
  if (!codings.empty() && (m.minor == 0 || small(codings[0]) != "chunked"))
    throw ended{verdict::bad};
  if (lengths.empty()) return;
  if (lengths[0].size() > 8) throw ended{verdict::unsure};
  if (!number(lengths[0], 10)) throw ended{verdict::bad};
}

/// Whether there is one that says where it ends.
bool read_framed_body(reader& r, message& m) {
  auto const lengths = m.values("content-length");
  bool const is_chunked = !m.values("transfer-encoding").empty();
  if (is_chunked) read_chunks(r, m);
  if (!lengths.empty()) m.body = r.bytes(*number(lengths[0], 10));
  return is_chunked || !lengths.empty();
}

void check_meanings(message const& m) {
  for (auto const& [name, value] : m.fields)
    if (has_meaning(name) && !is_plain_meaning(name, value)) throw ended{verdict::unsure};
}

/// The last digit of "HTTP/1.x". Something shorter may be waited for.
int minor_of(std::string_view version) {
  if (version.size() < std::string_view("HTTP/1.1").size()) throw ended{verdict::unsure};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") throw ended{verdict::bad};
  return version.back() - '0';
}

void read_request(reader& r, message& m) {
  auto const [line, fields] = r.head();
  auto const one = line.find(' '), two = line.rfind(' ');
  if (one == npos || one == two) throw ended{verdict::bad};
  m.first = line.substr(0, one);
  m.second = line.substr(one + 1, two - one - 1);
  m.minor = minor_of(line.substr(two + 1));
  if (!is_token(m.first) || m.second.find_first_of(" \r\n") != npos) throw ended{verdict::bad};
  auto const is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::ranges::all_of(m.second, is_plain) || m.second.empty()) throw ended{verdict::unsure};
  for (auto const field : fields) read_field(field, m);
  r.check_head();
  auto const hosts = m.values("host");
  if (hosts.size() > 1 || (hosts.empty() && m.minor == 1)) throw ended{verdict::bad};
  if (!hosts.empty() && !is_plain_host(hosts[0])) throw ended{verdict::unsure};
  check_meanings(m);
  check_framing(m);
  read_framed_body(r, m);
}

void read_answer(reader& r, message& m, bool without_body) {
  auto const [line, fields] = r.head();
  m.minor = minor_of(line.substr(0, 8));
  m.first = line.substr(std::min<std::size_t>(line.size(), 9), 3);
  m.second = line.substr(std::min<std::size_t>(line.size(), 13));
  if (line.size() < 13 || line[8] != ' ' || line[12] != ' ' || m.first.size() != 3 ||
      !std::ranges::all_of(m.first, is_digit) || !std::ranges::all_of(m.second, is_text_char))
    throw ended{verdict::bad};
  for (auto const field : fields) read_field(field, m);
  r.check_head();
  check_meanings(m);
  if (m.first < "100" || m.first > "599") throw ended{verdict::unsure};
  check_framing(m);
  if (without_body || m.first[0] == '1' || m.first == "204" || m.first == "304") return;
  if (!read_framed_body(r, m)) throw ended{verdict::unsure};
}

template <class Read>
message read_by(std::string_view text, std::size_t largest, Read read) {
  message m;
  reader r(text, largest);
  try {
    read(r, m);
    m.is = verdict::good;
    m.size = r.at();
  } catch (ended const& e) {
    m.is = e.is;
  }
  return m;
}

} // namespace

std::vector<std::string> message::values(std::string_view name) const {
  std::vector<std::string> all;
  for (auto const& [n, value] : fields)
    if (n == name) all.push_back(value);
  return all;
}

message read_request(std::string_view text, std::size_t largest) {
  return read_by(text, largest, [](reader& r, message& m) { read_request(r, m); });
}

message read_answer(std::string_view text, bool without_body, std::size_t largest) {
  return read_by(text, largest, [&](reader& r, message& m) { read_answer(r, m, without_body); });
}

} // namespace strict
