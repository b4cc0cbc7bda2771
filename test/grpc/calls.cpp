// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A call of gRPC against a stub that does as it is told.

#include "puppet.hpp"
#include "support/coroutine_test.hpp"
#include "support/counted.hpp"
#include "support/out_of_memory.hpp"

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/grpc.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <thread>

using namespace fanout_test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using boost::system::system_error;
using rpc = puppet::async_interface;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

steady_clock::time_point in(std::chrono::milliseconds d) { return steady_clock::now() + d; }

/// What a call has ended with.
struct end {
  std::exception_ptr error;
  std::string reply;
};

auto keep_in(std::optional<end>& e) {
  return [&e](std::exception_ptr error, std::string reply) {
    e.emplace(end{std::move(error), std::move(reply)});
  };
}

template <class Type>
void check_end(std::optional<end> const& e, std::string const& text) {
  BOOST_REQUIRE(e.has_value());
  check_error<Type>(e->error, text);
  BOOST_TEST(e->reply == "");
}

/// A call that has started, and that can be asked to end.
struct asking {
  asio::io_context context;
  puppet stub;
  asio::cancellation_signal signal;
  std::optional<end> e;

  explicit asking(std::function<void(puppet::call&)> on_call = nullptr) {
    stub.on_call(std::move(on_call));
    fanout::unary_call(
        stub, &rpc::Ask, "a", in(1s),
        asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(context, keep_in(e))));
  }
};

end end_with(grpc::Status const& s) {
  asking a([&](puppet::call& c) { c.end(s, "what stands there"); });
  a.context.run();
  BOOST_REQUIRE(a.e.has_value());
  return *a.e;
}

template <class Type>
void check_status(grpc::StatusCode code, std::string const& message, std::string const& text) {
  auto const e = end_with({code, message, "details"});
  check_error<Type>(e.error, text);
  BOOST_TEST(e.reply == "");
  auto const back = fanout::to_status(e.error);
  BOOST_TEST(back.error_code() == code);
  BOOST_TEST(back.error_message() == message);
  BOOST_TEST(back.error_details() == "details");
}

} // namespace

BOOST_AUTO_TEST_SUITE(calls_test)

BOOST_AUTO_TEST_CASE(a_call_yields_the_reply_and_never_inside_the_initiating_call) {
  asking a(answer_at_once);
  BOOST_TEST(!a.e.has_value());
  BOOST_TEST(a.context.run() == 1u);
  BOOST_REQUIRE(a.e.has_value());
  BOOST_TEST(!a.e->error);
  BOOST_TEST(a.e->reply == "re: a");
}

BOOST_AUTO_TEST_CASE(nothing_is_called_before_the_operation_is_initiated) {
  puppet stub;
  {
    auto const never_initiated = fanout::unary_call(stub, &rpc::Ask, "a", in(1s));
    (void)never_initiated;
  }
  BOOST_TEST(stub.calls().size() == 0u);
}

BOOST_AUTO_TEST_CASE(an_operation_that_is_called_twice_makes_two_calls_with_a_context_each) {
  asio::io_context context;
  puppet stub;
  auto const operation = fanout::unary_call(stub, &rpc::Ask, "a", in(1s));
  std::optional<end> first, second;
  operation(asio::bind_executor(context, keep_in(first)));
  operation(asio::bind_executor(context, keep_in(second)));
  BOOST_REQUIRE(stub.calls().size() == 2u);
  BOOST_TEST(stub.calls()[0].context != stub.calls()[1].context);
  BOOST_TEST(*stub.calls()[1].request == "a");
  for (auto& c : stub.calls()) c.end(grpc::Status::OK, "b");
  context.run();
  BOOST_TEST(first->reply == "b");
  BOOST_TEST(second->reply == "b");
}

