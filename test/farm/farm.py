# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""What the tests of the farm share: a Redis server that can be killed, pages that are counted, a network
that can be cut, and the program as a process."""

import asyncio
import collections
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fetch"))
from support import PATIENCE, Authority, TimedTest, closed_port

FARM = ""
GONE = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError)  # the client, or the test
FOUND_BY_SANITIZER = re.compile("ERROR: [A-Z][a-z]+Sanitizer|WARNING: ThreadSanitizer|: runtime error: ")


class Redis:
    """redis-server on a loopback port, whose data outlives a kill -9."""

    def __init__(self, *settings, port=None, tls=None):
        self.folder = tempfile.TemporaryDirectory()
        self.port = port or closed_port()
        self.settings = settings
        self.tls = tls  # (authority's file, certificate, key)
        self.process = None
        self.socket = None

    def start(self, *more):
        ports = ["--port", str(self.port)]
        if self.tls:
            authority, certificate, key = self.tls
            ports = ["--port", "0", "--tls-port", str(self.port), "--tls-ca-cert-file", authority,
                     "--tls-cert-file", certificate, "--tls-key-file", key]
        self.process = subprocess.Popen(
            ["redis-server", *ports, "--bind", "127.0.0.1", "--dir", self.folder.name,
             "--appendonly", "yes", "--save", "", *self.settings, *more],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            time.sleep(0.01)
        raise RuntimeError("redis-server does not start")

    def kill(self, number=signal.SIGKILL):
        self.disconnect()
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait()

    def disconnect(self):
        if self.socket:
            self.file.close()
            self.socket.close()
            self.socket = None

    def stop(self):
        self.kill()
        self.folder.cleanup()

    def __call__(self, *words):
        """What a command yields, as redis-py would give it; an error is a RuntimeError."""
        if not self.socket:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.file = self.socket.makefile("rb")
        words = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words)
                            + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self.read()

    def read(self):
        line = self.file.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest.decode()
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == b"-1" else [self.read() for _ in range(int(rest))]
        raise RuntimeError(f"what is {line}")

    def ready(self):
        with contextlib.suppress(RuntimeError):
            return self("PING") == "PONG"
        return False

    def results(self, farm="farm"):
        told = self("HGETALL", f"{{{farm}}}:results")
        return dict(zip(map(int, told[::2]), map(json.loads, told[1::2])))

    def dead(self, farm="farm"):
        told = self("HGETALL", f"{{{farm}}}:dead")
        return dict(zip(map(int, told[::2]), map(json.loads, told[1::2])))

    def count(self, name, farm="farm"):
        return int(self("HGET", f"{{{farm}}}:counts", name) or 0)

    def running(self, farm="farm"):
        """How many jobs each worker holds."""
        workers = self("XINFO", "CONSUMERS", f"{{{farm}}}:jobs", "workers")
        return {w[1]: w[3] for w in workers if w[3]}

    def waiting(self, farm="farm"):
        """How many jobs nobody holds, at one moment."""
        return self("EVAL", "return redis.call('XLEN', KEYS[1])"
                            " - redis.call('XPENDING', KEYS[1], 'workers')[1]", 1, f"{{{farm}}}:jobs")


class Background:
    """Servers of asyncio on a thread of their own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = None

    def listen(self, handle, port=0):
        begin = asyncio.start_server(handle, "127.0.0.1", port, backlog=4096)
        self.server = asyncio.run_coroutine_threadsafe(begin, self.loop).result(PATIENCE)
        return self.server.sockets[0].getsockname()[1]

    def call(self, function, *arguments):
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (function(*arguments), done.set()))
        done.wait(PATIENCE)

    async def end(self):
        self.server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.wait(rest | {asyncio.create_task(asyncio.sleep(0.01))})

    def close(self):
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


class Pages(Background):
    """A web server. /after/MS/NAME answers after so many milliseconds; /status/N with that status;
    /size/N with a body of so many bytes; /hang never."""

    def __init__(self):
        super().__init__()
        self.asked = collections.Counter()  # by path, once the request is there
        self.answered = collections.Counter()
        self.port = self.listen(self.serve)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader, writer):
        with contextlib.closing(writer.transport), contextlib.suppress(*GONE):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                self.asked[path] += 1
                status, body = await self.answer(path)
                writer.write(b"HTTP/1.1 %d Status\r\nContent-Length: %d\r\n\r\n%s"
                             % (status, len(body), body))
                await writer.drain()
                self.answered[path] += 1

    async def answer(self, path):
        kind, _, rest = path[1:].partition("/")
        if kind == "after":
            await asyncio.sleep(float(rest.partition("/")[0]) / 1000)
        elif kind == "hang":
            await asyncio.sleep(3600)
        elif kind == "status":
            return int(rest.partition("/")[0]), b"no"
        elif kind == "size":
            return 200, b"x" * int(rest)
        return 200, b"page " + path.encode()


