#!/usr/bin/env python3
# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""wait_loop.py [--futures N] [--rounds N] BUILD_DIR

What it takes to hear of the ends of tasks one after another: BUILD_DIR/bench/bench_wait_loop and the
same with CPython, in turns. Prints medians of the processor time, and of ours as a share of theirs,
made within a round, as a table separated by tabs.
"""

import argparse
import asyncio
import statistics
import subprocess
import time
from pathlib import Path


async def told_tasks(n):
    """Tasks, each of which ends when it is told to."""
    words = [asyncio.Event() for _ in range(n)]
    tasks = [asyncio.create_task(word.wait()) for word in words]
    await asyncio.sleep(0)
    return words, tasks


async def by_wait(n):
    words, tasks = await told_tasks(n)
    start = time.process_time()
    pending = set(tasks)
    ended = 0
    while pending:
        words[ended].set()
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        ended += len(done)
    assert ended == n
    return (time.process_time() - start) * 1e3


async def by_as_completed(n):
    words, tasks = await told_tasks(n)
    start = time.process_time()
    ended = 0
    words[0].set()
    for end in asyncio.as_completed(tasks):
        await end
        ended += 1
        if ended < n:
            words[ended].set()
    assert ended == n
    return (time.process_time() - start) * 1e3


def ours(build_dir, way, n):
    program = build_dir / "bench" / "bench_wait_loop"
    return float(subprocess.run([program, way, str(n)], check=True, capture_output=True,
                                text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--futures", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("build_dir", type=Path)
    given = parser.parse_args()
    print("way\tfutures\tmilliseconds\tcpython\tratio")
    for way, peer in (("wait", by_wait), ("as_completed", by_as_completed)):
        rounds = [(ours(given.build_dir, way, given.futures), asyncio.run(peer(given.futures)))
                  for _ in range(given.rounds)]
        mine, theirs = (statistics.median(times) for times in zip(*rounds))
        ratio = statistics.median(a / b for a, b in rounds)
        print(f"{way}\t{given.futures}\t{mine:.1f}\t{theirs:.1f}\t{ratio:.3f}", flush=True)


if __name__ == "__main__":
    main()