BOOST_AUTO_TEST_CASE(the_context_is_kept_busy_until_the_call_has_ended) {
  asking a;
  BOOST_TEST(a.context.poll() == 0u);
  BOOST_TEST(!a.context.stopped());
  std::thread grpc([&] {
    std::this_thread::sleep_for(20ms);
    a.stub.last().end(grpc::Status::OK, "b");
  });
  auto const loop = std::this_thread::get_id();
  a.context.run();
  grpc.join();
  BOOST_TEST(a.e->reply == "b");
  BOOST_TEST((loop == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(the_handler_is_called_on_its_own_executor) {
  asio::thread_pool pool(2);
  asio::io_context context;
  auto const strand = asio::make_strand(pool);
  puppet stub;
  stub.on_call(answer_at_once);
  std::atomic<bool> there = false;
  fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                     asio::bind_executor(strand, [&](std::exception_ptr, std::string const&) {
                       there = strand.running_in_this_thread();
                     }));
  pool.join();
  BOOST_TEST(there.load());
}

BOOST_AUTO_TEST_CASE(any_token_will_do) {
  asio::io_context context;
  puppet stub;
  stub.on_call(answer_at_once);
  auto future = fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                                   asio::bind_executor(context, asio::use_future));
  fanout::unary_call(stub, &rpc::Ask, "b", in(1s), asio::bind_executor(context, asio::detached));
  // A handler that can only be moved, and one that the caller keeps.
  std::string moved;
  fanout::unary_call(stub, &rpc::Ask, "c", in(1s),
                     asio::bind_executor(context, [own = std::make_unique<int>(),
                                                   &moved](std::exception_ptr, std::string reply) {
                       moved = std::move(reply);
                     }));
  std::optional<end> e;
  auto kept = asio::bind_executor(context, keep_in(e));
  fanout::unary_call(stub, &rpc::Ask, "d", in(1s), kept);
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        auto const value =
            co_await fanout::unary_call(stub, &rpc::Ask, "e", in(1s), asio::use_awaitable);
        BOOST_TEST(value == "re: e");
        auto const both = co_await fanout::unary_call(stub, &rpc::Ask, "f", in(1s),
                                                      asio::as_tuple(asio::use_awaitable));
        BOOST_TEST(std::get<1>(both) == "re: f");
      },
      asio::detached);
  context.run();
  BOOST_TEST(future.get() == "re: a");
  BOOST_TEST(moved == "re: c");
  BOOST_TEST(e->reply == "re: d");
}

template <class Handler>
concept may_end_a_call = requires(puppet& stub, Handler h) {
  fanout::unary_call(stub, &rpc::Ask, "a", steady_clock::time_point(), std::move(h));
};

BOOST_AUTO_TEST_CASE(a_handler_without_an_executor_is_refused_by_the_compiler) {
  auto const bare = [](std::exception_ptr, std::string const&) {};
  asio::io_context context;
  auto bound = asio::bind_executor(context, bare);
  static_assert(!may_end_a_call<decltype(bare)>);
  static_assert(!may_end_a_call<asio::detached_t>);
  static_assert(may_end_a_call<decltype(bound)>);
}

BOOST_AUTO_TEST_CASE(a_status_becomes_an_error_with_the_text_of_the_server) {
  check_status<fanout::rpc_error>(grpc::UNAVAILABLE, "try again", "UNAVAILABLE: try again");
  check_status<fanout::rpc_error>(grpc::NOT_FOUND, "", "NOT_FOUND");
  check_status<fanout::rpc_error>(grpc::UNAUTHENTICATED, "who?", "UNAUTHENTICATED: who?");
  check_status<fanout::rpc_error>(static_cast<grpc::StatusCode>(17), "next", "status 17: next");
  check_status<fanout::rpc_error>(static_cast<grpc::StatusCode>(31), "new", "status 31: new");
  check_status<fanout::rpc_error>(static_cast<grpc::StatusCode>(-3), "odd", "status -3: odd");
}

