//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Done callbacks run once, in the order in which they were added, never inside the call that
// completes the future or that adds them. Who awaits the future stands in the same queue.

#include "support.hpp"

#include <memory>
#include <optional>
#include <tuple>

namespace parity::p31_done_callbacks {

using outer = future<std::tuple<int>>;

awaitable<int> child(std::shared_ptr<std::optional<outer>> box) {
  outer const f = box->value();
  f.add_done_callback([](outer const&) { log("callback 3 (added after main began to wait)"); });
  co_await sleep(1 * U);
  log("child ends, outer done:", f.done());
  co_return 1;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const box = std::make_shared<std::optional<outer>>();
  outer const f = box->emplace(create_task(ex, gather(child(box))));
  f.add_done_callback(
      [&f](outer const& x) { log("callback 1, same future:", same(x, f), "done:", x.done()); });
  f.add_done_callback([](outer const& x) { log("callback 2, result:", x.result()); });
  co_await f;
  log("main resumed");
  co_await sleep(1 * U);
  f.add_done_callback([](outer const&) { log("callback 4 (added late)"); });
  log("after adding callback 4");
  co_await sleep(1 * U);
  log("end");
}

program const entry("31_done_callbacks", [] { run_virtual(async_main()); });

} // namespace parity::p31_done_callbacks
