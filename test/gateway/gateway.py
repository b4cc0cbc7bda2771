# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""What the tests of the gateway share: the program as a process, and a client that says, byte by byte,
what a test wants it to. The upstreams are those of the tests of fetch."""

import contextlib
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fetch"))
from support import After, PATIENCE, SOON, Sequence, Server, TimedTest, closed_port, never, simple

GATEWAY = ""
LAST_LINE = re.compile(r"gateway: (\d+) requests answered, (\d+) clients left before"
                       r"(, and some requests had to be cancelled)?; (\d+) connections and "
                       r"(\d+) tasks are left\n")


def as_json(value, status=200, reason="OK"):
    return simple(status, reason, json.dumps(value).encode())


class Reply:
    """An answer of the gateway."""

    def __init__(self, status_line, headers, body):
        self.status_line, self.headers, self.body = status_line, headers, body
        self.status = int(status_line.split()[1])

    def json(self):
        return json.loads(self.body)


class Client:
    """A connection to the gateway."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.name = "{}:{}".format(*self.socket.getsockname())

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def get(self, path, more="", method="GET", version="1.1"):
        self.send(f"{method} {path} HTTP/{version}\r\nHost: here\r\n{more}\r\n")

    def read(self, head=False):
        """The next answer."""
        lines = []
        while True:
            line = self.file.readline().decode()
            if not line.endswith("\r\n"):
                raise EOFError(f"{lines} and then {line!r}")
            if line == "\r\n":
                break
            lines.append(line[:-2])
        headers = dict(line.split(": ", 1) for line in lines[1:])
        length = 0 if head else int(headers["Content-Length"])
        return Reply(lines[0], headers, self.file.read(length))

    def at_end(self):
        """Waits for the gateway to close: whether it has said nothing more."""
        return self.file.read(1) == b""

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()


class Gateway:
    """The program, with a configuration."""

    def __init__(self, config, *arguments, files=None, environment=None):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(config, self.file)
        self.file.flush()
        self.process = subprocess.Popen(
            [GATEWAY, "--config", self.file.name, "--port", "0", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})},
            preexec_fn=files and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, files)))
        self.hello = []
        while not self.hello or "try curl" not in self.hello[-1]:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(self.process.communicate()[1])
            self.hello.append(line)
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/quote", self.hello[-1])[1])
        self.admin = int(re.search(r"http://127\.0\.0\.1:(\d+)/metrics", self.hello[-2])[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def metrics(self):
        """Sample -> value, but for the buckets of the histogram."""
        client = Client(self.port)
        client.get("/metrics", "Connection: close\r\n")
        text = client.read().body.decode()
        client.close()
        samples = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in samples if "_bucket" not in name}

    def open_files(self):
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def resident(self):
        """Bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096

    def most_resident(self):
        """Bytes, the most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self):
        """Exit code, stdout, stderr."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        with contextlib.suppress(ValueError):
            self.process.communicate()
        self.file.close()


class GatewayTest(TimedTest):
    maxDiff = None

    def new_server(self, **options):
        server = Server(**{"keep_alive": True, **options})
        self.addCleanup(server.close)
        return server

    def upstream(self, name, *servers, **more):
        return {"name": name, "replicas": [server.name for server in servers], **more}

    def start(self, upstreams, *arguments, files=None, environment=None, **config):
        """`files` are the limits of open files, one for both or each for itself."""
        config = {"deadline_ms": 20_000, "log": "none", **config}
        if upstreams:
            config["upstreams"] = upstreams
        if isinstance(files, int):
            files = (files, files)
        self.gateway = Gateway(config, *arguments, files=files, environment=environment)
        self.addCleanup(self.gateway.end)
        return self.gateway

    def connect(self):
        client = Client(self.gateway.port)
        self.addCleanup(client.close)
        return client

    def ask(self, path, more="", **options):
        client = self.connect()
        client.get(path, more, **options)
        reply = client.read(head=options.get("method") == "HEAD")
        client.close()
        return reply

    def stop(self):
        """Ends the gateway, and holds what it says against what must be."""
        self.gateway.signal()
        code, out, err = self.gateway.wait()
        self.assertEqual((code, err), (0, ""))
        last = LAST_LINE.fullmatch(out)
        self.assertTrue(last, out)
        self.assertEqual((last[4], last[5]), ("0", "0"))
        return int(last[1]), int(last[2]), bool(last[3])


def main(usage):
    global GATEWAY
    if len(sys.argv) < 2:
        sys.exit(usage)
    GATEWAY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main(module="__main__")
