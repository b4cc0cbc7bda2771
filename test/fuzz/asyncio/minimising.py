# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Makes a program smaller for as long as something holds for it."""

from collections.abc import Callable, Iterator

from programs import Step, parse, walk


def minimise(program: str, holds: Callable[[str], bool]) -> str:
    """A program for which `holds` says yes, and for none that has one thing less."""
    while (found := next(filter(holds, candidates(program)), None)) is not None:
        program = found
    return program


def candidates(program: str) -> list[str]:
    """The programs that have one thing less, the shortest first."""
    found = {str(step) for step in smaller(parse(program)) if is_well_formed(step)}
    return sorted(found - {program}, key=lambda text: (len(text), text))


def smaller(step: Step) -> Iterator[Step]:
    """Copies with one thing left out or simplified."""
    for i, inner in enumerate(step.steps):
        before, after = step.steps[:i], step.steps[i + 1 :]
        for steps in instead(inner):
            if before or steps or after:
                yield Step(step.verb, step.words, [*before, *steps, *after])
    for i, word in enumerate(step.words):
        before, after = step.words[:i], step.words[i + 1 :]
        for words in shorter(word):
            yield Step(step.verb, [*before, *words, *after], step.steps)


def instead(inner: Step) -> Iterator[list[Step]]:
    """What may stand in the place of a step."""
    yield []
    for part in inner.steps:
        yield [part]
    if inner.steps or inner.words:
        yield [Step("done")]
    for step in smaller(inner):
        yield [step]


def shorter(word: str) -> Iterator[list[str]]:
    """What may stand in the place of a word."""
    if word.isdigit():
        for fewer in {0, int(word) // 2, int(word) - 1} - {int(word), -1}:
            yield [str(fewer)]
    elif word.startswith("t"):
        yield []


# How many words a step has, and how many steps; None: any number, but one at least.
SHAPES = {
    "sleep": (1, 0),
    "done": (0, 0),
    "fail": (0, 0),
    "seq": (0, None),
    "try": (0, 1),
    "on_cancel": (2, 1),
    "gather": (0, None),
    "gather_re": (0, None),
    "gather_tasks": (None, 0),
    "gather_tasks_re": (None, 0),
    "group": (0, None),
    "timeout": (1, 1),
    "timeout_task": (2, 0),
    "shield": (0, 1),
    "shield_task": (1, 0),
    "create": (1, 1),
    "await": (1, 0),
    "cancel": (1, 0),
    "callback": (1, 0),
    "wait": (None, 0),
    "as_completed": (1, None),
}


def is_well_formed(root: Step) -> bool:
    """Whether every step has what its verb needs."""
    for step in walk(root):
        for has, needs in zip((len(step.words), len(step.steps)), SHAPES[step.verb]):
            if has != needs and (needs is not None or has == 0):
                return False
        if step.verb == "wait" and (len(step.words) < 3 or step.words[1] == "0"):
            return False
        if step.verb in ("timeout", "timeout_task") and step.words[0] == "0":
            return False
    return True