BOOST_AUTO_TEST_CASE(the_error_has_the_code_of_the_status) {
  auto const e = end_with({grpc::UNAVAILABLE, "try again"});
  try {
    std::rethrow_exception(e.error);
  } catch (system_error const& error) {
    BOOST_TEST(
        (error.code() == boost::system::error_code(grpc::UNAVAILABLE, fanout::grpc_category())));
    BOOST_TEST(error.code().message() == "UNAVAILABLE");
    BOOST_TEST(error.code().category().name() == "grpc");
  }
  BOOST_TEST(!fanout::is_cancelled(e.error));
  BOOST_TEST(!fanout::is_timed_out(e.error));
}

BOOST_AUTO_TEST_CASE(deadline_exceeded_is_the_error_of_a_time_limit) {
  check_status<fanout::rpc_deadline_exceeded>(grpc::DEADLINE_EXCEEDED, "too slow",
                                              "DEADLINE_EXCEEDED: too slow");
  auto const e = end_with({grpc::DEADLINE_EXCEEDED, "too slow"});
  BOOST_TEST(fanout::is_timed_out(e.error));
  BOOST_TEST(!fanout::is_cancelled(e.error));
  boost::system::error_code const code(grpc::DEADLINE_EXCEEDED, fanout::grpc_category());
  BOOST_TEST((code == boost::system::errc::timed_out));
}

BOOST_AUTO_TEST_CASE(a_call_that_only_the_server_has_cancelled_is_a_failure_that_is_cancelled) {
  check_status<fanout::rpc_error>(grpc::CANCELLED, "shutting down", "CANCELLED: shutting down");
  BOOST_TEST(fanout::is_cancelled(end_with({grpc::CANCELLED, ""}).error));
}

BOOST_AUTO_TEST_CASE(what_such_a_failure_means_to_a_group) {
  // Nothing had asked: so it is an error like any other, and ends the group.
  asio::io_context context;
  puppet stub;
  stub.on_call([](puppet::call& c) { c.end({grpc::CANCELLED, "shutting down"}); });
  auto const tasks = [&]() -> asio::awaitable<void> {
    auto const body = [&](fanout::task_group& g) -> asio::awaitable<void> {
      g.create_task(fanout::unary_call(stub, &rpc::Ask, "a", in(1s)));
      co_await fanout::sleep(1h);
    };
    co_await fanout::with_task_group(body);
  };
  std::exception_ptr error;
  asio::co_spawn(context, tasks(), [&](std::exception_ptr e) { error = std::move(e); });
  context.run();
  check_error<fanout::rpc_error>(error, "CANCELLED: shutting down");
}

BOOST_AUTO_TEST_CASE(cancelled_by_the_own_side_is_operation_aborted) {
  for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total, asio::cancellation_type::all}) {
    asking a;
    a.signal.emit(asio::cancellation_type::none);
    a.signal.emit(type);
    a.signal.emit(type);
    BOOST_TEST(!a.e.has_value());
    a.stub.last().end({grpc::CANCELLED, "CANCELLED"});
    a.context.run();
    check_end<system_error>(a.e, system_error(asio::error::operation_aborted).what());
    BOOST_TEST(!a.signal.slot().has_handler());
    BOOST_TEST(fanout::to_status(a.e->error).error_code() == grpc::CANCELLED);
  }
}

BOOST_AUTO_TEST_CASE(a_request_of_type_none_asks_for_nothing) {
  asking a;
  a.signal.emit(asio::cancellation_type::none);
  a.stub.last().end({grpc::CANCELLED, "by the server"});
  a.context.run();
  check_end<fanout::rpc_error>(a.e, "CANCELLED: by the server");
}

BOOST_AUTO_TEST_CASE(a_request_that_comes_too_late_does_not_lose_the_reply) {
  asking a;
  a.stub.last().end(grpc::Status::OK, "b");
  a.signal.emit(asio::cancellation_type::terminal); // the completion has been posted
  a.context.run();
  BOOST_TEST(!a.e->error);
  BOOST_TEST(a.e->reply == "b");
  a.signal.emit(asio::cancellation_type::terminal); // and is over
}

