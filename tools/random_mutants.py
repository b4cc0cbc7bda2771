# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Mutants that are not written by hand: one small change of one line, chosen by a seed.

Used by tools/mutants --random.
"""

import random
import re

# What is changed, and into what. Rules that need spaces leave references and template brackets alone.
CHANGES = (
    (r" == ", " != "),
    (r" != ", " == "),
    (r" < ", " <= "),
    (r" <= ", " < "),
    (r" > ", " >= "),
    (r" >= ", " > "),
    (r"(?<=[\w)]) && (?=[\w!(])", " || "),
    (r"(?<=[\w)]) \|\| (?=[\w!(])", " && "),
    (r"(?<=[( ])!(?=[\w(])", ""),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"\+\+", "--"),
    (r"--", "++"),
    (r" \+ 1\b", " + 2"),
    (r" - 1\b", ""),
    (r"\bif \((?=\w+\))", "if (!"),
    # A statement that is a call, without a result that is used.
    (r"^(?:\w+(?:\.|->|::))*\w+\([^;{}]*\);$", ";"),
    (r"^\w+_ = [^;{}]+;$", ";"),
)

# Lines that decide nothing at run time.
DECLARATIONS = re.compile(
    r"^\s*(#|//|///|\*|template|requires|concept|using|static_assert|namespace|class|struct|friend|explicit)"
    r"|\bconcept\b|\brequires\b|= (delete|default);|noexcept\(|constexpr bool \w+ =|\boperator\b")


def candidates(source: str):
    """(text, replacement) for every change of a line that stands once in the source."""
    lines = source.split("\n")
    for line in lines:
        code = line.strip()
        if not code or DECLARATIONS.search(line) or lines.count(line) > 1 or source.count(code) > 1:
            continue
        statement = code.split(" //")[0].rstrip()
        for pattern, replacement in CHANGES:
            for match in re.finditer(pattern, statement):
                changed = statement[:match.start()] + replacement + statement[match.end():]
                yield code, changed + code[len(statement):]


def choose(sources: dict[str, str], count: int, seed: int) -> list[tuple[str, str, str]]:
    """`count` of all candidates: (header, text, replacement)."""
    found = [(header, *change) for header, source in sorted(sources.items()) for change in candidates(source)]
    return random.Random(seed).sample(found, min(count, len(found)))
