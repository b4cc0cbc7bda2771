# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""Makes a program of a number: always the same one of the same number."""

import random

from programs import Step

# What a class of programs is made of: verbs, each with its weight. All have leaves besides.
TREES = {"gather": 4, "gather_re": 3, "seq": 3, "try": 2}
TASKS = {"await": 3, "cancel": 3, "create": 2, "gather_tasks": 2, "gather_tasks_re": 1}
CLASSES: dict[str, dict[str, int]] = {
    "trees": TREES,
    "cancelled_trees": TREES | {"on_cancel": 5, "cancel": 3},
    "shared_tasks": TREES | TASKS,
    "shared_cancelled": TREES | TASKS | {"on_cancel": 5, "cancel": 6},
    "groups": {"group": 6, "gather": 2, "seq": 3, "try": 3, "on_cancel": 3, "cancel": 2},
    "timeouts": {"timeout": 8, "timeout_task": 3, "gather": 2, "try": 3, "on_cancel": 3, "seq": 2},
    "shields": {"shield": 5, "shield_task": 4, "on_cancel": 2, "cancel": 3, "await": 1, "seq": 1},
    "waits": {"wait": 8, "seq": 1, "cancel": 1, "try": 1},
    "completions": {"as_completed": 6, "seq": 3, "on_cancel": 3, "cancel": 3, "try": 2, "await": 2},
    "callbacks": TASKS | {"callback": 7, "seq": 4, "on_cancel": 2},
    "everything": TREES
    | TASKS
    | {"on_cancel": 5, "cancel": 3, "group": 3, "timeout": 3, "timeout_task": 1, "shield": 2}
    | {"shield_task": 1, "wait": 2, "as_completed": 2, "callback": 2},
}
# The last class has the same, at few moments: much happens in one instant.
NAMES = [*CLASSES, "instants"]


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.name = NAMES[seed % len(NAMES)]
        self.weights = CLASSES.get(self.name, CLASSES["everything"])
        self.longest = 2 if self.name == "instants" else 12
        self.left = self.random.randint(6, 36)  # steps that may still be made
        self.tasks: list[str] = []  # those that are created before the next step
        self.inside: list[str] = []  # those whose step is being made

    def program(self) -> Step:
        """Some tasks, and what happens to them: one thing after another, or all at once."""
        steps = []
        for _ in range(self.random.randint(2, 5)):
            steps.append(self.create())
            if self.random.random() < 0.2:
                steps.append(self.step(2))
        acts = []
        for _ in range(self.random.randint(1, 5)):
            acts.append(self.cancel() if self.random.random() < 0.4 else self.step(3))
        if self.random.random() < 0.7:
            steps.append(Step("gather_re", steps=acts))
        else:
            steps += [Step("try", steps=[act]) for act in acts]
        return Step("seq", steps=steps)

    def step(self, depth: int, leaf: float = 0.25) -> Step:
        self.left -= 1
        if depth <= 0 or self.left <= 0 or self.random.random() < leaf:
            return self.leaf()
        verb = self.random.choices(list(self.weights), list(self.weights.values()))[0]
        return getattr(self, verb, self.inner)(verb, depth)

    def leaf(self) -> Step:
        x = self.random.random()
        if x < 0.1:
            return Step("done")
        if x < 0.2:
            return Step("fail")
        if x < 0.4:
            return Step("seq", steps=[self.sleep(), Step("fail")])
        return self.sleep()

    def sleep(self) -> Step:
        return Step("sleep", [self.units(0)])

    def units(self, least: int) -> str:
        return str(self.random.randint(least, self.longest))

    def inner(self, verb: str, depth: int) -> Step:
        n = self.random.choice([1, 2, 2, 3, 3, 4])
        return Step(verb, steps=[self.step(depth - 1) for _ in range(n)])

    def one(self, verb: str, words: list[str], depth: int) -> Step:
        return Step(verb, words, [self.step(depth - 1)])

    def some_tasks(self) -> list[str]:
        """Tasks that may be waited for: created before, and not in a circle."""
        able = [name for name in self.tasks if name not in self.inside]
        return self.random.sample(able, self.random.randint(min(1, len(able)), len(able)))

    # ---- the verbs that have words

    def create(self, verb: str = "create", depth: int = 3) -> Step:
        name = f"t{len(self.tasks) + 1}"
        self.tasks.append(name)
        self.inside.append(name)
        # What waits for tasks wants some that end soon.
        made = Step(verb, [name], [self.step(depth, leaf=0.7 if self.name == "waits" else 0.05)])
        self.inside.remove(name)
        return made

    def on_cancel(self, verb: str, depth: int) -> Step:
        how = self.random.choice(["end", "clean", "swallow", "fail"])
        units = "-1" if how == "end" or self.random.random() < 0.3 else self.units(0)
        return self.one(verb, [how, units], depth)

    def timeout(self, verb: str, depth: int) -> Step:
        if self.random.random() < 0.3:  # of something that has an answer when its time is over
            answers = self.on_cancel("on_cancel", 1)
            return Step(verb, [str(self.random.randint(1, 3))], [answers])
        return self.one(verb, [self.units(1)], depth)

    def as_completed(self, verb: str, depth: int) -> Step:
        made = self.inner(verb, depth)
        made.words = [self.random.choice(["0", "0", self.units(0)])]
        return made

    def cancel(self, verb: str = "cancel", depth: int = 0) -> Step:
        if "cancel" not in self.weights and "on_cancel" not in self.weights:
            return self.leaf()
        if not self.tasks:
            return self.leaf()
        words = [self.random.choice(self.tasks)]
        pause = Step("sleep", [str(self.random.randint(0, self.longest // 2))])
        again = [Step(verb, words)] if self.random.random() < 0.1 else []
        if self.random.random() < 0.2:
            again = [self.sleep(), Step(verb, words)]  # once more, later
        return Step("seq", steps=[pause, Step(verb, words), *again])

    def callback(self, verb: str, depth: int) -> Step:
        n = self.random.randint(1, 3)
        calls = [Step(verb, [self.random.choice(self.tasks or ["t1"])]) for _ in range(n)]
        return Step("seq", steps=calls)

    def with_task(self, verb: str, words: list[str]) -> Step:
        tasks = self.some_tasks()
        return Step(verb, [*words, tasks[0]]) if tasks else self.leaf()

    def await_(self, verb: str, depth: int) -> Step:
        return self.with_task(verb, [])

    def shield_task(self, verb: str, depth: int) -> Step:
        return self.with_task(verb, [])

    def timeout_task(self, verb: str, depth: int) -> Step:
        return self.with_task(verb, [self.units(1)])

    def gather_tasks(self, verb: str, depth: int) -> Step:
        tasks = self.some_tasks()
        if tasks and self.random.random() < 0.3:
            tasks.append(self.random.choice(tasks))  # the same one twice
        return Step(verb, tasks) if tasks else self.leaf()

    gather_tasks_re = gather_tasks

    def wait(self, verb: str, depth: int) -> Step:
        limit = self.units(1) if self.random.random() < 0.4 else "-1"
        tasks = self.some_tasks()
        when = self.random.choice(["all", "first", "exception"])
        return Step(verb, [when, limit, *tasks]) if tasks else self.leaf()


setattr(Generator, "await", Generator.await_)
for single in ("try", "shield"):
    setattr(Generator, single, lambda self, verb, depth: self.one(verb, [], depth))


def program(seed: int) -> str:
    """The program of a seed."""
    return str(Generator(seed).program())
