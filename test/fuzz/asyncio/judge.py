# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Runs programs on asyncio, in virtual time.

asyncio is that of CPython, with the deliberate differences of fanout as switches: see `Switches`.
What takes other turns of the loop, and so may come in another order within one instant, stands in
`Turns`.
"""

import asyncio
import collections
import heapq
from collections.abc import Coroutine
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

from programs import Step

UNIT = 1_000_000  # a step waits so many times its number; smaller parts tell timers apart


class Switches(NamedTuple):
    """The deliberate differences, by their names in docs/from_asyncio.md. False: as in CPython."""

    D1: bool = True  # a cancelled gather waits for its children
    D4: bool = True  # waiting for what is done passes through the loop
    D6: bool = True  # a cancellation lasts
    D12: bool = True  # a wait that has succeeded succeeds, but that of a group
    late_requests: bool = True  # a request reaches a running task in a later turn
    group_requests: bool = True  # a group passes every request on, not the first only


class Turns(NamedTuple):
    """How many turns more than in asyncio things take (D5, D13). -1: they come before others."""

    end: int = 0  # what waits for a child hears of its end
    plain: int = 0  # what waits for a shield or a timer goes on
    leave: int = 0  # what waits for a group goes on
    member: int = 0  # another child of a group than the first begins
    wake: int = 0  # what waits for a task hears of its end
    start: int = 0  # a child begins
    group: int = 0  # the first child of a group begins
    request: int = 0  # a request reaches a task
    step: int = 0  # a task that only yields goes on
    gather: int = 0  # a gather of tasks begins
    next: int = 0  # as_completed begins, and what waits for its next end goes on
    shield: int = 0  # a shield ends
    close: int = 0  # as_completed passes a request on


ASYNCIO = Turns()
FANOUT = Turns(end=-1, plain=-1, leave=-1, member=-1, group=1)
# Where a search begins.
RULES = (
    FANOUT,
    ASYNCIO,
    FANOUT._replace(gather=1),
    FANOUT._replace(gather=1, next=1, shield=1, close=1),
)
PASSES = ("gather", "next", "shield", "close")  # what passes through the loop comes before nothing


def changed(turns: Turns, random: Random) -> Turns:
    """The same, but for one kind."""
    kind = random.choice(Turns._fields)
    least = 0 if kind in PASSES else -1
    return turns._replace(**{kind: random.choice((least, 0, 1, 2, 3, 5))})



class Order(Protocol):
    """Decides how many turns a callback takes, where `Turns` is only the rule."""

    def pick(self, options: int) -> int:
        """Which of so many options is taken. 0: as the rule says."""

    def saw(self, event: str) -> None:
        """An event of the trace."""


MORE_TURNS = (0, None, 1, 9, 2, 4, 3, 6)  # the options for a callback; None: it comes before others
MORE_PASSES = 3  # the options for something that passes through the loop: none more, to two


# ---- the loop


class Loop(asyncio.AbstractEventLoop):
    """An event loop whose time jumps to the next timer when nothing is ready.

    Timers come alone: the next one waits until nothing is ready any more.
    """

    def __init__(self, turns: Turns, switches: Switches, order: Order | None) -> None:
        self.now = 0
        self.turns = turns
        self.switches = switches
        self.order = order
        self.urgent: collections.deque[asyncio.Handle] = collections.deque()
        self.members: collections.deque[asyncio.Handle] = collections.deque()
        self.ready: collections.deque[tuple[int, asyncio.Handle]] = collections.deque()
        self.timers: list[tuple[int, int, asyncio.Handle]] = []
        self.n_timers = 0

    def run(self) -> None:
        asyncio._set_running_loop(self)
        try:
            while self.urgent or self.members or self.ready or self.timers:
                if self.urgent:
                    handle = self.urgent.popleft()
                elif self.members:
                    handle = self.members.popleft()
                elif self.ready:
                    later, handle = self.ready.popleft()
                    if later > 0:
                        self.ready.append((later - 1, handle))
                        continue
                else:
                    self.now, _, handle = heapq.heappop(self.timers)
                if not handle._cancelled:
                    handle._callback(*handle._args)
        finally:
            asyncio._set_running_loop(None)

    def hurry(self, task: "Task") -> None:
        """Has a task that was cancelled before its first step end at once, if ends come first."""
        if self.turns.end < 0:
            for queue in (self.members, self.ready):
                for entry in queue:
                    handle = entry if queue is self.members else entry[1]
                    if getattr(handle._callback, "__self__", None) is task:
                        queue.remove(entry)
                        self.urgent.append(handle)
                        return

    def time(self) -> int:
        return self.now

    def call_soon(self, callback, *args, context=None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        kind = kind_of(callback, *args)
        later = getattr(self.turns, kind)
        if self.order and (option := self.order.pick(len(MORE_TURNS))):
            more = MORE_TURNS[option]
            later = -1 if more is None else max(later, 0) + more
        if later < 0:
            (self.members if kind == "member" else self.urgent).append(handle)
        else:
            self.ready.append((later, handle))
        return handle

    def call_later(self, delay, callback, *args, context=None) -> asyncio.Handle:
        return self.call_at(self.now + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self.n_timers += 1
        heapq.heappush(self.timers, (max(when, self.now), self.n_timers, handle))
        return handle

    def create_future(self) -> asyncio.Future:
        return asyncio.Future(loop=self)

    def create_task(self, coroutine, **kwargs) -> "Task":
        return Task(coroutine, loop=self, **kwargs)

    def get_debug(self) -> bool:
        return False

    def call_exception_handler(self, context) -> None:
        pass


def kind_of(callback, *args) -> str:
    """Which of the numbers of `Turns` counts for a callback."""
    if args and asyncio.isfuture(args[0]):
        if isinstance(args[0], NamedTask):
            return "wake"
        if isinstance(args[0], GroupEnd):
            return "leave"
        return "end" if isinstance(args[0], (Task, Gathering)) else "plain"
    owner = getattr(callback, "__self__", None)
    if not isinstance(owner, Task):
        return "step"
    if callback == getattr(owner, "deliver", None):
        return "request"
    if owner.begun:
        return "step"
    if isinstance(owner, FirstOfGroup):
        return "group"
    return "member" if isinstance(owner, Member) else "start"


# ---- tasks and futures


class Task(asyncio.tasks._PyTask):
    """A task of asyncio. D12: a cancellation strikes no wait that has succeeded, but that of a group."""

    begun = False

    def cancel(self, msg=None) -> bool:
        if not self._loop.switches.D12:
            return super().cancel(msg)
        if self.done():
            return False
        self._num_cancels_requested += 1
        if not self.begun:
            self._must_cancel = True
            self._loop.hurry(self)
        elif self._fut_waiter is not None and not self._fut_waiter.cancel():
            # A group that was not told yet of its last end is cancelled all the same.
            self._must_cancel = isinstance(self._fut_waiter, GroupEnd)
        return True


class FirstOfGroup(Task):
    """The task that creates the others of a group."""


class Member(Task):
    """Another task of a group."""


class NamedTask(Task):
    """One that a program has created. It may be running when it is asked to end."""

    asked = False

    def cancel(self, msg=None) -> bool:
        if self.done() or not self.begun or not self._loop.switches.late_requests:
            return super().cancel(msg)
        if not self.asked:
            self.asked = True
            self._loop.call_soon(self.deliver)
        return True

    def deliver(self) -> None:
        self.asked = False
        super().cancel()


class Gathering(asyncio.Future):
    """What asyncio.gather returns. D1: a cancelled one waits for all its children."""

    def __init__(self, children: list[Task], return_exceptions: bool, switches: Switches) -> None:
        super().__init__()
        self.children = children
        self.return_exceptions = return_exceptions
        self.waits = switches.D1
        self.left = len(set(children))
        self.asked = False
        self.error: BaseException | None = None
        for child in dict.fromkeys(children):
            child.add_done_callback(self.ended)

    def cancel(self, msg=None) -> bool:
        if self.done():
            return False
        accepted = [child.cancel() for child in dict.fromkeys(self.children)]
        self.asked = self.asked or any(accepted)
        return any(accepted)

    def ended(self, child: Task) -> None:
        self.left -= 1
        error = error_of(child)
        if self.done():
            return
        if not self.return_exceptions:
            self.error = self.error or error
        if self.error and not (self.asked and self.waits):
            self.set_exception(self.error)
        elif self.left == 0:
            if self.error or self.asked:
                self.set_exception(self.error or asyncio.CancelledError())
            else:
                self.set_result([error_of(c) or c.result() for c in self.children])


class GroupEnd(asyncio.Future):
    """What the task that runs a group waits for. `group_requests`: it passes every request on."""

    def __init__(self, group: asyncio.TaskGroup, loop: Loop) -> None:
        super().__init__(loop=loop)
        self.group = group

    def cancel(self, msg=None) -> bool:
        if self.group._aborting and self._loop.switches.group_requests:
            self.group._abort()
        return super().cancel(msg)


class Ordered(dict):
    """A set that keeps its order: a TaskGroup cancels its tasks in the order of their creation."""

    def add(self, x) -> None:
        self[x] = None

    def discard(self, x) -> None:
        self.pop(x, None)


class Parent:
    """What a TaskGroup takes for the task that it cancels on an error.

    The task that runs the group only waits here, so nothing has to cancel it. CPython 3.11 leaves it
    cancelled, which later versions have mended.
    """

    def done(self) -> bool:
        return False

    def cancel(self) -> None:
        pass

    def uncancel(self) -> int:
        return 1

    def cancelling(self) -> int:
        return 0


def error_of(future: asyncio.Future) -> BaseException | None:
    return asyncio.CancelledError() if future.cancelled() else future.exception()


# ---- programs


class Failure(Exception):
    """The error that a program raises by itself."""


def show(x: Any) -> str:
    if isinstance(x, list):
        return "[" + ",".join(map(show, x)) + "]"
    if isinstance(x, asyncio.CancelledError):
        return "Cancelled"
    if isinstance(x, TimeoutError):
        return "Timeout"
    return str(x)


class Interpreter:
    def __init__(
        self,
        turns: Turns = ASYNCIO,
        switches: Switches = Switches(),
        order: Order | None = None,
    ) -> None:
        self.loop = Loop(turns, switches, order)
        self.order = order
        self.turns = turns
        self.switches = switches
        self.tasks: dict[str, NamedTask] = {}
        self.trace: list[str] = []

    def run_program(self, root: Step) -> list[str]:
        self.tasks["main"] = self.child(root, NamedTask)
        self.loop.run()
        for name, task in sorted(self.tasks.items()):
            if not task.done():
                end = "pending"
            elif error := error_of(task):
                end = "raises " + show(error)
            else:
                end = "yields " + show(task.result())
            self.tell(f"end {name} {end}")
        return self.trace

    # ---- pieces

    def log(self, step: Step, what: str) -> None:
        self.tell(f"{self.loop.now // UNIT} {step.ident} {what}")

    def tell(self, event: str) -> None:
        self.trace.append(event)
        if self.order:
            self.order.saw(event)

    def check(self) -> None:
        """What every co_await does first (D6)."""
        if self.switches.D6 and asyncio.current_task().cancelling():
            raise asyncio.CancelledError

    def reset(self) -> None:
        """What asio::this_coro::reset_cancellation_state does (D6)."""
        while asyncio.current_task().cancelling():
            asyncio.current_task().uncancel()

    def child(self, step: Step, kind: type[Task] = Task) -> Task:
        return kind(self.begin(self.run, step), loop=self.loop)

    def children(self, step: Step) -> list[Task]:
        return [self.child(inner) for inner in step.steps]

    async def begin(self, function, *args):
        """The body of a task."""
        asyncio.current_task().begun = True
        return await function(*args)

    def run(self, step: Step) -> Coroutine:
        self.check()
        body = getattr(self, "do_" + step.verb)(step)
        return body if step.verb in ("seq", "try") else self.told(step, body)

    async def told(self, step: Step, body: Coroutine):
        try:
            result = await body
        except BaseException as e:
            self.log(step, "raises " + show(e))
            raise
        self.log(step, "yields " + show(result))
        return result

    def until(self, step: Step, units: str) -> int:
        """How long to wait so many units. Each step has a moment of its own in the instant."""
        return (self.loop.now // UNIT + int(units)) * UNIT + step.ident - self.loop.now

    async def pause(self, step: Step, units: str) -> None:
        self.check()
        await asyncio.sleep(self.until(step, units) if int(units) > 0 else 0)

    async def pass_turns(self, n: int, has_succeeded: bool = False) -> None:
        if self.order:
            n += self.order.pick(MORE_PASSES)
        for _ in range(n):
            await asyncio.sleep(0)
            if not has_succeeded:
                self.check()

    async def wait_for(self, task: NamedTask):
        if self.switches.D4 and task.done():
            await asyncio.sleep(0)
        return await task

    async def child_of(self, task: NamedTask):
        """Waiting for a task as the child of an operation, which has passed through the loop already."""
        return await task

    def known(self, names: list[str]) -> list[NamedTask]:
        return [self.tasks[name] for name in names if name in self.tasks]

    # ---- leaves, and what runs in one coroutine

    async def do_sleep(self, step: Step):
        self.log(step, "begins")
        await self.pause(step, step.words[0])
        return f"v{step.ident}"

    async def do_done(self, step: Step):
        return f"v{step.ident}"

    async def do_fail(self, step: Step):
        raise Failure(f"E{step.ident}")

    async def do_seq(self, step: Step):
        result = f"v{step.ident}"
        for inner in step.steps:
            result = await self.run(inner)
        return result

    async def do_try(self, step: Step):
        try:
            return await self.run(step.steps[0])
        except (Failure, TimeoutError) as e:
            return "caught " + show(e)

    async def do_on_cancel(self, step: Step):
        how, units = step.words
        try:
            return await self.run(step.steps[0])
        except asyncio.CancelledError:
            self.reset()
        self.log(step, "cleans")
        if units != "-1":
            await self.pause(step, units)
        if how == "swallow":
            return f"v{step.ident}"
        if how == "fail":
            raise Failure(f"E{step.ident}")
        raise asyncio.CancelledError

    # ---- gathers and groups

    async def do_gather(self, step: Step):
        return await Gathering(self.children(step), False, self.switches)

    async def do_gather_re(self, step: Step):
        return await Gathering(self.children(step), True, self.switches)

    async def gather_tasks(self, step: Step, return_exceptions: bool):
        if not (known := self.known(step.words)):
            return "none"
        self.check()
        await self.pass_turns(self.turns.gather)
        return await Gathering(known, return_exceptions, self.switches)

    async def do_gather_tasks(self, step: Step):
        return await self.gather_tasks(step, False)

    async def do_gather_tasks_re(self, step: Step):
        return await self.gather_tasks(step, True)

    async def do_group(self, step: Step):
        def add(task: Task) -> Task:
            group._tasks.add(task)
            task.add_done_callback(group._on_task_done)
            return task

        def first() -> Coroutine:
            for inner in step.steps[1:]:
                add(self.child(inner, Member))
            return self.run(step.steps[0])

        try:
            async with asyncio.TaskGroup() as group:
                group._tasks = Ordered()
                group._parent_task = Parent()
                group._loop = SimpleNamespace(create_future=lambda: GroupEnd(group, self.loop))
                body = add(FirstOfGroup(self.begin(first), loop=self.loop))
        except BaseExceptionGroup as e:
            raise e.exceptions[0]
        return body.result()

    # ---- limits of time, shields

    async def within(self, step: Step, task: Task):
        async with asyncio.timeout(self.until(step, step.words[0])):
            return await task

    async def do_timeout(self, step: Step):
        return await self.within(step, self.child(step.steps[0]))

    async def do_timeout_task(self, step: Step):
        if not (known := self.known(step.words[1:])):
            return "none"
        self.check()
        return await self.within(step, self.loop.create_task(self.begin(self.child_of, known[0])))

    async def shielded(self, task: Task):
        try:
            return await asyncio.shield(task)
        finally:
            await self.pass_turns(self.turns.shield)

    async def do_shield(self, step: Step):
        return await self.shielded(self.child(step.steps[0]))

    async def do_shield_task(self, step: Step):
        if not (known := self.known(step.words)):
            return "none"
        self.check()
        if self.switches.D4 and known[0].done():
            await self.pass_turns(1, has_succeeded=True)
        return await self.shielded(known[0])

    # ---- tasks

    async def do_create(self, step: Step):
        self.tasks[step.words[0]] = self.child(step.steps[0], NamedTask)
        return "created"

    async def do_await(self, step: Step):
        if not (known := self.known(step.words)):
            return "none"
        self.check()
        return await self.wait_for(known[0])

    async def do_cancel(self, step: Step):
        if not (known := self.known(step.words)):
            return "none"
        return "true" if known[0].cancel() else "false"

    async def do_callback(self, step: Step):
        for task in self.known(step.words):
            task.add_done_callback(lambda _: self.log(step, "called"))
        return "added"

    # ---- wait, as_completed

    async def do_wait(self, step: Step):
        when, limit, *names = step.words
        if not (known := self.known(names)):
            return "none"
        self.check()
        timeout = self.until(step, limit) if limit != "-1" else None
        done, _ = await asyncio.wait(known, timeout=timeout, return_when=WHEN[when])
        return [name for name in names if name in self.tasks and self.tasks[name] in done]

    async def do_as_completed(self, step: Step):
        async def outcome(inner: Step) -> str:
            try:
                return show(await self.run(inner))
            except BaseException as e:
                return show(e)

        self.check()
        await self.pass_turns(self.turns.next)
        tasks = [self.loop.create_task(self.begin(outcome, inner)) for inner in step.steps]
        try:
            for end in asyncio.as_completed(tasks):
                result = await end
                await self.pass_turns(self.turns.next)
                self.log(step, "next " + result)
                if step.words[0] != "0":
                    await self.pause(step, step.words[0])
                self.check()
            await self.pass_turns(self.turns.next, has_succeeded=True)  # there is no next end
        except asyncio.CancelledError:
            self.reset()
            await self.pass_turns(self.turns.close)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            raise
        return "over"


WHEN = {
    "all": asyncio.ALL_COMPLETED,
    "first": asyncio.FIRST_COMPLETED,
    "exception": asyncio.FIRST_EXCEPTION,
}
