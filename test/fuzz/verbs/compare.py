# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Compares the traces of the library with those of the model.

compare.py BINARY --self-test    breaks one rule of the library's interpreter after the other: each must be noticed
compare.py BINARY < programs     compares these, and prints both traces of each that differs, as small as it gets
"""

from __future__ import annotations

import collections
import itertools
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Iterator, Sequence

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from language import Program, is_work, parse, read, unparse  # noqa: E402
from generate import CLASSES, program_of  # noqa: E402
from model import trace_of  # noqa: E402
from search import Attempt, NotTheTrace, is_found, is_found_by_walking  # noqa: E402

A_SEARCH, A_WALK, A_LONG_SEARCH = 300, 6000, 5000  # runs
NO_MORE_TURNS = (0,)
MORE_TURNS = (0, 1, 2, 4, 8)
BATCH = 25  # programs that the library runs in one process of a self-test

BROKEN_RULES = (
    "second_wins",  # the second end of a race decides
    "limit_plus_one",  # a limit of n lets n + 1 run
    "deadline_ignored",
    "child_timeout_ignored",
    "stagger_zero",
    "quorum_plus_one",
    "place_lost",  # a place of a limiter does not come back
    "timeout_loses_values",  # of a child that answers after its time
    "second_request_dropped",
    "total_is_terminal",  # requests of every type become terminal ones
    "errors_cancel_nothing",  # cancel_on_error does nothing
    "errors_cancel_always",  # the default mode cancels the siblings
    "results_not_kept",  # keep_results does nothing
    "results_reversed",
    "late_errors_untold",
    "failures_end_groups",  # keep_going does nothing
    "eager_ignored",
)


def run_library(binary: str, programs: list[str], broken_rule: str = "") -> list[list[str]]:
    """The trace of each program."""
    command = [binary] + (["--break", broken_rule] if broken_rule else [])
    done = subprocess.run(command, input="\n".join(programs) + "\n", capture_output=True, text=True)
    traces = [part.strip("\n").split("\n") for part in ("\n" + done.stdout).split("\n.\n")]
    if done.returncode != 0 or len(traces) != len(programs) + 1:
        raise RuntimeError(f"fanout_verbs failed with {done.returncode}: {done.stderr[:2000]}")
    return traces[:-1]


def by_instant(trace: list[str]) -> list[str]:
    """The events of one instant are a set: the manual does not say in which turn of the loop each of them comes."""
    instants: dict[str, list[str]] = collections.defaultdict(list)
    for line in trace:
        instants[line.split(" ", 1)[0]].append(line)
    return [line for lines in instants.values() for line in sorted(lines)]


class InOrder:
    """A trace that is looked for, line by line."""

    def __init__(self, wanted: list[str]) -> None:
        self._wanted = wanted
        self._seen = 0

    def saw(self, line: str) -> None:
        if self._seen == len(self._wanted) or line != self._wanted[self._seen]:
            raise NotTheTrace
        self._seen += 1

    def end(self) -> None:
        if self._seen != len(self._wanted):
            raise NotTheTrace

    def matched(self) -> int:
        return self._seen


class ByInstant(InOrder):
    """The same, where the events of one instant are a set."""

    def __init__(self, wanted: list[str]) -> None:
        super().__init__(wanted)
        self._left: collections.Counter[str] = collections.Counter()
        self._next = 0  # the lines before are in `_left`, or were seen

    def saw(self, line: str) -> None:
        if self._seen == self._next:
            instant = line.split(" ", 1)[0] + " "
            while self._next < len(self._wanted) and self._wanted[self._next].startswith(instant):
                self._left[self._wanted[self._next]] += 1
                self._next += 1
        if self._left[line] == 0:
            raise NotTheTrace
        self._left[line] -= 1
        self._seen += 1


class InTurns:
    """An order in which what happens in a later turn may take more turns."""

    def __init__(self, attempt: Attempt, more_turns: Sequence[int]) -> None:
        self.pick = attempt.pick
        self.saw = attempt.saw
        self._more_turns = more_turns

    def more_turns(self) -> int:
        options = len(self._more_turns)
        return self._more_turns[self.pick(options)] if options > 1 else 0


def rule_that_explains(program: str, library: list[str]) -> str:
    """Which rule makes both traces equal; "" if none does."""
    if any(line.startswith("violated ") for line in library):
        return ""
    tree = read(program)
    model = trace_of(tree)
    if library == model:
        return "equal"
    if by_instant(library) == by_instant(model):
        return "order within an instant"

    def run(more_turns: Sequence[int], attempt: Attempt) -> None:
        trace_of(tree, InTurns(attempt, more_turns))

    def search(most: int) -> bool:
        runs = [partial(run, NO_MORE_TURNS)]
        return any(is_found(runs, partial(kind, library), most) for kind in (InOrder, ByInstant))

    def walk(most: int) -> bool:
        """Where much is ready at one instant, several things have to move before a run comes any farther."""
        return is_found_by_walking(run, (NO_MORE_TURNS, MORE_TURNS), None, partial(ByInstant, library), most)

    is_explained = search(A_SEARCH) or walk(A_WALK) or search(A_LONG_SEARCH)
    return "choice within an instant" if is_explained else ""


def smaller(tree: list | str) -> Iterator[list | str]:
    """Trees with one thing less."""
    if not isinstance(tree, list):
        if tree.isdigit() and tree not in ("0", "1"):
            yield from ("1", str(int(tree) // 2))
        return
    if is_work(tree):
        yield from (each for each in tree if is_work(each))
        yield from (each[1] for each in tree if isinstance(each, list) and each[0] == "spawn")
        if tree[0] != "leaf":
            yield ["leaf", "5", "value", "cancelled"]
    for i in range(1, len(tree)):
        if is_work(tree[i]) and tree[0] in ("hold", "timeout"):  # they have one part
            pass
        elif isinstance(tree[i], list) or (not tree[i].isdigit() and tree[0] != "leaf"):
            yield tree[:i] + tree[i + 1 :]
        for less in smaller(tree[i]):
            yield tree[:i] + [less] + tree[i + 1 :]


def is_program(trace: list[str]) -> bool:
    """Not so if too much was taken from a tree: the library has refused an argument."""
    return not any("invalid " in line or "!other" in line for line in trace)


def minimised(binary: str, program: str, broken_rule: str = "") -> str:
    """The smallest program that still differs."""
    while True:
        texts = {unparse(tree) for tree in smaller(parse(program))}
        less = sorted((text for text in texts if len(text) <= len(program)), key=lambda text: (len(text), text))
        less = [text for text in less if (len(text), text) < (len(program), program)]
        traces = run_library(binary, less, broken_rule) if less else []
        for text, trace in zip(less, traces):
            if is_program(trace) and not rule_that_explains(text, trace):
                program = text
                break
        else:
            return program


def show(binary: str, program: str, broken_rule: str = "") -> None:
    """Both traces, side by side: the library's on the left."""
    (library,) = run_library(binary, [program], broken_rule)
    model = trace_of(read(program))
    print(program)
    width = max(len(line) for line in library + [""]) + 2
    for left, right in itertools.zip_longest(library, model, fillvalue=""):
        print(f"  {left:{width}}| {right}")


