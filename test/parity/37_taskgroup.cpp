//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Gathers inside the tasks of a group.

#include "support.hpp"

#include <fanout/task_group.hpp>

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
  int sum = 0;
  auto const body = [&sum](fanout::task_group& group) -> awaitable<void> {
    auto const t1 = group.create_task(part("a", 1));
    auto const t2 = group.create_task(part("b", 10));
    log("body of the group ends");
    sum = co_await t1 + co_await t2;
  };
  co_await fanout::with_task_group(body);
  log("group done", sum);
}

program const entry("37_taskgroup", [] { run_virtual(async_main()); });

} // namespace parity::p37_taskgroup
