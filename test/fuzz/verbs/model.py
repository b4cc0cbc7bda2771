# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""What the manual says of race, first_success, limits, deadlines, limiters, groups and streams, as a slow
simulation. Each rule stands beside its sentence of the manual. Nothing here was taken from the library.

A trace is a list of lines "instant work what". What is ready at one instant runs in the order in which it became ready,
unless `order` says otherwise: the manual leaves that order open.
"""

from __future__ import annotations

import heapq
import sys
from pathlib import Path
from typing import Callable, Iterator, Protocol

sys.path.insert(0, str(Path(__file__).parent))
from language import Node, Program, read  # noqa: E402

Outcome = tuple[bool, str]  # whether it is a value, and its text

CANCELLED: Outcome = (False, "!cancelled")
DEADLINE: Outcome = (False, "!deadline")


class Order(Protocol):
    """Decides what the manual leaves open."""

    def pick(self, choices: int) -> int:
        """Which of so many comes next."""

    def more_turns(self) -> int:
        """How many turns more something takes that happens in a later turn."""

    def saw(self, line: str) -> None:
        """A line of the trace."""


class World:
    """Virtual time, and the trace."""

    def __init__(self, program: Program, order: Order | None = None) -> None:
        self.now = 0
        self.trace: list[str] = []
        self.main_has_ended = False
        self.run_cleans_up = False  # at this moment
        self.running: dict[int, Work] = {}
        self.targets = {target for _, _, target in program.requests} | set(asked_by_leaves(program.root))
        self.limiters = [Limiter(self, places) for places in program.limiters]
        self._order = order
        self._ready: list[tuple[int, Callable[[], None]]] = []  # each with the turns that it has to wait
        self._timers: list[list] = []
        self._number = 0

    def ask(self, kind: str, target: int) -> None:
        """A request to what has not begun, or has ended, is lost. None is made after the end of main."""
        if target in self.running and not self.main_has_ended:
            self.running[target].ask(kind)

    def say(self, name: object, text: str) -> None:
        self.trace.append(f"{self.now} {name} {text}")
        if self._order:
            self._order.saw(self.trace[-1])

    def later(self, action: Callable[[], None]) -> None:
        """In a later turn of this instant."""
        self._ready.append((self._order.more_turns() if self._order else 0, action))

    def after(self, delay: int, action: Callable[[], None]) -> list:
        """The timer can be forgotten by `cancel`."""
        self._number += 1
        timer = [self.now + delay, self._number, action]
        heapq.heappush(self._timers, timer)
        return timer

    @staticmethod
    def cancel(timer: list | None) -> None:
        if timer:
            timer[2] = None

    def run(self) -> None:
        while True:
            self._timers = [timer for timer in self._timers if timer[2]]
            heapq.heapify(self._timers)
            due = sorted(timer for timer in self._timers if timer[0] == self.now)
            choices = len(self._ready) + len(due)
            if choices:
                self._take(self.pick(choices), due)
            elif self._timers:
                self.now = self._timers[0][0]
            else:
                return

    def pick(self, choices: int) -> int:
        return self._order.pick(choices) if self._order and choices > 1 else 0

    def _take(self, index: int, due: list[list]) -> None:
        if index < len(self._ready):
            turns, action = self._ready.pop(index)
            if turns:
                self._ready.append((turns - 1, action))
            else:
                action()
        else:
            timer = due[index - len(self._ready)]
            action, timer[2] = timer[2], None
            action()


def asked_by_leaves(node: Node) -> Iterator[int]:
    """What leaves ask to end, in their first steps."""
    if "asks" in node.settings:
        yield node.settings["asks"]
    for part in node.parts:
        yield from asked_by_leaves(part)


class Limiter:
    """"It has n places; who comes first is served first." """

    def __init__(self, world: World, places: int) -> None:
        self._world = world
        self._free = places
        self._waiting: list[Callable[[], None]] = []

    def try_acquire(self) -> bool:
        """"Takes a place only if one is free and nobody waits." """
        if self._free == 0 or self._waiting:
            return False
        self._free -= 1
        return True

    def wait(self, granted: Callable[[], None]) -> None:
        self._waiting.append(granted)
        self._serve()

    def leave(self, granted: Callable[[], None]) -> bool:
        """Whether it was still waiting."""
        if granted not in self._waiting:
            return False
        self._waiting.remove(granted)
        return True

    def release(self) -> None:
        self._free += 1
        self._serve()

    def _serve(self) -> None:
        while self._free and self._waiting:
            self._free -= 1
            self._world.later(self._waiting.pop(0))


class Work:
    """Something that starts, hears requests, and ends once."""

    def __init__(self, world: World, node: Node, group: Group | None) -> None:
        self.world = world
        self.node = node
        self.group = group  # the innermost group around it
        self.parent: Work | None = None
        self.on_end: Callable[[Outcome], None] = lambda outcome: None
        self.is_over = False

    def start(self) -> None:
        self.world.say(self.node.id, "starts")
        self.world.running[self.node.id] = self
        self.begin()

    def end(self, outcome: Outcome) -> None:
        """The end of a work that is asked from outside takes turns: it runs as a coroutine of its own."""
        self.is_over = True
        if self.node.id in self.world.targets:
            self.world.later(lambda: self.world.later(lambda: self._finish(outcome)))
        else:
            self._finish(outcome)

    def _finish(self, outcome: Outcome) -> None:
        del self.world.running[self.node.id]
        self.world.say(self.node.id, "ends " + outcome[1])
        self.on_end(outcome)

    def ask(self, kind: str) -> None:
        if not self.is_over:
            self.hear(kind)

    def part(self, index: int) -> Work:
        work = make(self.world, self.node.parts[index], self.group)
        work.parent = self
        return work

    def starts_inside(self) -> bool:
        """"With eager the children start inside the initiating call, each up to its first real wait." "From a posted
        handler in a child that is launched by co_spawn", as is what is asked from outside."""
        above: Work | None = self
        while above and above.node.id not in self.world.targets:
            above = above.parent
            if not isinstance(above, Hold):
                return "eager" in self.node.words
        return "eager" in self.node.words and self.world.pick(2) == 1

    def begin(self) -> None:
        raise NotImplementedError

    def hear(self, kind: str) -> None:
        raise NotImplementedError


