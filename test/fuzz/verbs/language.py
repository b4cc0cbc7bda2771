# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""The language of README.md: programs as trees."""

from __future__ import annotations

from dataclasses import dataclass, field

VERBS = ("leaf", "gather", "race", "first", "timeout", "hold", "group", "stream")


def parse(text: str) -> list:
    """The nested lists of one line."""
    words = text.replace("(", " ( ").replace(")", " ) ").split()
    stack: list[list] = [[]]
    for word in words:
        if word == "(":
            stack.append([])
        elif word == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(word)
    (tree,) = stack[0]
    return tree


def unparse(tree: list | str) -> str:
    if isinstance(tree, str):
        return tree
    return "(" + " ".join(unparse(each) for each in tree) + ")"


def is_work(tree: list | str) -> bool:
    return isinstance(tree, list) and tree[0] in VERBS


@dataclass
class Node:
    """One work of a program."""

    verb: str
    id: int
    words: list[str] = field(default_factory=list)
    settings: dict[str, int] = field(default_factory=dict)
    parts: list[Node] = field(default_factory=list)
    steps: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Program:
    limiters: list[int]
    requests: list[tuple[int, str, int]]
    linger: int
    root: Node


def read(text: str) -> Program:
    program = Program([], [], 0, Node("", 0))
    count = 0

    def read_work(tree: list) -> Node:
        nonlocal count
        node = Node(tree[0], count)
        count += 1
        for item in tree[1:]:
            if isinstance(item, str):
                node.words.append(item)
            elif is_work(item):
                node.parts.append(read_work(item))
            elif item[0] == "spawn":
                node.steps.append(("spawn", len(node.parts)))
                node.parts.append(read_work(item[1]))
            elif item[0] == "do":
                step = item[1]
                node.steps.append((step[0], int(step[1]) if len(step) > 1 else 0))
            else:
                node.settings[item[0]] = int(item[1])
        return node

    for item in parse(text)[1:]:
        if item[0] == "limiters":
            program.limiters = [int(places) for places in item[1:]]
        elif item[0] == "ask":
            program.requests.append((int(item[1]), item[2], int(item[3])))
        elif item[0] == "linger":
            program.linger = int(item[1])
        else:
            program.root = read_work(item)
    return program
