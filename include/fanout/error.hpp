//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_ERROR_HPP
#define FANOUT_ERROR_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI {

/// The error codes of this library, of the category `error_category()`.
enum class errc {
  invalid_state = 1,  ///< asked too early, twice, or after a value was taken
  broken_promise = 2, ///< the producer of a value was destroyed without giving one
  all_failed = 3,     ///< too few children of a `first_success` have succeeded
  interrupted = 4,    ///< a signal ended `run`
  child_failed = 5,   ///< a child of an operation failed with an error that has no code
};

namespace detail {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor" // of Boost's class: GCC names its friends

class category final : public boost::system::error_category {
public:
  char const* name() const noexcept override { return "fanout"; }

  std::string message(int code) const override {
    switch (static_cast<errc>(code)) {
    case errc::invalid_state: return "invalid state";
    case errc::broken_promise: return "broken promise";
    case errc::all_failed: return "all alternatives failed";
    case errc::interrupted: return "interrupted";
    case errc::child_failed: return "a child failed";
    }
    return "unknown fanout error " + std::to_string(code);
  }
};

#pragma GCC diagnostic pop

/// The message of an exception.
inline std::string what_of(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (std::exception const& e) {
    return e.what();
  } catch (...) {
    return "unknown exception";
  }
}

/// Makes an exception of what `make` returns; without memory for that `std::bad_alloc`.
template <class Make>
std::exception_ptr error_from(Make const& make) noexcept {
  try {
    return std::make_exception_ptr(make());
  } catch (...) {
    return std::current_exception();
  }
}

/// The label of a child in errors and lists: "2", or "2 'quote AAPL'".
inline std::string child_label(std::size_t index, std::string const& name) {
  return name.empty() ? std::to_string(index) : std::to_string(index) + " '" + name + "'";
}

/// The name of a task in errors and lists.
inline std::string task_title(std::string const& name) {
  return name.empty() ? "a task without a name" : "task '" + name + "'";
}

inline constexpr int signal_interrupt = 2; // SIGINT of every system Asio runs on
inline constexpr int signal_terminate = 15;

inline std::string signal_text(int number) {
  std::string text = "interrupted by signal " + std::to_string(number);
  if (number == signal_interrupt) return text + " (SIGINT)";
  if (number == signal_terminate) return text + " (SIGTERM)";
  return text;
}

} // namespace detail

/// The category of `errc`. Compares equal in every library of a program.
inline boost::system::error_category const& error_category() noexcept {
  static detail::category const instance;
  return instance;
}

inline boost::system::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

/// Conditions to compare the error codes of several libraries with: `code == condition::cancelled`.
enum class condition {
  /// Something was cancelled: `asio::error::operation_aborted`, the `channel_cancelled` of Asio's
  /// channels, and `operation_canceled` of the generic and of the system category, of Boost and of
  /// the standard library. Another library joins by the member `equivalent` of its error category.
  cancelled = 1,
};

namespace detail {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor" // as above

class condition_category final : public boost::system::error_category {
public:
  char const* name() const noexcept override { return "fanout.condition"; }

  std::string message(int) const override { return "cancelled"; }

  bool equivalent(boost::system::error_code const& code, int) const noexcept override {
    return code == asio::error::operation_aborted ||
           code == std::make_error_condition(std::errc::operation_canceled) ||
           is_channel_cancelled(code);
  }

private:
  // The category is compared by its name: including Asio's channels takes as long as including this
  // library.
  static bool is_channel_cancelled(boost::system::error_code const& code) noexcept {
    return code.value() == 2 && std::string_view(code.category().name()) == "asio.channel";
  }
};

#pragma GCC diagnostic pop

} // namespace detail

inline boost::system::error_condition make_error_condition(condition c) noexcept {
  static detail::condition_category const instance;
  return {static_cast<int>(c), instance};
}

/// Compares with codes of the standard library too, whose categories do not know Boost's
/// conditions.
inline bool operator==(boost::system::error_code const& code, condition c) noexcept {
  return code == make_error_condition(c) ||
         static_cast<std::error_code>(code) == std::errc::operation_canceled;
}

/// Something was asked of an object in a state that does not allow it: a result before the end, the
/// values of an operation that failed. The text names the object.
///
/// *Python*: `asyncio.InvalidStateError`.
class invalid_state : public boost::system::system_error {
public:
  explicit invalid_state(std::string const& what)
      : system_error(make_error_code(errc::invalid_state), what) {}
};

/// The producer of a value was destroyed without giving one.
class broken_promise : public boost::system::system_error {
public:
  explicit broken_promise(std::string const& what)
      : system_error(make_error_code(errc::broken_promise), what) {}
};

/// One child that failed: its index among the arguments, its name if it has one, and its error.
struct failure {
  std::size_t index = 0;
  std::string name;
  std::exception_ptr exception;
};

/// Too few children of a `first_success` have succeeded. `failures()` lists those that failed by
/// themselves, in the order in which they failed.
class all_failed : public boost::system::system_error {
public:
  explicit all_failed(std::vector<failure> failures)
      : system_error(make_error_code(errc::all_failed), text(failures)),
        failures_(std::make_shared<std::vector<failure> const>(std::move(failures))) {}

  std::vector<failure> const& failures() const noexcept { return *failures_; }

private:
  static std::string text(std::vector<failure> const& failures) {
    std::string text;
    for (failure const& each : failures) {
      if (!text.empty()) text += "; ";
      text += detail::child_label(each.index, each.name);
      if (each.exception) text += ": " + detail::what_of(each.exception);
    }
    return text;
  }

  std::shared_ptr<std::vector<failure> const> failures_; // shared: exceptions copy without throwing
};