class Waiter(Work):
    """A coroutine that waits for one thing after the other."""

    def __init__(self, world: World, node: Node, group: Group | None) -> None:
        super().__init__(world, node, group)
        self.kind = ""  # the type of the last request, until it resets its state
        self._wait: list | None = None
        self._can_hear = False
        self._go_on: Callable[[bool], None] = lambda asked: None

    def sleep(self, span: int, go_on: Callable[[bool], None], can_hear: bool = False) -> None:
        """Calls `go_on(asked)`. "A duration of zero or less yields once"; it cannot be cancelled then."""
        self._go_on = go_on
        if span > 0 or can_hear:
            self._can_hear = True
            self._wait = self.world.after(span, lambda: self._resume(False))
        else:
            self.world.later(lambda: go_on(False))

    def hears(self, kind: str) -> bool:
        """"A child that is a coroutine hears of terminal requests only, unless it enables more." """
        return kind == "terminal"

    def hear(self, kind: str) -> None:
        """The state of a coroutine in Asio has the type of the last request alone: none, if it does not hear that."""
        self.kind = kind if self.hears(kind) else ""
        if self.kind and self._can_hear:
            self.world.cancel(self._wait)
            self._resume(True)

    def _resume(self, asked: bool) -> None:
        """A wait that has succeeded succeeds, whatever is asked from here on. One that was asked goes on inside of the
        request, or in a later turn."""
        self._can_hear = False
        if asked and self.world.pick(2) == 1:
            self._go_on(True)
        else:
            self.world.later(lambda: self._go_on(asked))


class Leaf(Waiter):
    def begin(self) -> None:
        self._length, self._end, self._reaction = self.node.words[:3]
        if "asks" in self.node.settings:
            self.world.ask("terminal", self.node.settings["asks"])
        if self._length == "now":
            return self.end(self._outcome(self._end))
        self._due = self.world.now + int(self._length)
        self.sleep(int(self._length), self._first_wait)

    def hears(self, kind: str) -> bool:
        return "hears_all" in self.node.words or super().hears(kind)

    def _first_wait(self, asked: bool) -> None:
        if not asked:
            return self.end(self._outcome(self._end))
        self._say_asked("asked")
        if self._reaction == "ignore":
            return self._sleep_on()
        if "after" in self.node.settings:
            return self.sleep(self.node.settings["after"], self._second_wait)
        self.end(self._outcome(self._reaction))

    def _sleep_on(self) -> None:
        """A moment of this very instant may have passed or not: it is not known to the picosecond."""
        rest = self._due - self.world.now
        self.sleep(rest, self._first_wait, can_hear=rest == 0 and self.world.pick(2) == 1)

    def _second_wait(self, asked: bool) -> None:
        """"A second request interrupts a child that is cleaning up after the first one." """
        if asked:
            self._say_asked("asked again")
            return self.end(CANCELLED)
        self.end(self._outcome(self._reaction))

    def _say_asked(self, what: str) -> None:
        self.world.say(self.node.id, what + " " + self.kind)
        self.kind = ""

    def _outcome(self, how: str) -> Outcome:
        if how == "value":
            return (True, f"v{self.node.id}")
        return (False, f"!e{self.node.id}") if how == "error" else CANCELLED


