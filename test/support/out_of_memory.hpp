//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_OUT_OF_MEMORY_HPP
#define FANOUT_TEST_SUPPORT_OUT_OF_MEMORY_HPP

// Runs a scenario again and again, and each time another one of its allocations fails: the first,
// the second, and so on, until none is left to fail.

#include "allocations.hpp"
#include "counted.hpp"

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/spare_memory.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace fanout_test {

/// One run of a scenario, in virtual time.
class short_of_memory {
  fanout::detail::spare_memory::none const all_is_allocated_;
  std::vector<std::shared_ptr<void>> outlive_context_;

public:
  enum class end { value, cancellation, error };

  explicit short_of_memory(std::size_t failing)
      : failing_(failing),
        before_(fanout::set_unhandled_error_handler(
            [this](std::string_view, std::exception_ptr const&) { has_thrown_ = true; })) {
    ends_.reserve(8);
  }
  ~short_of_memory() { fanout::set_unhandled_error_handler(before_); }
  short_of_memory(short_of_memory const&) = delete;
  short_of_memory& operator=(short_of_memory const&) = delete;

  boost::asio::io_context context{1};

  /// From here on allocations count.
  void begin() { fail_allocation(failing_); }

  /// A completion handler that expects to be called with that.
  class handler {
  public:
    handler(short_of_memory& run, end expected) : run_(&run), number_(run.ends_.size()) {
      run.ends_.push_back({expected});
      ++run.handlers_;
    }
    handler(handler const& other) noexcept : run_(other.run_), number_(other.number_) {
      ++run_->handlers_;
    }
    handler& operator=(handler const&) = delete;
    ~handler() { --run_->handlers_; }

    template <class... Value>
    void operator()(std::exception_ptr error, Value&&...) {
      memory_is_back const here;
      run_->ends_[number_].came(error);
      run_->has_thrown_ = run_->has_thrown_ || is_bad_alloc(error);
    }

  private:
    short_of_memory* run_;
    std::size_t number_;
  };

  handler ends_by(end expected) { return {*this, expected}; }
  handler gives_value() { return ends_by(end::value); }
  handler is_cancelled() { return ends_by(end::cancellation); }
  handler fails() { return ends_by(end::error); }

  /// Whether the failed allocation has been heard of.
  bool has_thrown() const noexcept { return has_thrown_; }

  /// An object that stays until the context has been run.
  template <class T, class... Args>
  T& make(Args&&... args) {
    auto const made = std::make_shared<T>(std::forward<Args>(args)...);
    kept_.push_back(made);
    return *made;
  }

  /// The slot of a signal that is emitted in the first turn of the context.
  boost::asio::cancellation_slot cancelled_later() {
    auto const signal = std::make_shared<boost::asio::cancellation_signal>();
    outlive_context_.push_back(signal);
    boost::asio::post(context,
                      [s = signal.get()] { s->emit(boost::asio::cancellation_type::terminal); });
    return signal->slot();
  }

  /// Says whether an allocation has failed.
  bool run(void (*scenario)(short_of_memory&)) {
    try {
      scenario(*this);
    } catch (std::bad_alloc const&) {
      has_thrown_ = true;
    }
    drive();
    bool const has_failed = allocation_has_failed();
    fail_allocation(0);
    return has_failed;
  }

  /// What is wrong, or null.
  char const* fault() const {
    if (busy_) return "the context is kept busy";
    if (handlers_ != 0) return "a handler has been kept";
    for (one_end const& e : ends_) {
      if (e.calls > 1) return "a handler was called twice";
      // A child that was destroyed for want of memory, or asked to end because of another one, has
      // been aborted: bad_alloc has been seen elsewhere.
      if (e.is_wrong || (e.is_aborted && !has_thrown_)) return "a wrong end";
      if (e.calls == 0 && !has_thrown_) return "a handler was let go without a word";
    }
    return nullptr;
  }

  bool has_gone_well() const {
    for (one_end const& e : ends_)
      if (e.calls != 1 || !e.is_as_expected) return false;
    return true;
  }

private:
  static bool is_bad_alloc(std::exception_ptr const& error) {
    try {
      if (error) std::rethrow_exception(error);
      return false;
    } catch (std::bad_alloc const&) {
      return true;
    } catch (...) {
      return false;
    }
  }

  struct one_end {
    end expected;
    int calls = 0;
    bool is_as_expected = false;
    bool is_aborted = false; // without being asked to
    bool is_wrong = false;   // neither expected nor `bad_alloc`

    void came(std::exception_ptr const& error) {
      ++calls;
      bool const cancelled = fanout::is_cancelled(error);
      end const kind = !error ? end::value : cancelled ? end::cancellation : end::error;
      is_as_expected = kind == expected;
      if (is_as_expected) return;
      is_aborted = cancelled;
      is_wrong = kind == end::error && !is_bad_alloc(error);
      is_wrong = is_wrong || (kind == end::value && !allocation_has_failed());
    }
  };

  // Until nothing can happen any more, whatever leaves the context.
  void drive() {
    for (bool more = true; more;) {
      try {
        more = step(context);
      } catch (std::exception const&) {
        has_thrown_ = true;
      }
    }
    busy_ = !context.stopped();
  }

  std::size_t const failing_;
  std::vector<one_end> ends_;
  int handlers_ = 0;
  bool has_thrown_ = false; // has left run(), or was reported, or is the error of something
  bool busy_ = false;
  fanout::unhandled_error_handler before_;
  std::vector<std::shared_ptr<void>> kept_;
};

/// How many allocations have failed in this program.
inline std::size_t failed_allocations = 0;

/// What one failed allocation does to a scenario.
struct trial {
  bool has_failed;
  bool leaks;
  char const* fault;
};

inline trial with_failing(std::size_t n, void (*scenario)(short_of_memory&)) {
  trial t{};
  heap_mark const mark;
  {
    short_of_memory m(n);
    t.has_failed = m.run(scenario);
    t.fault = m.fault();
  }
  auto const used = mark.since();
  t.leaks = used.allocations != used.frees;
  return t;
}

/// Runs a scenario as often as it has allocations. `asio`: what it begins with, in plain Asio,
/// whose leaks do not count.
inline void fail_each_allocation(void (*scenario)(short_of_memory&),
                                 void (*asio)(short_of_memory&) = nullptr) {
  for (int i = 0; i < 2; ++i) { // fills the caches of the thread
    short_of_memory unharmed(0);
    unharmed.run(scenario);
    BOOST_REQUIRE(unharmed.has_gone_well());
  }
  for (std::size_t n = 1;; ++n) {
    trial const t = with_failing(n, scenario);
    BOOST_TEST(!t.fault, "allocation " << n << ": " << t.fault);
    bool const is_of_asio = t.leaks && asio && with_failing(n, asio).leaks;
    BOOST_TEST((!t.leaks || is_of_asio), "allocation " << n << ": a leak");
    if (!t.has_failed) break;
    ++failed_allocations;
  }
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_OUT_OF_MEMORY_HPP
