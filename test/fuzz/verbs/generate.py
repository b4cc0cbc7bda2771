# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Makes programs: generate FROM-TO prints one a line. A seed always gives the same program, and its class is the seed
modulo the number of classes."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from language import is_work, unparse  # noqa: E402

CLASSES = ("gathers", "limits", "times", "races", "successes", "limiters", "groups", "streams", "all", "ties")
EAGER = ("gather", "race", "first", "stream", "group")
KINDS = ("terminal", "terminal", "terminal", "partial", "total")


class Generator:
    def __init__(self, seed: int) -> None:
        self.name = CLASSES[seed % len(CLASSES)]
        self.random = random.Random(seed)
        self.limiters: list[int] = []

    # -- chances

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def span(self) -> int:
        """Most classes have instants of their own for everything, so that few orders are open."""
        if self.name == "ties":
            return self.random.choice((0, 1, 1, 2, 2, 3, 5))
        return self.random.randint(1, 997)

    def positive_span(self) -> int:
        return max(1, self.span())

    # -- works

    def leaf(self) -> list:
        r = self.random
        length = "now" if self.chance(0.08) else "0" if self.chance(0.05) else str(self.span())
        end = r.choices(("value", "error", "cancelled"), (6, 3, 1))[0]
        reaction = r.choices(("cancelled", "error", "value", "ignore"), (6, 2, 2, 2))[0]
        leaf: list = ["leaf", length, end, reaction]
        if reaction != "ignore" and self.chance(0.4):
            leaf.append(["after", str(self.positive_span())])
        if self.chance(0.3):
            leaf.append("hears_all")
        return leaf

    def work(self, depth: int, limiter: int = 0) -> list:
        """Uses only limiters from `limiter` on: a work that has a place must not wait for another of the same."""
        if depth == 0 or self.chance(0.1 * (3 - depth)):
            return self.leaf()
        makers = {
            "gathers": (self.gather,),
            "limits": (self.gather, self.race, self.first, self.stream),
            "times": (self.gather, self.race, self.first, self.timeout),
            "races": (self.race, self.race, self.gather),
            "successes": (self.first, self.first, self.gather),
            "limiters": (self.gather, self.hold, self.race),
            "groups": (self.group, self.group, self.gather),
            "streams": (self.stream, self.stream, self.gather),
        }.get(
            self.name,
            (self.gather, self.race, self.first, self.timeout, self.hold, self.group, self.stream),
        )
        return self.random.choice(makers)(depth, limiter)

    def parts(self, depth: int, limiter: int, least: int = 1) -> list:
        return [self.work(depth - 1, limiter) for _ in range(self.random.randint(least, 4))]

    def common(self, wants_limiter: bool = True, limiter: int = 0) -> tuple[list, int]:
        """Limits and time limits, and the first limiter that the children may use."""
        policies: list = []
        if self.chance(0.5 if self.name == "limits" else 0.2):
            policies.append(["limit", str(self.random.randint(1, 3))])
        much = 0.5 if self.name == "times" else 0.15
        if self.chance(much):
            policies.append(["child_timeout", str(self.positive_span())])
        if self.chance(much):
            policies.append(["deadline", str(self.span())])
        if wants_limiter and limiter < 3 and self.chance(0.6 if self.name == "limiters" else 0.1):
            policies.append(["limiter", str(limiter)])
            limiter += 1
        return policies, limiter

    def gather(self, depth: int, limiter: int) -> list:
        policies, inner = self.common(limiter=limiter)
        mode = self.random.choice(("", "cancel_on_error", "return_exceptions", "keep_results", "both"))
        words = {
            "": [],
            "both": ["return_exceptions", "cancel_on_error"],
        }.get(mode, [mode])
        if not words and self.name in ("groups", "all", "ties") and self.chance(0.5):
            words = ["stragglers"]
        return ["gather", *words, *policies, *self.parts(depth, inner, 0 if self.chance(0.05) else 1)]

    def race(self, depth: int, limiter: int) -> list:
        policies, inner = self.common(limiter=limiter)
        words = ["return_exceptions"] if self.chance(0.3) else []
        return ["race", *words, *policies, *self.parts(depth, inner)]

    def first(self, depth: int, limiter: int) -> list:
        special: list = []
        parts = self.parts(depth, limiter)
        if self.chance(0.4):
            special.append(["quorum", str(self.random.randint(1, len(parts)))])
        if self.chance(0.4):
            special.append(["stagger", str(self.span())])
        policies, _ = self.common(wants_limiter=False)
        return ["first", *special, *policies, *parts]

    def timeout(self, depth: int, limiter: int) -> list:
        return ["timeout", ["after", str(self.span())], self.work(depth - 1, limiter)]

    def hold(self, depth: int, limiter: int) -> list:
        if limiter >= 3:
            return self.leaf()
        return ["hold", ["limiter", str(limiter)], self.work(depth - 1, limiter + 1)]

    def stream(self, depth: int, limiter: int) -> list:
        policies, inner = self.common(limiter=limiter)
        if self.chance(0.2):
            policies.append("cancel_on_error")
        if self.chance(0.3):
            policies.append(["take", str(self.random.randint(1, 3))])
        if self.chance(0.3):
            policies.append(["busy", str(self.positive_span())])
        return ["stream", *policies, *self.parts(depth, inner)]

    def group(self, depth: int, limiter: int) -> list:
        policies: list = ["keep_going"] if self.chance(0.4) else []
        if self.chance(0.4):
            policies.append(["limit", str(self.random.randint(2, 3))])
        if self.chance(0.15):
            policies.append(["child_timeout", str(self.positive_span())])
        if self.chance(0.15):
            policies.append(["deadline", str(self.positive_span())])
        steps: list = []
        spawned = 0
        for _ in range(self.random.randint(1, 6)):
            step = self.random.choices(("spawn", "pause", "slot", "wait", "cancel", "stop"), (6, 2, 2, 1, 1, 0.3))[0]
            if step == "spawn":
                steps.append(["spawn", self.work(depth - 1, limiter)])
                spawned += 1
            elif step == "pause":
                steps.append(["do", ["pause", str(self.span())]])
            elif step in ("wait", "cancel"):
                if spawned:
                    steps.append(["do", [step, str(self.random.randrange(spawned))]])
            else:
                steps.append(["do", [step]])
        return ["group", *policies, *steps]

    # -- programs

    def program(self) -> list:
        root = self.work(self.random.randint(1, 3))
        while root[0] == "leaf":
            root = self.work(2)
        requests = []
        for _ in range(self.random.choices((0, 1, 2, 3), (4, 4, 2, 1))[0]):
            target = 0 if self.chance(0.6) else self.random.randrange(count_works(root))
            requests.append(["ask", str(self.span()), self.random.choice(KINDS), str(target)])
        limiters = ["limiters", *(str(self.random.randint(1, 3)) for _ in range(3))]
        linger = ["linger", "10000"] if self.chance(0.7) else ["linger", str(self.span())]
        return ["program", limiters, *requests, linger, root]


