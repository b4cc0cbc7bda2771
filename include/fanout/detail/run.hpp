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
#include <fanout/detail/main_control.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/run_roster.hpp>
#include <fanout/detail/signal_listener.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// Installs a handler that prints unhandled errors, while such an object exists and the user has
/// installed none.
class stderr_for_unhandled_errors {
public:
  stderr_for_unhandled_errors() : installed_(install_handler_of_run(print)) {}
  stderr_for_unhandled_errors(stderr_for_unhandled_errors const&) = delete;
  stderr_for_unhandled_errors& operator=(stderr_for_unhandled_errors const&) = delete;
  ~stderr_for_unhandled_errors() {
    if (installed_) remove_handler_of_run();
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
    line += '\n';
    std::fputs(line.c_str(), stderr);
  }

  bool installed_;
};

/// The policy by which `main` is listed as a task.
struct is_main {
  static constexpr bool is_task = true;
  static constexpr void apply(rules&) noexcept {}
  static constexpr char const* title() noexcept { return "main"; }
};

/// One run of `main`. The handlers share the state with the caller, since the context may be run or
/// destroyed later than this object.
template <class T>
class main_run {
public:
  explicit main_run(asio::io_context& context)
      : state_(std::make_shared<state>(context)), roster_(run_roster::make(context)) {}

  template <class Main>
  void start(Main main) {
    auto operation = make_gather_of_one(initiate_on<asio::any_io_executor>{state_->executor},
                                        std::move(main), keep_value(), is_main());
    std::move(operation)(asio::bind_cancellation_slot(
        state_->cancel.slot(),
        asio::bind_executor(state_->executor,
                            [s = state_, list = roster_,
                             there = state_->handler()](std::exception_ptr error, auto... value) {
                              s->keep(std::move(error), std::move(value)...);
                              s->or_stop([&] { cancel_leftovers(s, list); });
                            })));
  }

  /// Runs the context on several threads, this one included, until everything has ended in order.
  void drive(std::size_t threads, bool signals) {
    std::optional<signal_listener> listener;
    if (signals) {
      state_->keep_busy();
      listener.emplace([s = state_](int signal) { return s->on_signal(signal); });
    }
    run_threads(threads);
  }

  /// Runs the context by a loop of the caller's. Calls the loop again after a handler has thrown.
  template <class Loop>
  void drive(Loop const& loop) {
    for (;;) {
      try {
        return loop();
      } catch (...) {
        threw();
      }
    }
  }

  T result(bool leaves_children = false,
           std::string (*stuck)(asio::io_context&) = main_control::nothing_left) {
    state_->rethrow(leaves_children, stuck);
    return std::move(*state_->value).value();
  }

private:
  struct state : main_control {
    using main_control::main_control;

    template <class... Value>
    void keep(std::exception_ptr error, Value&&... v) {
      if (!error) {
        try {
          emplace(std::move(v)...);
        } catch (...) {
          error = std::current_exception();
        }
      }
      this->ended(std::move(error));
    }

    template <class... Value>
    void emplace(Value&&... v) {
      if constexpr (single_outcome<value_or_monostate<T>>::unwraps_values)
        value.emplace(boost::system::in_place_value, std::move(v).template get<0>()...);
      else
        value.emplace(boost::system::in_place_value, std::move(v)...);
    }

    std::optional<fanout::result<T>> value;
  };

  static void cancel_leftovers(std::shared_ptr<state> const& s,
                               std::shared_ptr<run_roster> const& list) {
    // Posted: operations on objects that `main` has owned end first.
    asio::post(s->executor, [s, list] {
      s->or_stop([&] { list->when_empty([s] { s->context.stop(); }); });
      list->cancel_all([&](std::exception_ptr error) { s->threw(std::move(error)); });
    });
  }

  void run_threads(std::size_t threads) {
    auto const work = [this] { drive([this] { state_->context.run(); }); };
    std::vector<std::thread> others;
    try {
      for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
    } catch (...) {
      threw();
    }
    work();
    for (auto& thread : others) thread.join();
  }

  void threw() noexcept {
    state_->threw(std::current_exception());
    if (state_->note_lost_main()) state_->or_stop([this] { cancel_leftovers(state_, roster_); });
  }

  std::shared_ptr<state> state_;
  std::shared_ptr<run_roster> roster_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RUN_HPP
