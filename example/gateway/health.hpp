// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the machines that look after the gateway ask: whether it runs, whether it wants requests,
// and how it does.

#ifndef FANOUT_EXAMPLE_GATEWAY_HEALTH_HPP
#define FANOUT_EXAMPLE_GATEWAY_HEALTH_HPP

#include "service.hpp"

#include <optional>
#include <string>
#include <string_view>

/// "/path", of a target in absolute form too.
std::string path_of(request const& asked);

/// 405, unless the method is GET or HEAD.
std::optional<answer> refuse_method(request const& asked);

answer text_answer(http::status status, std::string body, std::string_view type = "text/plain");

/// GET /healthz, /readyz and /metrics.
class health {
public:
  /// Refers to it.
  explicit health(service const& of) : of_(of) {}

  /// Nothing if the path of the request is another one.
  std::optional<answer> reply_to(request const& asked, std::string_view path) const;

  /// What a port of its own serves.
  handler handle() const;

private:
  service const& of_;
};

#endif