/// The error of one child, with its index among the arguments and its name: what an operation with
/// the policy `with_index` ends with. Its code is that of the cause, or `errc::child_failed` for a
/// cause without one; the cause is also nested, as `std::rethrow_if_nested` expects it.
class gather_error : public boost::system::system_error, public std::nested_exception {
public:
  /// To be constructed while the cause is being handled.
  gather_error(std::size_t index, std::string const& name, boost::system::error_code code,
               std::string const& cause)
      : system_error(code), text_(std::make_shared<std::string const>(
                                "child " + detail::child_label(index, name) + ": " + cause)),
        name_(std::make_shared<std::string const>(name)), index_(index) {}

  std::size_t index() const noexcept { return index_; }
  /// Empty for a child without one.
  std::string const& name() const noexcept { return *name_; }
  std::exception_ptr cause() const noexcept { return nested_ptr(); }

  char const* what() const noexcept override { return text_->c_str(); }

private:
  std::shared_ptr<std::string const> text_; // shared: exceptions copy without throwing
  std::shared_ptr<std::string const> name_;
  std::size_t index_;
};

namespace detail {

/// Wraps the error of a child in a `gather_error`. Without memory for that it returns the error
/// itself.
inline std::exception_ptr with_label(std::size_t index, std::string const& name,
                                     std::exception_ptr const& cause) noexcept {
  try {
    try {
      std::rethrow_exception(cause);
    } catch (boost::system::system_error const& e) {
      return std::make_exception_ptr(gather_error(index, name, e.code(), e.what()));
    } catch (...) {
      return std::make_exception_ptr(
          gather_error(index, name, make_error_code(errc::child_failed), what_of(cause)));
    }
  } catch (...) {
    return cause;
  }
}

} // namespace detail

/// A deadline of this library has passed. Its code is `asio::error::timed_out`; its type tells it
/// from the ETIMEDOUT of a socket, its code from a cancellation.
///
/// *Python*: `TimeoutError`.
class deadline_exceeded : public boost::system::system_error {
public:
  deadline_exceeded() : system_error(asio::error::timed_out) {}

  char const* what() const noexcept override { return "deadline exceeded"; }
};

/// A signal ended `run`.
///
/// *Python*: `KeyboardInterrupt`.
class interrupted : public boost::system::system_error {
public:
  explicit interrupted(int signal)
      : system_error(make_error_code(errc::interrupted), detail::signal_text(signal)),
        signal_(signal) {}

  /// The number of the signal, `SIGINT` for instance.
  int signal() const noexcept { return signal_; }

private:
  int signal_;
};

/// Receives unhandled errors, those that no code has looked at: the name of what failed, and the
/// exception.
using unhandled_error_handler = std::function<void(std::string_view, std::exception_ptr)>;

namespace detail {

struct unhandled_errors {
  std::mutex mutex;
  std::shared_ptr<unhandled_error_handler const> handler;
  std::shared_ptr<unhandled_error_handler const> of_runs; // while some `run` has installed it
  int runs = 0;                                           // how many have

  static unhandled_errors& instance() {
    static unhandled_errors errors;
    return errors;
  }
};

/// Passes an unhandled error to the handler, if there is one.
inline void report_unhandled_error(std::string_view name, std::exception_ptr error) {
  auto& errors = unhandled_errors::instance();
  std::unique_lock lock(errors.mutex);
  auto const handler = errors.handler; // a copy: the handler may install another one
  lock.unlock();
  if (handler && *handler) (*handler)(name, std::move(error));
}

/// Does the same without throwing. If the handler cannot be called, the error is lost.
inline void report_lost(std::string_view name, std::exception_ptr const& error) noexcept {
  try {
    report_unhandled_error(name, error);
  } catch (...) { // the error is lost
  }
}

/// Installs the handler of `run` for one more run. Returns false if there is a handler of the user.
inline bool install_handler_of_run(void (*f)(std::string_view, std::exception_ptr)) {
  auto& errors = unhandled_errors::instance();
  std::lock_guard const lock(errors.mutex);
  bool const of_user = errors.handler && *errors.handler && errors.handler != errors.of_runs;
  if (of_user) return false;
  if (!errors.of_runs) errors.of_runs = std::make_shared<unhandled_error_handler const>(f);
  errors.handler = errors.of_runs;
  ++errors.runs;
  return true;
}

/// One of these runs has ended. After the last one there is no handler, unless the user has
/// installed one meanwhile.
inline void remove_handler_of_run() noexcept {
  auto& errors = unhandled_errors::instance();
  std::lock_guard const lock(errors.mutex);
  if (--errors.runs != 0) return;
  if (errors.handler == errors.of_runs) errors.handler = nullptr;
  errors.of_runs = nullptr;
}

} // namespace detail

/// Installs the handler of unhandled errors, those that no code has looked at.
///
/// *Effects*: from now on `f(name, exception)` is called for each unhandled error; an empty `f`
/// silences them, which is the default. `run` installs a handler that prints a line to stderr if
/// there is none.
///
/// *Results*: the handler that was installed before.
///
/// *Executor and threads*: thread-safe; `f` is called on the thread that lost the error.
///
/// *Python*: `loop.set_exception_handler`.
inline unhandled_error_handler set_unhandled_error_handler(unhandled_error_handler f) {
  auto& errors = detail::unhandled_errors::instance();
  auto next = std::make_shared<unhandled_error_handler const>(std::move(f));
  std::unique_lock lock(errors.mutex);
  std::swap(errors.handler, next);
  lock.unlock();
  return next ? *next : unhandled_error_handler();
}

} // namespace fanout::inline FANOUT_ABI

template <>
struct boost::system::is_error_code_enum<fanout::errc> : std::true_type {};
template <>
struct boost::system::is_error_condition_enum<fanout::condition> : std::true_type {};

#endif // FANOUT_ERROR_HPP
