# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Runs a program on both sides, and compares the traces."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from judge import ASYNCIO, FANOUT, RULES, Interpreter, Order, Switches, Turns, changed
from programs import Step, parse, walk
from search import Attempt, NotTheTrace, is_found, is_found_by_walking

# How the traces of one program may compare.
VERDICTS = (
    "same",  # in every line
    "D13",  # the same, if an operation hears of the end of a child before anything else runs
    "D5, order",  # the same but for the order within an instant where none is promised
    "D5, turns",  # the same, if some things take other numbers of turns
    "different",
)


OTHER_ORDERS = 6000  # runs of a search
SHUFFLED_RUNS = 40


class Fanout:
    """The program fanout_programs, with one rule broken or none."""

    def __init__(self, executable: str, broken: str = "none") -> None:
        self.command = [executable, broken]

    def traces(self, programs: list[str]) -> list[list[str]]:
        """The trace of each program. If the process dies, the others run in another one."""
        found: list[list[str]] = []
        while len(found) < len(programs):
            some = "\n".join(programs[len(found) :]) + "\n"
            done = subprocess.run(self.command, input=some, stdout=subprocess.PIPE, text=True)
            *whole, rest = ("\n" + done.stdout).split("\n.\n")
            found += [trace.strip("\n").split("\n") for trace in whole]
            if len(found) < len(programs):
                found.append([*rest.split("\n"), f"! the process has died: {done.returncode}"])
        return found

    def trace(self, program: str) -> list[str]:
        return self.traces([program])[0]


def judged(
    tree: Step, turns: Turns = ASYNCIO, switches: Switches = Switches(), order: Order | None = None
) -> list[str]:
    """The trace on asyncio."""
    return Interpreter(turns, switches, order).run_program(tree)


def families(tree: Step) -> dict[str, str]:
    """The steps whose order among the children of one step is promised: each with that step."""
    return {
        str(inner.ident): str(step.ident)
        for step in walk(tree)
        for inner in step.steps
        if inner.verb in ("sleep", "callback")
    }


class Promised:
    """What of a trace is promised whatever the number of turns (D5).

    These are, in each instant, the events of each step in their order; and of steps with one parent
    the order in which they begin, are cancelled, and are called.
    """

    def __init__(self, trace: list[str], parents: dict[str, str]) -> None:
        self.parents = parents
        self.n_events = len(trace)
        self.before: dict[str, int] = {}  # how many events come before an instant
        self.lists: defaultdict[tuple, list[str]] = defaultdict(list)
        for i, event in enumerate(trace):
            instant, ident, what = event.split(" ", 2)
            self.before.setdefault(instant, i)
            for key, entry in self.entries(instant, ident, what):
                self.lists[key].append(entry)

    def entries(self, instant: str, ident: str, what: str) -> Iterator[tuple[tuple, str]]:
        yield (instant, ident), what
        if ident in self.parents and what in ("begins", "raises Cancelled", "called"):
            yield (instant, "in", self.parents[ident], what), ident


class Following:
    """How far a run of the judge follows what is promised."""

    def __init__(self, wanted: Promised) -> None:
        self.wanted = wanted
        self.instant = ""
        self.n_seen = 0
        self.at: defaultdict[tuple, int] = defaultdict(int)  # in each of the lists

    def saw(self, event: str) -> None:
        instant, ident, what = event.split(" ", 2)
        if instant != self.instant:
            if self.n_seen != self.wanted.before.get(instant):
                raise NotTheTrace
            self.instant = instant
        for key, entry in self.wanted.entries(instant, ident, what):
            wanted, at = self.wanted.lists.get(key, ()), self.at[key]
            if at == len(wanted) or wanted[at] != entry:
                raise NotTheTrace
            self.at[key] = at + 1
        self.n_seen += 1

    def end(self) -> None:
        if self.n_seen != self.wanted.n_events:
            raise NotTheTrace

    def matched(self) -> int:
        return self.n_seen


def follows(trace: list[str], wanted: Promised) -> bool:
    """Whether a trace has all that is promised in another."""
    following = Following(wanted)
    try:
        for event in trace:
            following.saw(event)
        following.end()
    except NotTheTrace:
        return False
    return True


class Trial:
    """The order of one run of a search. Nothing may be thrown through tasks, so the run goes on."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.has_failed = False

    def pick(self, options: int) -> int:
        return 0 if self.has_failed else self.attempt.pick(options)

    def saw(self, event: str) -> None:
        try:
            if not self.has_failed:
                self.attempt.saw(event)
        except NotTheTrace:
            self.has_failed = True


class Shuffled:
    """Some order or other."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def pick(self, options: int) -> int:
        return self.random.randrange(options) if self.random.random() < 0.25 else 0

    def saw(self, event: str) -> None:
        pass


def compare(program: str, fanout: list[str], other_orders: int = OTHER_ORDERS) -> str:
    """The verdict. `other_orders`: how many runs a search may take."""
    if any(event.startswith("!") for event in fanout):
        return "different"
    tree = parse(program)
    usual = judged(tree)
    if fanout == usual:
        return "same"
    urgent = judged(tree, FANOUT)
    if fanout == urgent:
        return "D13"
    parents = families(tree)
    wanted = Promised(fanout, parents)
    if follows(usual, wanted) or follows(urgent, wanted):
        return "D5, order"

    # Mostly turns do not matter at all, which some runs show.
    shown = Promised(usual, parents)
    others = (judged(tree, FANOUT, order=Shuffled(seed)) for seed in range(SHUFFLED_RUNS))
    if all(follows(other, shown) for other in others):
        return "different"

    def attempt(turns: Turns, one: Attempt) -> None:
        trial = Trial(one)
        judged(tree, turns, order=trial)
        if trial.has_failed:
            raise NotTheTrace

    def following() -> Following:
        return Following(wanted)

    found = is_found([partial(attempt, turns) for turns in RULES], following, other_orders)
    # Where several tasks race, many callbacks have to move before a run comes any farther.
    found = found or is_found_by_walking(attempt, RULES, changed, following, 2 * other_orders)
    return "D5, turns" if found else "different"


def differences(program: str) -> Iterable[str]:
    """The deliberate differences that change what the program does on asyncio."""
    tree = parse(program)
    ours = judged(tree)
    for name in Switches._fields:
        if judged(tree, ASYNCIO, Switches(**{name: False})) != ours:
            yield name


def side_by_side(asyncio: list[str], fanout: list[str]) -> Iterable[str]:
    """Both traces, with a star where they differ."""
    width = max(map(len, [*asyncio, "asyncio"]))
    yield f"      {'asyncio':{width}}   fanout"
    for i in range(max(len(asyncio), len(fanout))):
        left, right = (trace[i] if i < len(trace) else "" for trace in (asyncio, fanout))
        yield f"    {'*' if left != right else ' '} {left:{width}} | {right}"
