//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Gathers inside the tasks of a group. A gather of tasks that cancels on an error is that group.

#include "support.hpp"

#include <string>
#include <tuple>

namespace parity::p37_taskgroup {

awaitable<std::string> child(std::string name, int units) {
  co_await sleep(units * U);
  log("finish", name);
  co_return name;
}

awaitable<int> part(std::string name, int units) {
  auto const r = co_await gather(child(name + "1", units), child(name + "2", units + 2));
  log("part", name, "done:", joined(r));
  co_return int(std::tuple_size_v<decltype(r)>);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const t1 = create_task(ex, part("a", 1));
  auto const t2 = create_task(ex, part("b", 10));
  log("body of the group ends");
  co_await gather(t1, t2, cancel_on_error);
  log("group done", t1.result() + t2.result());
}

program const entry("37_taskgroup", [] { run_virtual(async_main()); });

} // namespace parity::p37_taskgroup