def compare(binary: str, programs: list[str]) -> tuple[collections.Counter[str], list[str]]:
    """How many programs each rule explains, with the number of steps, and the programs that no rule explains."""
    counts: collections.Counter[str] = collections.Counter()
    different = []
    for program, trace in zip(programs, run_library(binary, programs)):
        rule = rule_that_explains(program, trace)
        counts[rule or "differences"] += 1
        counts["steps"] += len(trace)
        if not rule:
            different.append(program)
    return counts, different


def seeds_needed(binary: str, rule: str, most: int) -> int | None:
    """How many seeds it takes to notice that a rule is broken."""
    for first in range(0, most, BATCH):
        programs = [program_of(seed, "eager" in rule) for seed in range(first, first + BATCH)]
        for i, trace in enumerate(run_library(binary, programs, rule)):
            if not rule_that_explains(programs[i], trace):
                return first + i + 1
    return None


def self_test(binary: str, most: int = 300) -> bool:
    needed = {rule: seeds_needed(binary, rule, most) for rule in BROKEN_RULES}
    for rule, seeds in needed.items():
        print(f"{rule:24}" + (f"noticed after {seeds} seeds" if seeds else "NOT NOTICED"))
    unnoticed = sum(seeds is None for seeds in needed.values())
    print(f"{len(needed)} broken rules, {unnoticed} not noticed in {most} seeds of {len(CLASSES)} classes")
    return unnoticed == 0


def main() -> int:
    if sys.argv[2:] == ["--self-test"]:
        return 0 if self_test(sys.argv[1]) else 1
    programs = [line.strip() for line in sys.stdin if line.startswith("(")]
    counts, different = compare(sys.argv[1], programs)
    for program in different:
        show(sys.argv[1], minimised(sys.argv[1], program))
    print(", ".join(f"{count} {what}" for what, count in counts.most_common()))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
