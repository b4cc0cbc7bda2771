// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What is printed.

#ifndef FANOUT_EXAMPLE_FETCH_OUTPUT_HPP
#define FANOUT_EXAMPLE_FETCH_OUTPUT_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>

/// What had to be printed could not be; the text says why.
struct not_printed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes on a thread of its own: the reader may stop reading, and nothing else waits for that.
/// Every piece is there at once, and none is kept back: stdout must have no buffer.
class output {
public:
  /// Does not wait.
  void put(std::FILE* to, std::string text);

  /// Something else that writes, in its turn. Does not wait. It must not throw.
  void put(std::function<void()> write);

  /// Waits until all is written, or until the caller is cancelled. Throws not_printed.
  boost::asio::awaitable<void> written();

  /// Throws not_printed if something has failed already.
  void check() const;

  /// Whether something is still being written: the destructor would wait for it.
  bool busy() const { return pieces_ > 0; }

  /// How much has not been written yet.
  std::size_t pieces() const { return pieces_; }

private:
  boost::asio::awaitable<void> last();
  void write(std::FILE* to, std::string const& text);

  std::atomic<std::size_t> pieces_ = 0;
  std::atomic<int> error_ = 0;
  boost::asio::thread_pool thread_{1}; // joined first
};

/// What is printed at different speeds: a terminal that takes no progress line holds up no results.
struct outputs {
  output results;
  output terminal;

  bool busy() const { return results.busy() || terminal.busy(); }
};

/// Copies a whole file, piece by piece.
boost::asio::awaitable<void> copy(std::FILE* from, std::FILE* to, output& out);

#endif