BOOST_AUTO_TEST_CASE(an_error_that_comes_after_a_request_stays_what_it_is) {
  asking a;
  a.signal.emit(asio::cancellation_type::terminal);
  a.stub.last().end({grpc::UNAVAILABLE, "gone"});
  a.context.run();
  check_end<fanout::rpc_error>(a.e, "UNAVAILABLE: gone");
}

BOOST_AUTO_TEST_CASE(a_gather_that_is_cancelled_in_the_turn_of_its_start_makes_no_call) {
  asio::io_context context;
  puppet stub;
  asio::cancellation_signal signal;
  int calls = 0;
  fanout::gather(context, fanout::unary_call(stub, &rpc::Ask, "a", in(1s)))(
      asio::bind_cancellation_slot(signal.slot(), counted_handler{&calls}));
  signal.emit(asio::cancellation_type::terminal);
  context.run();
  BOOST_TEST(calls == 1);
  BOOST_TEST(stub.calls().size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_deadline_is_that_of_the_context) {
  asio::io_context context;
  puppet stub;
  auto const left = [&] { return stub.last().context->deadline() - system_clock::now(); };
  auto token = asio::bind_executor(context, asio::detached);
  auto const is_about = [&](std::chrono::milliseconds wanted) {
    return left() > wanted - 2s && left() <= wanted + 1ms;
  };
  fanout::unary_call(stub, &rpc::Ask, "a", steady_clock::now() + 60s, token);
  BOOST_TEST(is_about(60s));
  fanout::unary_call(stub, &rpc::Ask, "a", system_clock::now() + 60s, token);
  BOOST_TEST(is_about(60s));
  fanout::unary_call(stub, &rpc::Ask, "a",
                     std::chrono::time_point_cast<std::chrono::seconds>(system_clock::now() + 60s),
                     token);
  BOOST_TEST(is_about(60s));
  fanout::unary_call(stub, &rpc::Ask, "a", steady_clock::now() - 60s, token);
  BOOST_TEST(is_about(0s));
  fanout::unary_call(stub, &rpc::Ask, "a", steady_clock::time_point::min(), token);
  BOOST_TEST(is_about(0s));
  auto const never = grpc::ClientContext().deadline();
  fanout::unary_call(stub, &rpc::Ask, "a", steady_clock::time_point::max(), token);
  BOOST_TEST((stub.last().context->deadline() == never));
  fanout::unary_call(stub, &rpc::Ask, "a", system_clock::time_point::max(), token);
  BOOST_TEST((stub.last().context->deadline() == never));
  for (auto& c : stub.calls()) c.end(grpc::Status::OK);
  context.run();
}

BOOST_AUTO_TEST_CASE(a_context_of_the_callers_own_is_used_and_can_be_read_afterwards) {
  asio::io_context context;
  puppet stub;
  auto const own = fanout::client_context(in(60s));
  fanout::unary_call(stub, &rpc::Ask, "a", own, asio::bind_executor(context, asio::detached));
  BOOST_TEST(stub.last().context == own.get());
  auto const left = own->deadline() - system_clock::now();
  BOOST_TEST((left > 58s && left <= 60s + 1ms));
  stub.last().end(grpc::Status::OK);
  context.run();
  stub.calls().clear();
  BOOST_TEST(own.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_context_may_be_given_away) {
  // As `grpc::ClientContext::FromCallbackServerContext` gives one.
  asio::io_context context;
  puppet stub;
  auto own = std::make_unique<grpc::ClientContext>();
  auto const* const where = own.get();
  fanout::unary_call(stub, &rpc::Ask, "a", std::move(own),
                     asio::bind_executor(context, asio::detached));
  BOOST_TEST(stub.last().context == where);
  stub.last().end(grpc::Status::OK);
  context.run();
}

BOOST_AUTO_TEST_CASE(a_context_that_is_null_is_refused_at_once) {
  puppet stub;
  FANOUT_CHECK_THROWS(
      std::invalid_argument, "fanout::unary_call: the client context is null",
      (void)fanout::unary_call(stub, &rpc::Ask, "a", std::shared_ptr<grpc::ClientContext>()));
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_destroys_the_handler_and_calls_nothing) {
  puppet stub;
  int calls = 0;
  counted::live = 0;
  {
    asio::io_context context;
    fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                       asio::bind_executor(context, counted_handler{&calls}));
    BOOST_TEST(counted::live.load() == 1);
  }
  BOOST_TEST(counted::live.load() == 0);
  BOOST_TEST(*stub.last().request == "a"); // gRPC may still read it
  stub.last().end(grpc::Status::OK, "late");
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_with_the_completion_posted_calls_nothing) {
  puppet stub;
  stub.on_call(answer_at_once);
  int calls = 0;
  counted::live = 0;
  {
    asio::io_context context;
    fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                       asio::bind_executor(context, counted_handler{&calls}));
  }
  BOOST_TEST(counted::live.load() == 0);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(the_handler_dies_on_the_loop_and_not_on_a_thread_of_grpc) {
  for (int i = 0; i < 200; ++i) {
    auto context = std::make_unique<asio::io_context>();
    puppet stub;
    std::atomic<std::thread::id> died{};
    auto const note = [&died](int*) { died = std::this_thread::get_id(); };
    fanout::unary_call(
        stub, &rpc::Ask, "a", in(1s),
        asio::bind_executor(*context, [own = std::shared_ptr<int>(nullptr, note)](
                                          std::exception_ptr, std::string const&) {}));
    std::thread grpc([&] { stub.last().end(grpc::Status::OK, "b"); });
    if (i % 2 == 0) context->run_for(20s);
    context.reset(); // at the same time as the end, or after it
    grpc.join();
    BOOST_TEST((died.load() == std::this_thread::get_id()));
  }
}

BOOST_AUTO_TEST_CASE(a_method_that_throws_fails_that_child_alone) {
  asio::io_context context;
  puppet good, bad;
  good.on_call(answer_at_once);
  bad.on_call([](puppet::call&) { throw std::runtime_error("no start"); });
  std::exception_ptr error;
  std::string reply;
  fanout::gather(context, fanout::unary_call(bad, &rpc::Ask, "a", in(1s)),
                 fanout::unary_call(good, &rpc::Ask, "b", in(1s)),
                 fanout::return_exceptions)([&](std::exception_ptr, auto const& r) {
    error = std::get<0>(r).error();
    reply = std::get<1>(r).value();
  });
  context.run();
  check_error<std::runtime_error>(error, "no start");
  BOOST_TEST(reply == "re: b");
}

BOOST_AUTO_TEST_CASE(a_method_that_throws_leaves_no_handler_behind) {
  asio::io_context context;
  puppet stub;
  stub.on_call([](puppet::call&) { throw std::runtime_error("no start"); });
  int calls = 0;
  counted::live = 0;
  FANOUT_CHECK_THROWS(std::runtime_error, "no start",
                      fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                                         asio::bind_executor(context, counted_handler{&calls})));
  BOOST_TEST(counted::live.load() == 0);
  BOOST_TEST(context.run() == 0u);
}

