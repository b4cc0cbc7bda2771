//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_FUZZ_ASYNCIO_INTERPRETER_HPP
#define FANOUT_TEST_FUZZ_ASYNCIO_INTERPRETER_HPP

#include "rules.hpp"
#include "step.hpp"

#include <fanout/future.hpp>
#include <fanout/task_group.hpp>
#include <fanout/testing.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fanout_fuzz {

namespace asio = boost::asio;

/// The error that a program raises by itself.
struct failure : std::exception {
  explicit failure(std::string name) : name(std::move(name)) {}
  char const* what() const noexcept override { return name.c_str(); }
  std::string name;
};

/// The name of an error in a trace.
std::string show(std::exception_ptr const& error);

/// Runs one program with the public interface of the library. Every step is a coroutine that yields
/// a text.
class interpreter {
public:
  interpreter(step const& program, rule broken) : program_(program), broken_(broken) {}

  /// Runs the program in virtual time, and gives its trace. A line that begins with "!" is a
  /// property that does not hold.
  std::string trace();

private:
  using text = asio::awaitable<std::string>;
  using clock = fanout::virtual_clock;
  using future = fanout::future<std::string>;
  using results = std::vector<std::string>;

  // What still runs inside of an operation.
  struct scope {
    explicit scope(step const& owner) : owner(owner) {}
    step const& owner;
    std::size_t running = 0;
  };
  using scope_ptr = std::shared_ptr<scope>;

  // How often a leaf has begun, and how often it has ended.
  struct ends {
    int begun = 0;
    int ended = 0;
  };

  // Stands for a child while it runs.
  class presence;

  asio::awaitable<void> main();
  void tell_ends(asio::any_io_executor const& executor);

  text run(step const& s);
  text told(step const& s, text body);
  text child(step const& s, scope_ptr inside);
  std::vector<text> children(step const& s, scope_ptr const& inside);
  void must_be_over(scope const& inside);

  text sleep(step const& s);
  text done(step const& s);
  text fail(step const& s);
  text seq(step const& s);
  text try_(step const& s);
  text on_cancel(step const& s);
  text gather(step const& s);
  text gather_re(step const& s);
  text gather_tasks(step const& s);
  text gather_tasks_re(step const& s);
  text group(step const& s);
  text timeout(step const& s);
  text timeout_task(step const& s);
  text shield(step const& s);
  text shield_task(step const& s);
  text create(step const& s);
  text await(step const& s);
  text cancel(step const& s);
  text callback(step const& s);
  text wait(step const& s);
  text as_completed(step const& s);

  text first_of_group(fanout::task_group& group, step const& s, scope_ptr inside);
  template <class Children>
  text gathered_by_default(Children all);
  template <class Children>
  text gathered_with_exceptions(Children all);
  asio::awaitable<void> pause(step const& s, std::string const& word);

  void log(step const& s, std::string const& what);
  long now() const;
  clock::time_point moment(step const& s, std::string const& units) const;
  clock::duration until(step const& s, std::string const& units) const;
  std::vector<future> known(step const& s, std::size_t first_word = 0) const;
  bool breaks(rule r) const { return broken_ == r; }

  step const& program_;
  rule broken_;
  clock::time_point begin_{};
  std::map<std::string, future> tasks_;
  std::map<std::string, std::vector<std::pair<step const*, future::id>>> callbacks_;
  std::map<std::string, int> requests_;
  std::map<int, ends> leaves_;
  std::string trace_;
};

} // namespace fanout_fuzz

#endif // FANOUT_TEST_FUZZ_ASYNCIO_INTERPRETER_HPP
