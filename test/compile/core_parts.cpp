//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What a call does not ask for is not compiled: the parts of the core that serves it.

#include <fanout/as_completed.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/named.hpp>
#include <fanout/race.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace compile_core_parts {

namespace asio = boost::asio;
using fanout::gather;
using fanout::detail::core_parts;
using child = asio::awaitable<int>;
using namespace std::chrono_literals;

struct handler {
  using executor_type = asio::any_io_executor;
  executor_type get_executor() const noexcept;
  template <class... Args>
  void operator()(Args&&...) const;
};

// The parts of the core of an operation.
template <class>
struct parts_of_operation;
template <class Initiation, class Children, class Policies>
struct parts_of_operation<fanout::detail::deferred_gather<Initiation, Children, Policies>> {
  static constexpr core_parts value = fanout::detail::parts_of<handler, Children, Policies>;
};
template <class Operation>
constexpr core_parts parts = parts_of_operation<Operation>::value;

constexpr bool is_least(core_parts const& p) {
  return !p.policies && !p.race && !p.names && !p.operations && !p.open;
}
template <class Operation>
constexpr bool least = is_least(parts<Operation>) && !parts<Operation>.eager;

child coroutine();
child made(int);
fanout::limiter& shared();

// Coroutines, one by one, as a range or from a callable, with rules that only count.
static_assert(least<decltype(gather(coroutine()))>);
static_assert(least<decltype(gather(coroutine(), coroutine(), coroutine()))>);
static_assert(least<decltype(gather(coroutine(), [] { return coroutine(); }))>);
static_assert(least<decltype(gather(std::declval<std::vector<child>>()))>);
static_assert(least<decltype(gather(coroutine(), coroutine(), fanout::limit(2)))>);
static_assert(least<decltype(gather(coroutine(), coroutine(), fanout::cancel_on_error))>);
static_assert(
    least<decltype(gather(coroutine(), fanout::return_exceptions, fanout::keep_results))>);
static_assert(least<decltype(gather(std::declval<asio::any_io_executor>(), coroutine()))>);

// `eager` adds itself and nothing else.
static_assert(is_least(parts<decltype(gather(coroutine(), fanout::eager))>));
static_assert(parts<decltype(gather(coroutine(), fanout::eager))>.eager);
static_assert(!parts<decltype(fanout::race(coroutine(), coroutine()))>.eager);

// All others have a core with everything.
struct hears_ends {
  void apply(fanout::rules&) const;
  void ended(fanout::progress const&);
};
static_assert(parts<decltype(gather(coroutine(), hears_ends()))>.policies);
static_assert(parts<decltype(gather(coroutine(), fanout::deadline(1s)))>.policies);
static_assert(parts<decltype(gather(coroutine(), fanout::child_timeout(1s)))>.policies);
static_assert(parts<decltype(gather(coroutine(), fanout::limit(shared())))>.policies);
static_assert(parts<decltype(fanout::race(coroutine(), coroutine()))>.race);
static_assert(parts<decltype(fanout::first_success(coroutine(), coroutine()))>.race);
static_assert(parts<decltype(gather(fanout::named("a", coroutine())))>.names);
static_assert(parts<decltype(gather([] { return fanout::named("a", coroutine()); }))>.names);
static_assert(parts<decltype(gather(coroutine(), fanout::with_index))>.names);
static_assert(parts<decltype(gather(coroutine(), fanout::sleep(1s)))>.operations);
static_assert(
    parts<decltype(gather(asio::bind_executor(std::declval<asio::any_io_executor>(), coroutine())))>.operations);
static_assert(
    std::is_same_v<fanout::detail::backing_core,
                   fanout::detail::gather_core<asio::any_io_executor, std::allocator<void>,
                                               core_parts{true, true, true, true, true, true}>>);

} // namespace compile_core_parts