BOOST_AUTO_TEST_CASE(a_method_that_ends_the_call_and_throws_ends_its_child_once) {
  asio::io_context context;
  puppet stub;
  stub.on_call([](puppet::call& c) {
    c.end(grpc::Status::OK, "b");
    throw std::runtime_error("after all");
  });
  int calls = 0;
  fanout::gather(context,
                 fanout::unary_call(stub, &rpc::Ask, "a", in(1s)))(counted_handler{&calls});
  context.run();
  BOOST_TEST(calls == 1);
}

namespace {

/// Has no memory.
template <class T>
struct no_memory {
  using value_type = T;
  no_memory() = default;
  template <class U>
  no_memory(no_memory<U> const&) {}
  T* allocate(std::size_t) { throw std::bad_alloc(); }
  void deallocate(T*, std::size_t) {}
  bool operator==(no_memory const&) const = default;
};

template <class T>
struct counting {
  using value_type = T;
  int* used;
  explicit counting(int* u) : used(u) {}
  template <class U>
  counting(counting<U> const& other) : used(other.used) {}
  T* allocate(std::size_t n) {
    ++*used;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
  bool operator==(counting const&) const = default;
};

} // namespace

BOOST_AUTO_TEST_CASE(the_completion_is_posted_with_the_allocator_of_the_handler) {
  asio::io_context context;
  puppet stub;
  stub.on_call(answer_at_once);
  int used = 0;
  std::optional<end> e;
  fanout::unary_call(
      stub, &rpc::Ask, "a", in(1s),
      asio::bind_allocator(counting<int>(&used), asio::bind_executor(context, keep_in(e))));
  context.run();
  BOOST_TEST(used == 1);
  BOOST_TEST(e->reply == "re: a");
}

BOOST_AUTO_TEST_CASE(without_memory_for_the_completion_the_handler_is_let_go_with_a_word) {
  std::string told;
  auto const before = fanout::set_unhandled_error_handler(
      [&](std::string_view name, std::exception_ptr const&) { told = name; });
  asio::io_context context;
  puppet stub;
  int calls = 0;
  counted::live = 0;
  fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                     asio::bind_allocator(no_memory<int>(),
                                          asio::bind_executor(context, counted_handler{&calls})));
  stub.last().end(grpc::Status::OK, "b");
  BOOST_TEST(counted::live.load() == 0);
  BOOST_TEST(context.run() == 0u); // it is not kept busy
  BOOST_TEST(calls == 0);
  BOOST_TEST(told == "a call of gRPC");
  fanout::set_unhandled_error_handler(before);
}

