//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_STRAGGLERS_HPP
#define FANOUT_DETAIL_STRAGGLERS_HPP

#include <fanout/error.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/group_tasks.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// The children of one operation that a group adopts. Each child gets a future, which the group
/// watches and cancels like that of a task. Thread-safe: a child may end while it is being adopted.
class stragglers_core {
public:
  explicit stragglers_core(std::weak_ptr<group_handle> group) noexcept : group_(std::move(group)) {}
  stragglers_core(stragglers_core const&) = delete;
  stragglers_core& operator=(stragglers_core const&) = delete;

  ~stragglers_core() {
    for (auto const& [index, child] : running_) child->abandon();
  }

  void adopt(asio::any_io_executor const& executor, std::vector<straggler> const& left) {
    executor_ = idle(executor);
    std::vector<child_future> adopted;
    adopted.reserve(left.size());
    for (straggler const& each : left) adopted.push_back(future_of(each));
    std::unique_lock lock(mutex_);
    for (std::size_t i = 0; i < left.size(); ++i) running_.emplace(left[i].index, adopted[i]);
    handed_over_ = true;
    auto const meanwhile = std::exchange(meanwhile_, {});
    lock.unlock();
    for (child_future const& each : adopted) give_to_group(each);
    for (failure const& each : meanwhile) ended(each);
  }

  void ended(failure const& f) {
    std::unique_lock lock(mutex_);
    if (!handed_over_) return meanwhile_.push_back(f);
    auto const found = running_.extract(f.index);
    lock.unlock();
    if (found)
      settle(*found.mapped(), f);
    else if (f.exception) // the child had ended, but its end was not reported yet
      give_to_group(failed_future(f));
  }

private:
  using child_future = std::shared_ptr<future_state<void>>;

  child_future future_of(straggler const& s) const {
    auto made = std::make_shared<future_state<void>>(executor_, made_serial(executor_),
                                                     name_of(s.index, s.name));
    made->slot().assign([cancel = s.cancel](asio::cancellation_type type) { cancel(type); });
    return made;
  }

  child_future failed_future(failure const& f) const {
    auto made = std::make_shared<future_state<void>>(executor_, asio::any_io_executor(),
                                                     name_of(f.index, f.name));
    settle(*made, f);
    return made;
  }

  static std::string name_of(std::size_t index, std::string const& given) {
    return given.empty() ? "child " + std::to_string(index) + " of a gather" : given;
  }

  static void settle(future_state<void>& child, failure const& f) {
    if (f.exception)
      child.fail(f.exception);
    else
      child.succeed();
  }

  // Cancels the child if the group is destroyed, or has ended.
  void give_to_group(child_future const& each) const {
    auto const group = group_.lock();
    if (!group || !group->adopt(std::make_unique<adopted_task>(each)))
      each->cancel(asio::cancellation_type::terminal);
  }

  std::weak_ptr<group_handle> const group_;
  asio::any_io_executor executor_;
  std::mutex mutex_; // protects the members below
  bool handed_over_ = false;
  std::map<std::size_t, child_future> running_;
  std::vector<failure> meanwhile_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_STRAGGLERS_HPP