class Hold(Work):
    """A coroutine that acquires a place, and then runs its part with it."""

    def begin(self) -> None:
        self._limiter = self.world.limiters[self.node.settings["limiter"]]
        self._asked = False
        self._child: Work | None = None
        self._limiter.wait(self._granted)

    def hear(self, kind: str) -> None:
        """A wait can be cancelled with every type, until it has a place."""
        self._asked = True
        if self._child:
            self._child.ask(kind)
        elif self._limiter.leave(self._granted):
            self.world.later(lambda: self.end(CANCELLED))

    def _granted(self) -> None:
        self.world.say(self.node.id, "has a place")
        if self._asked:  # the next co_await of a coroutine that was asked throws
            return self._over(CANCELLED)
        self._child = self.part(0)
        self._child.on_end = self._over
        self._child.start()

    def _over(self, outcome: Outcome) -> None:
        self._limiter.release()
        self.end(outcome)


class Family(Work):
    """Children, and the policies limit, limit(limiter), child_timeout and deadline."""

    def begin(self) -> None:
        self._has = set(self.node.words)
        self._settings = self.node.settings
        self._children: list[Work | None] = [None] * len(self.node.parts)
        self._places: list[Outcome | None] = [None] * len(self.node.parts)
        self._running: set[int] = set()
        self._next = 0
        self._closed = False  # no further child starts
        self._missing = CANCELLED  # how a child that never starts counts
        self._asked: set[str] = set()  # by requests from outside
        self._struck = False  # the deadline has passed
        self._limited: set[int] = set()  # children that a time limit has asked
        self._has_asked_all = False  # since an end of a child has decided
        self._has_begun = False  # in the posted handler, or the call, that starts the children
        self._starting = False
        self._waits_for_place = False
        self._has_completed = False
        self._timers: list[list] = []
        if "deadline" in self._settings:
            self._set_deadline(self._settings["deadline"])
        self._is_inside = self.starts_inside()  # the initiating call
        if self._is_inside:
            self._start_more()
            self._is_inside = False
        else:
            self.world.later(self._start_more)

    # -- starting

    def _set_deadline(self, span: int) -> None:
        """"Counted from the initiation. If the moment has passed already, no child starts." """
        if span > 0:
            self._timers.append(self.world.after(span, self._strike))
        else:
            self._struck = True
            self._close(DEADLINE)

    def _gives_results(self) -> bool:
        return bool({"return_exceptions", "keep_results"} & self._has)

    def may_start(self) -> bool:
        limit = self._settings.get("limit", 10**9)
        return not self._closed and self._next < len(self._children) and len(self._running) < limit

    def _start_more(self) -> None:
        """"The children start in the order of the arguments." """
        if self._starting:
            return
        self._has_begun = self._starting = True
        while self.may_start() and self._take_place():
            self._start_next()
        self._starting = False
        self._look()

    def _take_place(self) -> bool:
        """"Each child of a gather has a place from right before its start to its end." """
        if "limiter" not in self._settings:
            return True
        limiter = self.world.limiters[self._settings["limiter"]]
        if self._waits_for_place:
            return False
        if limiter.try_acquire():
            return True
        self._waits_for_place = True
        limiter.wait(self._granted)
        return False

    def _granted(self) -> None:
        if not self._waits_for_place:
            return
        self._waits_for_place = False
        if not self.may_start():
            self._limiter().release()
            return self._look()
        self._starting = True
        self._start_next()
        self._starting = False
        self._start_more()

    def _limiter(self) -> Limiter:
        return self.world.limiters[self._settings["limiter"]]

    def _start_next(self) -> None:
        index = self._next
        self._next += 1
        self._running.add(index)
        child = self._children[index] = self.part(index)
        child.on_end = lambda outcome: self._child_ended(index, outcome)
        if "child_timeout" in self._settings:
            span = self._settings["child_timeout"]
            self._timers.append(self.world.after(span, lambda: self._strike_child(index)))
        child.start()

    # -- asking

    def hear(self, kind: str) -> None:
        """"Every request is passed on to every child that has not ended, in the order of the arguments.
        No further child starts. Once it has completed, requests do nothing." """
        if self._has_completed:
            return
        self._asked.add(kind)
        self._close()
        for index in sorted(self._running):
            self._children[index].ask(kind)
        self._look()

    def asks_left_over(self, kind: str) -> None:
        """It has ended, and run asks a child that it has left."""
        self._asked.add(kind)

    def _close(self, missing: Outcome = CANCELLED) -> None:
        """"A child that never starts counts by what has kept it from starting first." """
        if not self._closed:
            self._closed = True
            self._missing = missing
        if self._waits_for_place and self._limiter().leave(self._granted):
            self._waits_for_place = False
        elif self._waits_for_place and self.world.pick(2) == 1:
            # A place that is on its way is given back at once, or when it comes.
            self._waits_for_place = False
            self._limiter().release()

    def ask_rest(self) -> None:
        """An end of a child has decided: those that still run are asked to end, and no more start. "Nothing is asked by
        a decision if a terminal request, or the deadline, has asked all before." """
        self._close()
        if not self._has_asked_all and not self._struck and "terminal" not in self._asked:
            self._has_asked_all = True
            self._ask_all()

    def _ask_all(self) -> None:
        for index in sorted(self._running):
            self._children[index].ask("terminal")

    def _strike(self) -> None:
        """"At that moment the children that run get a terminal request, and no more start." """
        self._struck = True
        self._limited |= self._running
        self._close(DEADLINE)
        self._ask_all()
        self._look()

    def _strike_child(self, index: int) -> None:
        """"A child that runs longer than d, counted from its own start, gets a terminal request." """
        if index in self._running:
            self._limited.add(index)
            self._children[index].ask("terminal")

    # -- ends

    def _child_ended(self, index: int, outcome: Outcome) -> None:
        self._running.discard(index)
        if "limiter" in self._settings:
            self._limiter().release()
        outcome = self._explained(index, outcome)
        self._places[index] = outcome
        self.judge(index, outcome)
        self._start_more()

    def _explained(self, index: int, outcome: Outcome) -> Outcome:
        """"A child that then ends with operation_aborted counts as deadline_exceeded", "only if nothing outside
        of the operation that has the limit had asked the child to end"."""
        by_limit = index in self._limited and not self._was_asked_outside(index)
        return DEADLINE if outcome == CANCELLED and by_limit else outcome

    def _was_asked_outside(self, index: int) -> bool:
        return bool(self._asked)

    def all_places(self) -> list[Outcome]:
        return [place or self._missing for place in self._places]

    def all_started(self) -> bool:
        return self._next == len(self._children)

    def _look(self) -> None:
        """"It completes when all its children have ended." It hears requests until its children would start, although
        none will."""
        over = self._has_begun and (self._closed or self.all_started())
        if not self._has_completed and not self._starting and not self._running and over:
            self.complete(self.outcome())

    def complete(self, outcome: Outcome) -> None:
        self._has_completed = True
        if not self._running:
            for timer in self._timers:
                self.world.cancel(timer)
        if self._is_inside and not self._asked:
            # "If all children have ended by then, or one has failed in the default mode, a plain co_await goes on without
            # a turn of the event loop." "An operation that was asked to end in a first step ends as a cancelled one, by a
            # turn."
            self.end(outcome)
        else:
            self.world.later(lambda: self.end(outcome))

    def judge(self, index: int, outcome: Outcome) -> None:
        raise NotImplementedError

    def outcome(self) -> Outcome:
        raise NotImplementedError