namespace {

/// Where a context of gRPC has died. With the last one of a program its channel goes, and joins the
/// threads on which gRPC ends calls.
struct grave {
  std::atomic<std::thread::id> where{};

  std::shared_ptr<grpc::ClientContext> context() {
    return {new grpc::ClientContext, [this](grpc::ClientContext* c) {
              delete c;
              where = std::this_thread::get_id();
            }};
  }
  bool is_empty() const { return where.load() == std::thread::id(); }
  bool is_here() const { return where.load() == std::this_thread::get_id(); }
};

/// Ends the last call on a thread of its own.
void end_elsewhere(puppet& stub) {
  std::thread([&] { stub.last().end(grpc::Status::OK, "b"); }).join();
}

/// A call that starts destroys those that were left.
void start_another(puppet& stub) {
  asio::io_context context;
  stub.on_call(answer_at_once);
  fanout::unary_call(stub, &rpc::Ask, "a", in(1s), asio::bind_executor(context, asio::detached));
  context.run();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_call_dies_where_its_handler_is_called) {
  for (int i = 0; i < 500; ++i) {
    grave g;
    asio::io_context context;
    puppet stub;
    std::atomic<bool> started = false;
    std::thread grpc([&] {
      while (!started) std::this_thread::yield();
      stub.last().end(grpc::Status::OK, "b");
    });
    fanout::unary_call(stub, &rpc::Ask, "a", g.context(),
                       asio::bind_executor(context, asio::detached));
    started = true;
    context.run();
    grpc.join();
    BOOST_TEST(g.is_here());
  }
}

BOOST_AUTO_TEST_CASE(a_call_whose_context_was_destroyed_dies_when_the_next_one_starts) {
  grave g;
  puppet stub;
  {
    asio::io_context context;
    fanout::unary_call(stub, &rpc::Ask, "a", g.context(),
                       asio::bind_executor(context, asio::detached));
  }
  end_elsewhere(stub);
  BOOST_TEST(g.is_empty());
  start_another(stub);
  BOOST_TEST(g.is_here());
}

BOOST_AUTO_TEST_CASE(a_call_whose_handler_was_let_go_dies_when_the_next_one_starts) {
  grave g;
  puppet stub;
  asio::io_context context;
  fanout::unary_call(
      stub, &rpc::Ask, "a", g.context(),
      asio::bind_allocator(no_memory<int>(), asio::bind_executor(context, asio::detached)));
  end_elsewhere(stub);
  BOOST_TEST(g.is_empty());
  start_another(stub);
  BOOST_TEST(g.is_here());
}

BOOST_AUTO_TEST_CASE(run_does_not_wait_for_a_call_whose_handler_was_let_go) {
  grave g;
  puppet stub;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const plain = *executor.target<asio::io_context::executor_type>();
    fanout::unary_call(
        stub, &rpc::Ask, "a", g.context(),
        asio::bind_allocator(no_memory<int>(), asio::bind_executor(plain, asio::detached)));
    end_elsewhere(stub);
  };
  fanout::run(main());
  BOOST_TEST(g.is_empty());
  start_another(stub);
  BOOST_TEST(g.is_here());
}