def make_eager(tree: list, chance: random.Random, above: list[int], number: int = 0) -> int:
    """Gives operations of a tree the policy `eager`, and lets leaves ask what is around them. `above`: what they may ask.
    `number`: of the tree, which is a work. Returns that of the next one."""
    if tree[0] == "leaf":
        if chance.random() < 0.15:
            tree[1] = "now"
        if tree[1] == "now" and above and chance.random() < 0.1:
            tree.append(["asks", str(chance.choice(above))])
        return number + 1
    if tree[0] in EAGER and chance.random() < 0.7:
        tree.insert(1, "eager")
    inner, number = [*above, number], number + 1
    for each in tree:
        work = each[1] if each[0] == "spawn" else each
        if is_work(work):
            number = make_eager(work, chance, inner, number)
    return number


def count_works(tree: list | str) -> int:
    if not isinstance(tree, list):
        return 0
    return is_work(tree) + sum(count_works(each) for each in tree)


def program_of(seed: int, eager: bool = False) -> str:
    """With `eager` the same program, whose operations start their children at once."""
    program = Generator(seed).program()
    if eager:
        make_eager(program[-1], random.Random(f"eager {seed}"), [])
    return unparse(program)


def main() -> None:
    first, last = map(int, sys.argv[1].split("-"))
    for seed in range(first, last + 1):
        print(program_of(seed, sys.argv[2:] == ["eager"]))


if __name__ == "__main__":
    main()