def texts(places: list[Outcome]) -> str:
    return "[" + ",".join(text for _, text in places) + "]"


class Gather(Family):
    def begin(self) -> None:
        self._first_error: Outcome | None = None
        super().begin()

    def judge(self, index: int, outcome: Outcome) -> None:
        if self._has_completed:
            return self._late(index, outcome)
        if outcome[0] or self._first_error:
            return
        self._first_error = outcome
        if "cancel_on_error" in self._has:
            # "The first error cancels the children that still run, with a terminal request."
            self.ask_rest()
        elif self._may_leave_children() and not self._starting:
            # "What a limit holds back never starts."
            self._close()

    def may_start(self) -> bool:
        """"Without a limit every child starts, even if an earlier one failed at once. With limit(n) the first n start
        in any case, with a limiter those that find a place right after the start of another child." """
        if self._first_error and self._may_leave_children() and self._next >= self._settings.get("limit", 10**9):
            return False
        return super().may_start()

    def _late(self, index: int, outcome: Outcome) -> None:
        if "stragglers" in self._has and self.group:
            self.group.adopted_ended(self._children[index], outcome)
        elif not outcome[0]:
            self.world.say(self.node.id, f"late {index} {outcome[1]}")

    def _look(self) -> None:
        if self._may_leave_children() and self._first_error and not self._starting:
            # "The first child to fail, in time, completes the gather at once. Its siblings run on."
            if not self._has_completed:
                self._close()
                if "stragglers" in self._has and self.group:
                    self.group.adopt([self._children[index] for index in sorted(self._running)])
                self.complete(self._first_error)
            return
        super()._look()

    def _may_leave_children(self) -> bool:
        structured = self._gives_results() or "cancel_on_error" in self._has
        return not structured and not self._asked and not self._struck

    def outcome(self) -> Outcome:
        if self._gives_results():
            if "terminal" in self._asked and "keep_results" not in self._has:
                return CANCELLED
            return (True, texts(self.all_places()))
        if self._first_error:
            return self._first_error
        if "terminal" in self._asked:
            # "After a terminal request: if none failed, operation_aborted", also if the deadline kept some from starting.
            return CANCELLED
        if not self.all_started():
            return self._missing
        return (True, texts(self.all_places()))


