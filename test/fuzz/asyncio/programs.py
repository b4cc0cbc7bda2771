# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""The programs: their text and their trees. README.md says what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Step:
    """One step of a program. `ident` is its place in the text, counted from 1."""

    verb: str
    words: list[str] = field(default_factory=list)
    steps: list["Step"] = field(default_factory=list)
    ident: int = 0

    def __str__(self) -> str:
        return "(" + " ".join([self.verb, *self.words, *map(str, self.steps)]) + ")"


def parse(text: str) -> Step:
    """Reads one program."""
    tokens = re.findall(r"[()]|[^()\s]+", text)
    at = count = 0

    def step() -> Step:
        nonlocal at, count
        count += 1
        new = Step(tokens[at + 1], ident=count)
        at += 2
        while tokens[at] != ")":
            if tokens[at] == "(":
                new.steps.append(step())
            else:
                new.words.append(tokens[at])
                at += 1
        at += 1
        return new

    root = step()
    if at != len(tokens):
        raise ValueError(f"more than one program in a line: {text}")
    return root


def walk(step: Step) -> Iterator[Step]:
    """The step and all steps inside it, in the order of the text."""
    yield step
    for inner in step.steps:
        yield from walk(inner)


def in_file(lines: Iterator[str]) -> Iterator[str]:
    """The programs in the lines of a file, without comments and empty lines."""
    for line in lines:
        if (text := line.strip()) and not text.startswith("#"):
            yield text
