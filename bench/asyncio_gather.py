#!/usr/bin/env python3
# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""asyncio_gather.py [--rounds N] [CHILDREN...] [--workloads NAME...]

What a child of CPython's asyncio.gather costs, in nanoseconds of processor time: the same shapes as
some workloads of bench_children, under the same names, as a table separated by tabs. Children are
1,000 unless given.
"""

import argparse
import asyncio
import statistics
import time


async def immediate(i):
    return i


async def hop(i):
    await asyncio.sleep(0)
    return i


async def millisecond(i):
    await asyncio.sleep(0.001)
    return i


async def gathered(child, n):
    values = await asyncio.gather(*[child(i) for i in range(n)])
    assert sum(values) == n * (n - 1) // 2


async def cancelled(n):
    """Children that wait for a timer, cancelled when all of them wait."""
    waiting = 0
    all_wait = asyncio.Event()

    async def endless():
        nonlocal waiting
        waiting += 1
        if waiting == n:
            all_wait.set()
        await asyncio.sleep(3600)

    children = asyncio.gather(*[endless() for _ in range(n)], return_exceptions=True)
    await all_wait.wait()
    children.cancel()
    try:
        await children
    except asyncio.CancelledError:
        pass


WORKLOADS = {
    "immediate": lambda n: gathered(immediate, n),
    "hop": lambda n: gathered(hop, n),
    "timers": lambda n: gathered(millisecond, n),
    "cancel_throwing": cancelled,
}

CHILDREN_A_TURN = 10_000
MOST_WAITS = 10


async def turn(make, n, repetitions):
    await make(n)
    start = time.process_time()
    for _ in range(repetitions):
        await make(n)
    return (time.process_time() - start) * 1e9 / (n * repetitions)


def nanoseconds(workload, n, rounds):
    repetitions = max(1, CHILDREN_A_TURN // n)
    if workload == "timers":
        repetitions = min(repetitions, MOST_WAITS)
    make = WORKLOADS[workload]
    return statistics.median(asyncio.run(turn(make, n, repetitions)) for _ in range(rounds))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("children", nargs="*", type=int, default=[1000])
    given = parser.parse_args()
    print("workload\tchildren\tnanoseconds")
    for workload in given.workloads:
        for n in given.children:
            print(f"{workload}\t{n}\t{nanoseconds(workload, n, given.rounds):.1f}", flush=True)


if __name__ == "__main__":
    main()