class Race(Family):
    """"The first child to end decides, with a value or an error. Once it is decided the outcome stands." """

    def begin(self) -> None:
        self._decided: tuple[int, Outcome] | None = None
        self._was_asked_first = False  # by a terminal request, before an end has decided
        super().begin()

    def judge(self, index: int, outcome: Outcome) -> None:
        if not self._decided:
            self._decided = (index, self._after_request(outcome))
            self.ask_rest()

    def _after_request(self, outcome: Outcome) -> Outcome:
        """"After a terminal request it ends with the error of that child, or with operation_aborted if it has
        succeeded all the same." """
        return CANCELLED if "terminal" in self._asked and outcome[0] else outcome

    def hear(self, kind: str) -> None:
        if kind == "terminal" and not self._decided:
            self._was_asked_first = True
        super().hear(kind)

    def outcome(self) -> Outcome:
        if not self._decided:
            return self._missing
        index, outcome = self._decided
        if self._gives_results():
            return CANCELLED if self._was_asked_first else (True, f"<{index}:{texts(self.all_places())}>")
        return (True, f"<{index}:{outcome[1]}>") if outcome[0] else outcome


class First(Race):
    """"The first child to succeed decides. Errors count only when too few others are left." """

    def begin(self) -> None:
        self._winners: list[tuple[int, str]] = []
        self._failures: list[tuple[int, str]] = []
        self._over = False
        self._has_expired = False  # the deadline has passed before it was over
        self._gap: list | None = None
        self._opened = 1  # how many children the stagger lets start
        super().begin()

    def may_start(self) -> bool:
        if "stagger" in self._settings and self._next >= self._opened:
            return False
        return super().may_start()

    def _start_next(self) -> None:
        """"Every other one d after the one before it, or as soon as a child fails." """
        super()._start_next()
        if "stagger" in self._settings:
            self.world.cancel(self._gap)
            self._gap = self.world.after(self._settings["stagger"], self._open)
            self._timers.append(self._gap)
            if self._is_inside and self._settings["stagger"] == 0 and self.world.pick(2) == 1:
                self._opened = self._next + 1  # no time passes, so this call may start the next one

    def _open(self) -> None:
        self._opened = self._next + 1
        self._start_more()

    def judge(self, index: int, outcome: Outcome) -> None:
        if self._over:
            return
        if outcome[0]:
            self._winners.append((index, outcome[1]))
        else:
            self._failures.append((index, outcome[1]))
            self._opened = self._next + 1
        if "terminal" not in self._asked and (len(self._winners) == self._wanted() or self._is_lost()):
            self._over = True
            self._has_expired = self._struck and len(self._winners) < self._wanted()
            self.ask_rest()

    def _wanted(self) -> int:
        return self._settings.get("quorum", 1)

    def _is_lost(self) -> bool:
        """"all_failed, as soon as too few children can still succeed." Those that never start count in the end."""
        possible = len(self._winners) + len(self._running) + len(self._children) - self._next
        return possible < self._wanted()

    def outcome(self) -> Outcome:
        enough = len(self._winners) == self._wanted()
        if self._over and enough:
            text = ",".join(f"{index}:{value}" for index, value in self._winners)
            return (True, f"<{text}>")
        if not self._over and "terminal" in self._asked:
            return CANCELLED
        if self._has_expired or (not self._over and self._struck):
            # "deadline_exceeded, if a deadline has ended a first_success."
            return DEADLINE
        if not self._failures:
            # "operation_aborted, if none has failed by itself."
            return CANCELLED
        return (False, "!failed(" + ",".join(f"{index}:{text}" for index, text in self._failures) + ")")


class Timeout(Family):
    """A family of one child. "With a duration of zero or less the child is never started." """

    def begin(self) -> None:
        self._only: Outcome | None = None
        super().begin()
        span = self.node.settings["after"]
        if span <= 0:
            self._close(DEADLINE)
        else:
            self._timers.append(self.world.after(span, lambda: self._strike_child(0)))

    def judge(self, index: int, outcome: Outcome) -> None:
        self._only = outcome

    def outcome(self) -> Outcome:
        """deadline_exceeded only if "nothing outside had asked it to end"."""
        return self._only or (CANCELLED if self._asked else self._missing)