namespace {

boost::test_tools::assertion_result memory_can_run_out(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result can(can_fail_allocations());
  can.message() << "allocations cannot be made to fail here";
  return can;
}

} // namespace

BOOST_AUTO_TEST_CASE(one_failed_allocation_on_the_thread_of_grpc_loses_nothing,
                     *boost::unit_test::precondition(memory_can_run_out)) {
  bool failed = true;
  for (std::size_t n = 1; failed; ++n) {
    asking a;
    std::thread grpc([&] {
      *a.stub.last().reply = "b";
      auto const done = std::move(a.stub.last().callback);
      grpc::Status const ok;
      fail_allocation(n);
      done(ok);
      failed = allocation_has_failed();
      fail_allocation(0);
    });
    grpc.join();
    a.context.run();
    BOOST_REQUIRE_MESSAGE(a.e.has_value(), "lost with allocation " << n);
    BOOST_TEST(a.e->reply == "b");
    BOOST_REQUIRE(n < 100u);
  }
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_nothing_is_lost_or_leaked,
                     *boost::unit_test::precondition(memory_can_run_out)) {
  fail_each_allocation([](short_of_memory& m) {
    auto& stub = m.make<puppet>();
    stub.on_call(answer_at_once);
    m.begin();
    fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                       asio::bind_executor(m.context, m.gives_value()));
  });
  fail_each_allocation([](short_of_memory& m) {
    auto& stub = m.make<puppet>();
    stub.on_call([](puppet::call& c) { c.end({grpc::CANCELLED, ""}); });
    auto const slot = m.cancelled_later();
    m.begin();
    fanout::unary_call(
        stub, &rpc::Ask, "a", in(1s),
        asio::bind_cancellation_slot(slot, asio::bind_executor(m.context, m.is_cancelled())));
  });
  fail_each_allocation([](short_of_memory& m) {
    auto& stub = m.make<puppet>();
    stub.on_call([](puppet::call& c) { c.end({grpc::UNAVAILABLE, "a text that is not short"}); });
    m.begin();
    fanout::gather(m.context, fanout::unary_call(stub, &rpc::Ask, "a", in(1s)))(m.fails());
  });
}

BOOST_AUTO_TEST_CASE(the_list_of_tasks_says_what_waits_for_a_call) {
  puppet stub;
  std::string waits;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const asks = [&]() -> asio::awaitable<void> {
      auto const reply = co_await fanout::unary_call(stub, &rpc::Ask, "a", in(1h));
      BOOST_TEST(reply == "b");
    };
    auto const task = fanout::create_task(executor, asks(), "asks");
    co_await fanout::sleep(0s);
    co_await fanout::sleep(0s);
    for (auto const& t : fanout::all_tasks(executor))
      if (t.name.find("asks") != t.name.npos) waits += t.name + " waits for " + t.waits_for;
    stub.last().end(grpc::Status::OK, "b");
    co_await task;
  };
  fanout::run(main());
  BOOST_TEST(waits == "task 'asks' waits for a call of gRPC");
}

BOOST_AUTO_TEST_CASE(run_cancels_a_call_that_is_left_and_waits_for_it) {
  // TryCancel cannot be seen from outside: an end of one's own shows that `run` has waited.
  puppet stub;
  std::thread grpc;
  std::optional<end> e;
  auto const main = [&]() -> asio::awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    fanout::unary_call(stub, &rpc::Ask, "a", in(1h), asio::bind_executor(executor, keep_in(e)));
    grpc = std::thread([&] {
      std::this_thread::sleep_for(50ms);
      stub.last().end({grpc::CANCELLED, ""});
    });
  };
  fanout::run(main());
  check_end<system_error>(e, system_error(asio::error::operation_aborted).what());
  grpc.join();
}

