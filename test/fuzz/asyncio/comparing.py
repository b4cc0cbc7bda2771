# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Runs a program on both sides, and compares the traces."""

import subprocess
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from judge import ASYNCIO, FANOUT, OTHER_TURNS, SOME_TURNS, Interpreter, Switches, Turns
from programs import parse, walk

# How the traces of one program may compare.
VERDICTS = (
    "same",  # in every line
    "D13",  # the same, if an operation hears of the end of a child before anything else runs
    "D5, order",  # the same but for the order within an instant where none is promised
    "D5, turns",  # the same, if some other things take some turns more
    "different",
)


class Fanout:
    """The program fanout_programs, with one rule broken or none."""

    def __init__(self, executable: str, broken: str = "none") -> None:
        self.command = [executable, broken]
        self.process = None

    def trace(self, program: str) -> list[str]:
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        print(program, file=self.process.stdin, flush=True)
        lines = []
        for line in self.process.stdout:
            if line == ".\n":
                return lines
            lines.append(line.rstrip("\n"))
        lines.append(f"! the process has died: {self.process.wait()}")
        self.process = None
        return lines

    def close(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()


@lru_cache(maxsize=5000)
def judged(program: str, turns: Turns = ASYNCIO, switches: Switches = Switches()) -> list[str]:
    """The trace on asyncio."""
    return Interpreter(turns, switches).run_program(parse(program))


def families(program: str) -> dict[str, str]:
    """The steps whose order among the children of one step is promised: each with that step."""
    return {
        str(inner.ident): str(step.ident)
        for step in walk(parse(program))
        for inner in step.steps
        if inner.verb in ("sleep", "callback")
    }


def promised(trace: Iterable[str], parents: dict[str, str]) -> dict[tuple, list[str]]:
    """What of a trace is promised whatever the number of turns (D5).

    These are, in each instant, the events of each step in their order; and of steps with one parent
    the order in which they begin, are cancelled, and are called.
    """
    found = defaultdict(list)
    for event in trace:
        instant, ident, what = event.split(" ", 2)
        found[instant, ident].append(what)
        if ident in parents and what in ("begins", "raises Cancelled", "called"):
            found[instant, "in", parents[ident], what].append(ident)
    return found


def compare(program: str, fanout: list[str]) -> str:
    """The verdict."""
    if any(line.startswith("!") for line in fanout):
        return "different"
    judges = judged(program), judged(program, FANOUT)
    if fanout in judges:
        return ("same", "D13")[judges.index(fanout)]
    parents = families(program)
    mine = promised(fanout, parents)
    if any(promised(judge, parents) == mine for judge in judges):
        return "D5, order"

    def other(turns: Turns) -> dict[tuple, list[str]]:
        return promised(Interpreter(turns).run_program(parse(program)), parents)

    # Mostly turns do not matter at all, which few of them show.
    usual = promised(judges[0], parents)
    if any(other(turns) != usual for turns in SOME_TURNS):
        if any(other(turns) == mine for turns in OTHER_TURNS):
            return "D5, turns"
    return "different"


def differences(program: str) -> Iterable[str]:
    """The deliberate differences that change what the program does on asyncio."""
    ours = judged(program)
    for name in Switches._fields:
        if judged(program, ASYNCIO, Switches(**{name: False})) != ours:
            yield name


def side_by_side(asyncio: list[str], fanout: list[str]) -> Iterable[str]:
    """Both traces, with a star where they differ."""
    width = max(map(len, [*asyncio, "asyncio"]))
    yield f"      {'asyncio':{width}}   fanout"
    for i in range(max(len(asyncio), len(fanout))):
        left, right = (trace[i] if i < len(trace) else "" for trace in (asyncio, fanout))
        yield f"    {'*' if left != right else ' '} {left:{width}} | {right}"