class Stream(Family):
    """A consumer that takes the ends of children, then closes the stream."""

    def begin(self) -> None:
        self._ends: list[tuple[int, str]] = []
        self._given_up = False
        self._taken = 0
        self._consumer_asked = False
        self._in_next = True
        self._is_served = False  # and has not gone on yet
        self._busy: list | None = None
        self._closing = False
        self._cause: Outcome | None = None
        super().begin()

    def judge(self, index: int, outcome: Outcome) -> None:
        self._ends.append((index, outcome[1]))
        if not outcome[0] and "cancel_on_error" in self._has:
            self.ask_rest()
        self._serve()

    def hear(self, kind: str) -> None:
        """"A request to a next() ends that wait alone." The consumer closes the stream then, and hears nothing any
        more. "At the end of run everything that is left over is asked", the children too."""
        if self._closing:
            if self.world.run_cleans_up:
                self._ask_all()
            return
        self._consumer_asked = True
        if self._in_next:
            self._in_next = False
            self.world.later(self._give_up)
        elif self._is_served and self.world.pick(2) == 1:
            # It "loses nothing": an end that is on its way is there for the next wait, of which there is none.
            self._is_served = False
            self.world.later(self._give_up)
        elif self._busy:
            self.world.cancel(self._busy)
            self._busy = None
            self.world.later(self._give_up)

    def _give_up(self) -> None:
        self._cause = CANCELLED
        self._close_stream()

    def _serve(self) -> None:
        if self._in_next and (self._ends or self._is_done()):
            self._in_next = False
            self._is_served = True
            self.world.later(self._take)

    def _is_done(self) -> bool:
        over = self._has_begun and (self._closed or self.all_started())
        return over and not self._running and not self._starting

    def _take(self) -> None:
        if not self._is_served:
            return
        self._is_served = False
        if not self._ends:
            return self._close_stream()
        index, text = self._ends.pop(0)
        self._taken += 1
        self.world.say(self.node.id, f"next {index} {text}")
        if "busy" in self._settings:
            if self._consumer_asked:
                return self._give_up()
            self._busy = self.world.after(self._settings["busy"], self._was_busy)
        else:
            self._next_one()

    def _was_busy(self) -> None:
        self._busy = None
        self.world.later(self._next_one)

    def _next_one(self) -> None:
        if self._taken >= self._settings.get("take", 1000):
            return self._close_stream()
        if self._consumer_asked:
            return self._give_up()
        self._in_next = True
        self._serve()

    def _close_stream(self) -> None:
        """"close() cancels what runs, starts no more from the call on, and waits for the end of all." """
        self._closing = self._has_asked_all = True
        self._close()
        self._ask_all()
        self._look()

    def _look(self) -> None:
        if self._closing:
            return super()._look()
        if self._is_done() and not self._given_up:
            # "Children that a policy keeps from being started stand at the end."
            self._given_up = True
            for index in range(self._next, len(self._children)):
                self._ends.append((index, self._missing[1]))
        self._serve()

    def outcome(self) -> Outcome:
        return self._cause or (True, f"stream{self._taken}")


