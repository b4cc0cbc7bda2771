// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A slow reader of HTTP/1.1 that knows the plain form of messages and no other: RFC 9112 to the
// letter, without the library that the programs read with. It is sure of what is good and of what
// is bad; of everything between it says that it is not sure.

#ifndef FANOUT_TEST_LIBFUZZER_NETWORK_MESSAGE_HPP
#define FANOUT_TEST_LIBFUZZER_NETWORK_MESSAGE_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strict {

enum class verdict { good, unfinished, bad, unsure };

struct message {
  verdict is = verdict::unsure;
  std::string first, second; // method and target, or status and reason
  int minor = 1;             // of the version
  std::vector<std::pair<std::string, std::string>> fields; // names in small letters
  std::string body;
  std::size_t size = 0; // of all of it, where it is good

  /// The values of all fields with this name, in their order.
  std::vector<std::string> values(std::string_view name) const;
};

/// The request at the beginning of the text. It is not sure of one whose head or body is larger.
message read_request(std::string_view text, std::size_t largest);

/// The same for an answer. It is not sure of one whose body ends with the connection.
message read_answer(std::string_view text, bool without_body, std::size_t largest);

} // namespace strict

#endif
