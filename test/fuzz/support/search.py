# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Looks for an order of what may run at one instant that gives a trace.

A run makes choices: option 0 is what happens as a rule. A run that differs from the trace tells how far it came, and
the search tries the same choices and one more, near the line that differed first.
"""

from __future__ import annotations

import heapq
import itertools
from random import Random
from typing import Callable, Iterator, Protocol, Sequence, TypeVar

Choices = dict[int, int]  # the option of each choice that is not 0, by its number in the run


class NotTheTrace(Exception):
    """A run has said something that does not stand in the trace."""


class Trace(Protocol):
    """The trace that is looked for, and how much of it a run has given."""

    def saw(self, line: str) -> None:
        """The next line of a run. Throws NotTheTrace."""

    def end(self) -> None:
        """The run is over. Throws NotTheTrace if something is missing."""

    def matched(self) -> int:
        """How many lines were right."""


class Attempt:
    """One run with some choices."""

    def __init__(self, choices: Choices, trace: Trace) -> None:
        self._choices = choices
        self._trace = trace
        self._instant = ""
        self._instant_began = 0  # how many choices had been made then
        self._last_line = 0  # and at the last line
        self._options: list[int] = []  # how many each choice had
        self._lines: list[str] = []

    def pick(self, options: int) -> int:
        """Which of so many options is taken."""
        choice = self._choices.get(len(self._options), 0)
        self._options.append(options)
        return choice if choice < options else 0  # what was chosen before may leave fewer

    def saw(self, line: str) -> None:
        """A line of the trace. It begins with its instant."""
        self._lines.append(line)
        self._trace.saw(line)
        instant, _ = line.split(" ", 1)
        if instant != self._instant:
            self._instant, self._instant_began = instant, self._last_line
        self._last_line = len(self._options)

    def end(self) -> None:
        self._trace.end()

    def matched(self) -> int:
        return self._trace.matched()

    def lines(self) -> tuple[str, ...]:
        """What the run has said, the line included that went wrong."""
        return tuple(self._lines)

    def changed(self, times: int, random: Random) -> Choices:
        """The choices of this run with so many changes, half of them in the instant that went wrong."""
        choices, end = dict(self._choices), len(self._options)
        for _ in range(times):
            if choices and random.random() < 0.25:
                del choices[random.choice(list(choices))]
            elif end:
                begin = min(self._instant_began, end - 1) if random.random() < 0.5 else 0
                place = random.randrange(begin, end)
                choices[place] = random.randrange(self._options[place])
        return choices

    def others(self, far: bool) -> Iterator[Choices]:
        """The choices of this run and one more: in the instant that went wrong, or before."""
        border = self._instant_began
        places = range(border) if far else range(border, len(self._options))
        for option in range(1, max((self._options[place] for place in places), default=0)):
            for place in reversed(places):
                if option < self._options[place] and place not in self._choices:
                    yield {**self._choices, place: option}


class Queue:
    """What was not tried yet: by turns the others of the run that came farthest, and those with the fewest choices. The
    others of a run that has said the same as an earlier one come last."""

    def __init__(self) -> None:
        self._by_lines: list[tuple] = []
        self._by_choices: list[tuple] = []
        self._number = 0
        self._said: set[tuple[str, ...]] = set()

    def push(self, attempt: Attempt, n_choices: int, others: Iterator) -> None:
        self._number += 1
        n_lines, is_old = attempt.matched(), attempt.lines() in self._said
        heapq.heappush(self._by_lines, (is_old, -n_lines, n_choices, self._number, others))
        heapq.heappush(self._by_choices, (is_old, n_choices, -n_lines, self._number, others))

    def remember(self, attempt: Attempt) -> None:
        self._said.add(attempt.lines())

    def __iter__(self) -> Iterator:
        while self._by_lines or self._by_choices:
            for heap in (self._by_lines, self._by_choices):
                while heap and (other := next(heap[0][-1], None)) is None:
                    heapq.heappop(heap)
                if heap:
                    yield other


Run = Callable[[Attempt], None]  # makes a run, and may end early by NotTheTrace


def is_found(runs: list[Run], trace: Callable[[], Trace], most_runs: int) -> bool:
    """Whether one of the runs gives the trace with some choices."""
    queue = Queue()
    tried: set[tuple[Run, frozenset]] = set()

    def is_new(other: tuple[Run, Choices]) -> bool:
        run, choices = other
        tried_before = len(tried)
        tried.add((run, frozenset(choices.items())))
        return len(tried) > tried_before

    def gives_the_trace(run: Run, choices: Choices) -> bool:
        attempt = Attempt(choices, trace())
        try:
            run(attempt)
            attempt.end()
            return True
        except NotTheTrace:
            for far in (False, True):
                others = ((run, other) for other in attempt.others(far))
                queue.push(attempt, len(choices) + far, others)
            queue.remember(attempt)
            return False

    if any(gives_the_trace(run, {}) for run in runs):
        return True
    others = itertools.islice(filter(is_new, queue), most_runs)
    return any(gives_the_trace(*other) for other in others)


Rule = TypeVar("Rule")
A_WALK = 500  # runs, until it begins anew


def is_found_by_walking(
    run: Callable[[Rule, Attempt], None],
    rules: Sequence[Rule],
    changed: Callable[[Rule, Random], Rule] | None,
    trace: Callable[[], Trace],
    most_runs: int,
) -> bool:
    """The same, for a trace that takes many choices. Each run differs from the last one by up to three changes at random,
    of a choice or, by `changed`, of the rule, and the walk goes on from it unless it came less far: so choices gather that
    show only together. It begins anew from each rule in turn. It is always the same walk."""
    random = Random(0)
    last: Attempt | None = None
    rule = rules[0]
    for number in range(most_runs):
        if number % A_WALK == 0:
            last, rule = None, rules[number // A_WALK % len(rules)]
        other, choices = rule, {}
        if last:
            of_rule = [changed is not None and random.random() < 0.4 for _ in range(random.choice((1, 1, 2, 3)))]
            for _ in range(sum(of_rule)):
                other = changed(other, random)
            choices = last.changed(len(of_rule) - sum(of_rule), random)
        attempt = Attempt(choices, trace())
        try:
            run(other, attempt)
            attempt.end()
            return True
        except NotTheTrace:
            if not last or attempt.matched() >= last.matched() - (random.random() < 0.02):
                last, rule = attempt, other
    return False