BOOST_AUTO_TEST_CASE(calls_end_and_are_cancelled_on_different_threads_at_once) {
  constexpr int rounds = 2000;
  asio::thread_pool pool(2);
  std::atomic<int> ended = 0, aborted = 0;
  puppet stub;
  for (int i = 0; i < rounds; ++i) {
    auto const strand = asio::make_strand(pool);
    auto const signal = std::make_shared<asio::cancellation_signal>();
    asio::post(strand, [&, strand, signal] {
      fanout::unary_call(
          stub, &rpc::Ask, "a", in(1s),
          asio::bind_cancellation_slot(
              signal->slot(),
              asio::bind_executor(strand,
                                  [&, signal](std::exception_ptr const& error, std::string const&) {
                                    ++ended;
                                    if (fanout::is_cancelled(error)) ++aborted;
                                  })));
    });
    asio::post(strand, [signal] { signal->emit(asio::cancellation_type::terminal); });
  }
  std::thread grpc([&] {
    for (int done = 0; done < rounds;) {
      std::vector<puppet::call> calls;
      {
        std::lock_guard const lock(stub.async()->mutex);
        calls.swap(stub.calls());
      }
      for (auto& c : calls) {
        bool const cancelled = ++done % 2 == 0;
        c.end(cancelled ? grpc::Status(grpc::CANCELLED, "") : grpc::Status::OK);
      }
      std::this_thread::yield();
    }
  });
  grpc.join();
  pool.join();
  BOOST_TEST(ended.load() == rounds);
  BOOST_TEST(aborted.load() == rounds / 2);
}

BOOST_AUTO_TEST_CASE(contexts_are_destroyed_while_calls_end_on_another_thread) {
  for (int i = 0; i < 300; ++i) {
    puppet stub;
    auto context = std::make_unique<asio::io_context>();
    int calls = 0;
    for (int n = 0; n < 8; ++n)
      fanout::unary_call(stub, &rpc::Ask, "a", in(1s),
                         asio::bind_executor(*context, counted_handler{&calls}));
    std::thread grpc([&] {
      for (auto& c : stub.calls()) c.end(grpc::Status::OK, "b");
    });
    context->poll();
    context.reset();
    grpc.join();
  }
  BOOST_TEST(counted::live.load() == 0);
}

BOOST_AUTO_TEST_CASE(what_a_server_says_of_its_own_errors) {
  auto const code = [](auto const& error) {
    auto const s = fanout::to_status(std::make_exception_ptr(error));
    return std::pair(s.error_code(), s.error_message());
  };
  using said = std::pair<grpc::StatusCode, std::string>;
  BOOST_TEST(fanout::to_status(nullptr).ok());
  BOOST_TEST(
      (code(fanout::deadline_exceeded()) == said(grpc::DEADLINE_EXCEEDED, "deadline exceeded")));
  auto const aborted = code(system_error(asio::error::operation_aborted));
  BOOST_TEST((aborted.first == grpc::CANCELLED));
  BOOST_TEST(
      (code(std::invalid_argument("no symbol")) == said(grpc::INVALID_ARGUMENT, "no symbol")));
  BOOST_TEST((code(std::runtime_error("odd")) == said(grpc::UNKNOWN, "odd")));
  BOOST_TEST((code(std::bad_alloc()).first == grpc::RESOURCE_EXHAUSTED));
  BOOST_TEST((code(17) == said(grpc::UNKNOWN, "unknown exception")));
  BOOST_TEST((code(fanout::rpc_error({grpc::NOT_FOUND, "none"})) == said(grpc::NOT_FOUND, "none")));
}

BOOST_AUTO_TEST_SUITE_END()