class Group(Work):
    """with_task_group: a body, which is the first task, and the tasks that it creates."""

    def begin(self) -> None:
        self._has = set(self.node.words)
        self._settings = self.node.settings
        self._asked: set[str] = set()
        self._cancelled = False  # takes no more
        self._has_asked_all = False  # to end, with a terminal request
        self._is_ending = False  # no task is left
        self._asked_in_time = False  # to end with operation_aborted, while a task was left
        self._first_error: Outcome | None = None
        self._tasks: list[Task] = []
        self._adopted: list[Adopted] = []
        self._body = Task(self, Body(self.world, self))
        self._timers: list[list] = []
        if "deadline" in self._settings:
            self._timers.append(self.world.after(self._settings["deadline"], self._strike))
        self._is_inside = self.starts_inside()  # the initiating call
        self.create(self._body, self._is_inside)
        self._is_inside = False

    def create(self, task: Task, inside: bool) -> None:
        """"With eager a task starts inside create_task, up to its first real wait." """
        self._tasks.append(task)
        if inside:
            self.start_more()
        else:
            self.world.later(self.start_more)

    def takes_tasks(self) -> bool:
        return not self._cancelled

    def count_running(self) -> int:
        return sum(task.state == "running" for task in self._tasks) + len(self._adopted)

    def has_room(self) -> bool:
        return self.count_running() < self._settings.get("limit", 10**9)

    def lets_in(self) -> bool:
        """Whether "a task that is created now would start at once": those that wait come first. "Without limit slot()
        completes at once." """
        waiting = sum(task.state == "waiting" for task in self._tasks)
        return self.count_running() + waiting < self._settings.get("limit", 10**9)

    def start_more(self) -> None:
        for task in self._tasks:
            if task.state == "waiting" and self.has_room() and not self._cancelled:
                task.start()
        self.room_came()
        self.look()

    def room_came(self) -> None:
        self._body.work.room_came()

    def hear(self, kind: str) -> None:
        """"A request is passed on to all tasks, whatever its type." """
        self._asked_in_time |= kind == "terminal" and not self._is_ending
        self._asked.add(kind)
        self._ask_all(kind)

    def stop(self) -> None:
        """"group.cancel() cancels all tasks. From the call on no task starts, and none is taken." """
        self._cancelled = True
        self.world.later(lambda: self._ask_all("terminal"))

    def _strike(self) -> None:
        for task in self._tasks:
            if task.state == "running":
                task.limited = True
        for adopted in self._adopted:
            adopted.limited = True
        self._ask_all("terminal")

    def _ask_all(self, kind: str) -> None:
        self._cancelled = True
        self._has_asked_all |= kind == "terminal"
        for task in list(self._tasks):
            task.ask(kind)
        for adopted in list(self._adopted):
            adopted.work.ask(kind)
        self._body.work.group_is_cancelled()

    def task_failed(self, outcome: Outcome) -> None:
        if "keep_going" in self._has:
            return self.world.say(self.node.id, "failure " + outcome[1])
        if not self._first_error:
            # "The first task to fail cancels the others. No more start."
            self._first_error = outcome
            if not self._has_asked_all:
                self._ask_all("terminal")

    def adopt(self, works: list[Work]) -> None:
        """"They do not wait for the limit of the group, but count in it. A group that is being cancelled cancels them.
        Its time limits hold for them: child_timeout counts from the moment in which they become tasks." """
        for work in works:
            adopted = Adopted(work)
            self._adopted.append(adopted)
            if "child_timeout" in self._settings:
                self._timers.append(self.world.after(self._settings["child_timeout"], adopted.strike))
            if self._cancelled:
                work.ask("terminal")

    def adopted_ended(self, work: Work, outcome: Outcome) -> None:
        (adopted,) = [each for each in self._adopted if each.work is work]
        self._adopted.remove(adopted)
        if outcome == CANCELLED and adopted.limited and not self._asked:
            outcome = DEADLINE
        if not outcome[0] and outcome != CANCELLED:
            self.task_failed(outcome)
        self.room_came()
        self.world.later(self.start_more)

    def look(self) -> None:
        over = all(task.state == "over" for task in self._tasks) and not self._adopted
        if over and not self._is_ending:
            # A request that comes before the end itself cancels the group all the same.
            self._is_ending = True
            for timer in self._timers:
                self.world.cancel(timer)
            failed = any(task.outcome and not task.outcome[0] for task in self._tasks)
            if self._is_inside and not self._asked and not (failed and self.world.pick(2) == 0):
                # A task that has failed may cost a turn.
                self.end(self._outcome())
            else:
                self.world.later(lambda: self.end(self._outcome()))

    def was_asked_outside(self) -> bool:
        return bool(self._asked)

    def _outcome(self) -> Outcome:
        if self._first_error:
            return self._first_error
        body = self._body.outcome or CANCELLED
        if self._asked_in_time or ("terminal" in self._asked and body[0]):
            # "operation_aborted, unless a task has failed", with keep_going also if one has. "A request that comes when
            # all tasks have ended does not replace the error of f."
            return CANCELLED
        return body