class Cut(Background):
    """A network between the farm and its server, which can be cut and which can stall."""

    def __init__(self, to):
        super().__init__()
        self.to = to
        self.up = True
        self.flowing = asyncio.Event()
        self.loop.call_soon_threadsafe(self.flowing.set)
        self.writers = set()
        self.connections = 0
        self.port = self.listen(self.serve)

    async def serve(self, reader, writer):
        self.connections += 1
        if not self.up:
            return writer.transport.abort()
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            return writer.transport.abort()
        self.writers |= {writer, forth}
        try:
            with contextlib.suppress(*GONE):
                await asyncio.gather(self.pump(reader, forth), self.pump(back, writer))
        finally:
            self.writers -= {writer, forth}

    async def pump(self, source, sink):
        with contextlib.suppress(*GONE), contextlib.closing(sink.transport):
            while data := await source.read(65536):
                await self.flowing.wait()
                sink.write(data)
                await sink.drain()

    def drop(self):
        """Ends all connections at once, in the middle of whatever they carry."""
        self.call(lambda: [writer.transport.abort() for writer in list(self.writers)])

    def stall(self):
        self.call(self.flowing.clear)

    def flow(self):
        self.call(self.flowing.set)


class Answers(Background):
    """What is no Redis server, but answers each command with the next of these texts, and then with the
    last one."""

    def __init__(self, *texts):
        super().__init__()
        self.texts = list(texts)
        self.asked = []  # each command, in its words
        self.port = self.listen(self.serve)

    async def serve(self, reader, writer):
        with contextlib.closing(writer.transport), contextlib.suppress(*GONE, ValueError):
            while True:
                words = []
                for _ in range(int((await reader.readuntil(b"\r\n"))[1:])):
                    length = int((await reader.readuntil(b"\r\n"))[1:])
                    words.append((await reader.readexactly(length + 2))[:-2].decode())
                self.asked.append(words)
                text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
                writer.write(text.encode())


class FarmTest(TimedTest):
    def setUp(self):
        self.pages = self.closed(Pages())

    def closed(self, server):
        self.addCleanup(server.close)
        return server

    def new_redis(self, *settings, **options):
        redis = Redis(*settings, **options)
        self.addCleanup(redis.stop)
        redis.start()
        self.server = redis
        self.port = redis.port
        return redis

    def new_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Path(folder.name)

    def list_of(self, urls):
        file = self.new_folder() / "urls.txt"
        file.write_text("".join(f"{url}\n" for url in urls))
        return str(file)

    def start(self, *arguments, redis=None, env=None, **options):
        url = redis or f"redis://127.0.0.1:{self.port}"
        process = subprocess.Popen(
            [FARM, *map(str, arguments), "--redis", url], text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "REDISCLI_AUTH": "", **(env or {})}, **options)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        err = process.communicate()[1]
        self.assertNotRegex(err, FOUND_BY_SANITIZER)  # of a process, too, that is killed afterwards

    def finish(self, process, code=0):
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, err)
        return out, err

    def farm(self, *arguments, code=0, **options):
        return self.finish(self.start(*arguments, **options), code)

    def produce(self, urls, *more, **options):
        return self.farm("produce", "--from", self.list_of(urls), *more, **options)

    def work(self, name="a", *more, **options):
        return self.start("work", name, *more, **options)

    def status(self):
        return json.loads(self.farm("status", "--json")[0])

    def wait_until_all_ended(self, jobs, farm="farm"):
        self.wait_for(lambda: len(self.server.results(farm)) + len(self.server.dead(farm)) == jobs)

    def assert_nothing_is_left(self):
        self.assertEqual(self.server("XLEN", "{farm}:jobs"), 0)
        self.assertEqual(self.server.running(), {})


def main(usage):
    global FARM
    if len(sys.argv) < 2:
        sys.exit(usage)
    if not shutil.which("redis-server"):
        sys.exit("there is no redis-server")
    FARM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main(module="__main__")
