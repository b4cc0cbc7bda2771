//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CHILD_OWNER_HPP
#define FANOUT_DETAIL_CHILD_OWNER_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/initiations.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/result_slot.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <string>

namespace fanout::inline FANOUT_ABI::detail {

/// What owns children and handles their ends: the core of an operation (`gather_core`), or a
/// `task`. Runners and handlers share it by a `child_link`, and know nothing else of it.
template <class Owner, class Slot>
concept child_owner =
    takes_end<Slot> && requires(Owner& owner, Owner const& constant, std::size_t index, Slot& slot,
                                live_child& record, live_child* record_or_null, initiation& one,
                                std::exception_ptr& error, asio::any_io_executor const& executor,
                                coroutine_id coroutine, std::string const& name) {
      // ---- before the start

      // The executor of children without one of their own.
      { constant.get_executor() } -> std::same_as<typename Owner::executor_type const&>;
      // Whether handlers on that executor run one at a time: otherwise a child gets a strand.
      { constant.is_on_serial_executor() } -> std::same_as<bool>;
      // Whether children can be cancelled: then each child gets a link with a record.
      { constant.cancellable() } -> std::same_as<bool>;
      { owner.new_link(index) } -> std::same_as<child_link<Owner>>;
      { owner.new_link(index, executor) } -> std::same_as<child_link<Owner>>;
      // Whether a child that has not started must not start.
      { owner.forbids_start() } -> std::same_as<bool>;
      // The name of the child, the outermost first.
      owner.set_name(index, name);
      // The child runs on another context than the owner.
      owner.runs_elsewhere();

      // ---- while the child runs

      // The holders of a record; the executor of its child.
      owner.records().hold(record);
      owner.records().release(record);
      owner.records().move_to(record, executor);
      // Whether `all_tasks` may list the child; then the coroutine that awaits it is asked for.
      { constant.is_listed() } -> std::same_as<bool>;
      owner.set_coroutine(record, coroutine);
      // An operation is being initiated; its initiation has returned.
      owner.initiation_begins(one);
      owner.initiation_returns(one);

      // ---- the end; of several ends of one child the first counts

      // The initiation has thrown, or the handler is called: whether the child ends with that.
      { owner.initiation_throws(one) } -> std::same_as<bool>;
      { owner.handler_called(index) } -> std::same_as<bool>;
      // The child has ended: its value is in the slot, or its error is here.
      owner.ended(record_or_null, index, slot, error, ended_in::handler);
      // The first step of the child has thrown: whether the child ends with that. Then `drop`
      // returns that error.
      { owner.fails_in_first_step(record, error) } -> std::same_as<bool>;
      // The child was destroyed along with its context: returns the error that it ends with.
      { owner.drop(record) } -> std::same_as<std::exception_ptr>;
    };

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CHILD_OWNER_HPP