class Adopted:
    """A straggler that has become a task of a group."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.limited = False

    def strike(self) -> None:
        if not self.work.is_over:
            self.limited = True
            self.work.ask("terminal")


class Task:
    """A task of a group, and its future."""

    def __init__(self, group: Group, work: Work) -> None:
        self.group = group
        self.work = work
        self.state = "waiting"
        self.limited = False
        self.outcome: Outcome | None = None
        self.asked_by_future = False
        self.waiting: list[Callable[[Outcome], None]] = []

    def start(self) -> None:
        self.state = "running"
        self.work.on_end = self._ended
        if "child_timeout" in self.group.node.settings:
            span = self.group.node.settings["child_timeout"]
            self.group._timers.append(self.group.world.after(span, self._strike))
        self.work.start()

    def _strike(self) -> None:
        if self.state == "running":
            self.limited = True
            self.work.ask("terminal")

    def cancel(self) -> None:
        """future.cancel(): it "runs no code of the task inside the call"; a task that waits for its turn ends at once."""
        if self.state == "waiting":
            self.ask("terminal")
        elif self.state == "running":
            self.asked_by_future = True
            self.group.world.later(lambda: self.ask("terminal"))

    def ask(self, kind: str) -> None:
        """"A task that waits for its turn hears everything at once. It never starts." """
        if self.state == "waiting":
            self._ended(CANCELLED)
        elif self.state == "running":
            self.work.ask(kind)

    def _ended(self, outcome: Outcome) -> None:
        self.state = "over"
        asked_outside = self.asked_by_future or self.group.was_asked_outside()
        if outcome == CANCELLED and self.limited and not asked_outside:
            outcome = DEADLINE
        self.outcome = outcome
        if not outcome[0] and outcome != CANCELLED:
            self.group.task_failed(outcome)
        for wake in self.waiting:
            wake(outcome)
        self.group.room_came()
        self.group.world.later(self.group.start_more)


class Body(Waiter):
    """What the function of a group does, step by step."""

    def __init__(self, world: World, owner: Group) -> None:
        super().__init__(world, owner.node, owner)
        self._owner = owner
        self._step = 0
        self._tasks: list[Task] = []
        self._waits_for_slot = False
        self._waits_for: Task | None = None

    def start(self) -> None:
        self._next()

    def end(self, outcome: Outcome) -> None:
        self.is_over = True
        self.on_end(outcome)

    def _next(self) -> None:
        while self._step < len(self.node.steps):
            step, number = self.node.steps[self._step]
            self._step += 1
            if step in ("pause", "slot", "wait") and self.kind:
                return self.end(CANCELLED)
            if step == "spawn":
                if not self._owner.takes_tasks():
                    # "create_task throws invalid_state when the group is being cancelled."
                    return self.end((False, "!invalid_state"))
                work = make(self.world, self.node.parts[number], self._owner)
                work.parent = self._owner
                task = Task(self._owner, work)
                self._tasks.append(task)
                self._owner.create(task, "eager" in self.node.words)
            elif step == "pause":
                return self.sleep(number, self._paused)
            elif step == "slot":
                return self._wait_for_slot()
            elif step == "wait":
                return self._wait_for(self._tasks[number])
            elif step == "cancel":
                self._tasks[number].cancel()
            elif step == "stop":
                self._owner.stop()
        self.world.say(self.node.id, "body ends")
        self.end((True, "group"))

    def _paused(self, asked: bool) -> None:
        if asked:
            return self.end(CANCELLED)
        self._next()

    # -- slot

    def _wait_for_slot(self) -> None:
        if not self._owner.takes_tasks():
            return self.world.later(lambda: self.end((False, "!invalid_state")))
        self._waits_for_slot = True
        self.room_came()

    def room_came(self) -> None:
        """"slot() waits until a task that is created now would start at once." """
        if self._waits_for_slot and self._owner.lets_in():
            self._waits_for_slot = False
            self.world.later(self._has_slot)

    def group_is_cancelled(self) -> None:
        if self._waits_for_slot:
            self._waits_for_slot = False
            self.world.later(lambda: self.end((False, "!invalid_state")))

    def _has_slot(self) -> None:
        self.world.say(self.node.id, "has a slot")
        self._next()

    # -- wait

    def _wait_for(self, task: Task) -> None:
        if task.outcome:
            outcome = task.outcome
            self.world.later(lambda: self._waited(outcome))
        else:
            self._waits_for = task
            task.waiting.append(lambda outcome: self.world.later(lambda: self._waited(outcome)))

    def _waited(self, outcome: Outcome) -> None:
        self._waits_for = None
        if not outcome[0]:
            return self.end(outcome)
        self.world.say(self.node.id, "waited for " + outcome[1])
        self._next()

    def hear(self, kind: str) -> None:
        """"Cancelling a wait cancels the future. A wait for a slot ends." """
        super().hear(kind)
        if self.kind and self._waits_for_slot:
            self._waits_for_slot = False
            self.world.later(lambda: self.end(CANCELLED))
        elif self.kind and self._waits_for:
            self._waits_for.cancel()


KINDS = {
    "leaf": Leaf,
    "gather": Gather,
    "race": Race,
    "first": First,
    "timeout": Timeout,
    "hold": Hold,
    "group": Group,
    "stream": Stream,
}


def make(world: World, node: Node, group: Group | None) -> Work:
    return KINDS[node.verb](world, node, group)


def trace_of(program: Program, order: Order | None = None) -> list[str]:
    """Runs a program."""
    world = World(program, order)
    root = make(world, program.root, None)

    def end_main() -> None:
        """"run cancels what is left, once, and awaits it", in a later turn."""
        world.main_has_ended = True
        world.say("main", "ends")
        world.later(clean_up)

    def clean_up() -> None:
        world.run_cleans_up = True
        for work in list(world.running.values()):
            if work.parent.node.id not in world.running:
                work.parent.asks_left_over("terminal")
                work.ask("terminal")
        world.run_cleans_up = False

    def root_ended(outcome: Outcome) -> None:
        if program.linger:
            world.after(program.linger, end_main)
        else:
            end_main()

    for instant, kind, target in program.requests:
        world.after(instant, lambda kind=kind, target=target: world.ask(kind, target))
    root.on_end = root_ended
    world.later(root.start)
    world.run()
    return world.trace


def main() -> None:
    for line in sys.stdin:
        print("\n".join(trace_of(read(line))) + "\n.")


if __name__ == "__main__":
    main()
