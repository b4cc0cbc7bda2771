//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RUN_HPP
#define FANOUT_DETAIL_RUN_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/run_roster.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// Prints errors that nobody looked at, for as long as it lives, unless the user hears of them.
class stderr_for_unhandled_errors {
public:
  stderr_for_unhandled_errors() : installed_(install_unhandled_error_handler_if_none(print)) {}
  stderr_for_unhandled_errors(stderr_for_unhandled_errors const&) = delete;
  stderr_for_unhandled_errors& operator=(stderr_for_unhandled_errors const&) = delete;
  ~stderr_for_unhandled_errors() {
    if (installed_) set_unhandled_error_handler(nullptr);
  }

private:
  static void print(std::string_view name, std::exception_ptr error) {
    std::string line = "fanout: unhandled error in " + std::string(name) + ": ";
    try {
      std::rethrow_exception(error);
    } catch (std::exception const& e) {
      line += e.what();
    } catch (...) {
      line += "unknown exception";
    }
    std::fprintf(stderr, "%s\n", line.c_str());
  }

  bool installed_;
};

/// How `main` is listed.
struct is_main {
  static constexpr bool is_task = true;
  static constexpr void apply(rules&) noexcept {}
  static constexpr char const* title() noexcept { return "main"; }
};

/// `main` on its way, and what may end it. The handlers share it with the caller: the context may
/// be run, or destroyed, later than this call.
template <class T>
class main_run {
public:
  explicit main_run(asio::io_context& context)
      : state_(std::make_shared<state>(context)), roster_(run_roster::make(context)) {}

  template <class Main>
  void start(Main main) {
    auto operation = make_packaged_child(initiate_on<asio::any_io_executor>{state_->executor},
                                         std::move(main), keep_value(), is_main());
    std::move(operation)(asio::bind_cancellation_slot(
        state_->cancel.slot(),
        asio::bind_executor(state_->executor,
                            [s = state_, list = roster_](std::exception_ptr error, auto... value) {
                              s->keep(error, std::move(value)...);
                              s->work.emplace(s->context.get_executor());
                              // What main has owned has just gone: operations on it end first.
                              asio::post(s->executor, [s, list] {
                                list->cancel_all();
                                list->when_empty([s] { s->context.stop(); });
                              });
                            })));
  }

  void listen_to_signals() {
    state_->signals.emplace(state_->executor, signal_interrupt, signal_terminate);
    listen(state_);
  }

  T result() {
    auto& s = *state_;
    if (s.signal != 0 && (!s.ended || is_cancelled(*s.ended))) throw interrupted(s.signal);
    if (!s.ended)
      throw invalid_state("fanout::run: nothing is left to wait for, but main has not ended");
    return std::move(*s.ended).value();
  }

private:
  struct state {
    explicit state(asio::io_context& c)
        : context(c),
          executor(is_run_by_many_threads(c) ? asio::any_io_executor(asio::make_strand(c))
                                             : asio::any_io_executor(c.get_executor())) {}

    template <class... Value>
    void keep(std::exception_ptr const& error, Value&&... value) {
      if (error)
        ended.emplace(boost::system::in_place_error, error);
      else if constexpr (single_outcome<value_or_monostate<T>>::unwraps_values)
        ended.emplace(boost::system::in_place_value, std::move(value).template get<0>()...);
      else
        ended.emplace(boost::system::in_place_value, std::move(value)...);
    }

    asio::io_context& context;
    asio::any_io_executor executor;
    asio::cancellation_signal cancel;
    std::optional<fanout::result<T>> ended;
    std::optional<asio::signal_set> signals;
    int signal = 0;
    // Once main has ended: what is left needs the context until it has gone itself, and not only
    // for as long as it has work there.
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  };

  static void listen(std::shared_ptr<state> const& s) {
    s->signals->async_wait([weak = std::weak_ptr(s)](boost::system::error_code const& e, int n) {
      auto const s = weak.lock();
      if (e || !s) return;
      if (std::exchange(s->signal, n) != 0) return s->context.stop();
      s->cancel.emit(asio::cancellation_type::terminal);
      listen(s);
    });
  }

  std::shared_ptr<state> state_;
  std::shared_ptr<run_roster> roster_;
};

/// Runs the context on several threads, this one included. The first exception out of a handler
/// stops all of them and is rethrown.
inline void run_threads(asio::io_context& context, std::size_t threads) {
  std::mutex mutex;
  std::exception_ptr first;
  auto const work = [&] {
    try {
      context.run();
    } catch (...) {
      std::lock_guard const lock(mutex);
      if (!first) first = std::current_exception();
      context.stop();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (auto& thread : others) thread.join();
  if (first) std::rethrow_exception(first);
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RUN_HPP
