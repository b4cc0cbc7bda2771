# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

"""What the tests of fetch share: servers that do as they are told, and runs of the program."""

import contextlib
import functools
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 60  # what a test may take on a machine that is busy with other things
SOON = 15      # "at once" on such a machine, and still less than what is waited for elsewhere
TRIES = 5      # of a test that is late
FETCH = ""

SUMMARY = re.compile(r"(\d+) ok, (\d+) failed, wall (\d+\.\d\d) s, sum (\d+\.\d\d) s, "
                     r"at most (\d+) at once")


def simple(status, reason, body=b"", more=""):
    return (f"HTTP/1.1 {status} {reason}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode()
            + body)


OK = simple(200, "OK", b"hello")


def redirect(location, status=302):
    return simple(status, "Elsewhere", b"see there", f"Location: {location}\r\n")


class After:
    """A reply that takes its time."""

    def __init__(self, seconds, reply=OK):
        self.seconds, self.reply = seconds, reply


class Sequence:
    """A reply for the first time, one for the second, and the last one ever after."""

    def __init__(self, *replies):
        self.replies = list(replies)

    def next(self):
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def never(connection):
    """Waits for the other side to leave."""
    while connection.recv(65536):
        pass


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def largest_size(process):
    """Waits for the end; KiB of memory that the process has had at most. (What wait4 says counts the
    memory of this process too, of which each begins as a copy.)"""
    largest = 0
    while process.poll() is None:
        with contextlib.suppress(OSError):
            size = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
            largest = int(size[1]) if size else largest
        time.sleep(0.005)
    return largest


class Server:
    """A server on the loopback interface that says, byte by byte, what a test wants it to."""

    def __init__(self, family=socket.AF_INET, host="127.0.0.1", tls=None, keep_alive=False):
        self.listener = socket.socket(family)
        self.listener.bind((host, 0))
        self.listener.listen(1024)
        self.port = self.listener.getsockname()[1]
        self.name = f"{host if family == socket.AF_INET else '[' + host + ']'}:{self.port}"
        self.base = f"{'https' if tls else 'http'}://{self.name}"
        self.tls, self.keep_alive = tls, keep_alive
        self.lock = threading.Lock()
        self.heads = []    # of the requests, as they came
        self.bodies = []
        self.times = []
        self.connections = 0
        self.open = set()
        self.now = 0
        self.most = 0      # requests that waited for a reply at once
        self.routes = {}   # path -> bytes, After, Sequence, or callable(socket)
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.closing(connection), contextlib.suppress(OSError, ValueError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with contextlib.closing(connection):
                self.connections += 1
                with self.lock:
                    self.open.add(connection)
                while self.serve_one(connection) and self.keep_alive:
                    pass
                if not self.tls:
                    connection.shutdown(socket.SHUT_WR)

    def serve_one(self, connection):
        head, _, body = self.receive(connection, lambda got: b"\r\n\r\n" in got).partition(b"\r\n\r\n")
        if not head:
            return False
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        body = self.receive(connection, lambda got: len(got) >= int(length[1] if length else 0), body)
        with self.lock:
            self.heads.append(head.decode() + "\r\n\r\n")
            self.bodies.append(body)
            self.times.append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
        reply = self.routes.get(head.split(b" ")[1].decode(), simple(404, "Not Found"))
        if isinstance(reply, Sequence):
            reply = reply.next()
        if isinstance(reply, After):
            time.sleep(reply.seconds)
            reply = reply.reply
        with self.lock:  # before the reply: the client may start the next at its last byte
            self.now -= 1
        connection.sendall(reply) if isinstance(reply, bytes) else reply(connection)
        return True

    @staticmethod
    def receive(connection, enough, got=b""):
        while not enough(got):
            part = connection.recv(65536)
            if not part:
                return b""
            got += part
        return got

    def requests(self):
        with self.lock:
            return len(self.heads)

    def url(self, path, reply):
        self.routes[path] = reply
        return self.base + path

    def hang_up(self):
        """Closes all connections, as soon as they are idle."""
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        # Not before the acceptor has left: the number of its socket is the next server's, whose
        # connections it would take.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join()
        self.listener.close()


class Authority:
    """A certificate authority that is made on the spot."""

    SETTINGS = """
[ca]
default_ca = here
[here]
certificate = ca.pem
private_key = ca.key
database = issued
unique_subject = no
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = names
[names]
commonName = supplied
"""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.file = str(self.path / "ca.pem")
        (self.path / "settings").write_text(self.SETTINGS)
        (self.path / "issued").touch()
        self.openssl("req", "-x509", *self.new_key("ca"), "-out", self.file, "-subj", "/CN=test CA")

    def new_key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", str(self.path / f"{name}.key"))

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.path)

    def certify(self, name, names, valid=("-days", "2")):
        """The files with a certificate for these names ("DNS:a.test,IP:::1") and with its key."""
        (self.path / "names").write_text(f"subjectAltName={names}\n")
        self.openssl("req", *self.new_key(name), "-out", "request", "-subj", f"/CN={name}")
        self.openssl("ca", "-config", "settings", "-batch", "-notext", *valid, "-in", "request",
                     "-extfile", "names", "-out", f"{name}.pem")
        return str(self.path / f"{name}.pem"), str(self.path / f"{name}.key")

    def server_settings(self, *arguments, **options):
        settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        settings.load_cert_chain(*self.certify(*arguments, **options))
        return settings


class Outcome:
    """What a run of the program printed."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds
        lines = out.splitlines()
        self.rows = []
        for line in lines[2:lines.index("")] if "" in lines else []:
            status, size, ms, rest = line.split(None, 3)
            self.rows.append((status, size, ms, rest))
        summary = SUMMARY.fullmatch(lines[-1]) if lines else None
        if summary:
            self.ok, self.failed, self.at_once = (int(summary[i]) for i in (1, 2, 5))
            self.wall, self.sum = float(summary[3]), float(summary[4])

    def reasons(self):
        """The words behind each URL that has failed; for the others, nothing."""
        return [row[3].partition(": ")[2] for row in self.rows]

    def json(self):
        return json.loads(self.out)


class Late(AssertionError):
    """Something took longer than its limit. One such result proves nothing on a busy machine."""


class TimedTest(unittest.TestCase):
    """Tests whose limits of time hold on an idle machine. A test passes if one of its tries keeps them;
    every other failure counts at the first try."""

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        for name, test in list(vars(cls).items()):
            if name.startswith("test_"):
                setattr(cls, name, in_one_of(TRIES, test))

    def assert_within(self, limit, took, what=""):
        if took >= limit:
            raise Late(f"{what or self.id()}: {took}, which must be less than {limit}")

    def comes_true(self, condition, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() >= end:
                return False
            time.sleep(0.01)
        return True

    def wait_for(self, condition, seconds=PATIENCE):
        self.assertTrue(self.comes_true(condition, seconds), "waited in vain")


def in_one_of(tries, test):
    @functools.wraps(test)
    def run(self):
        for _ in range(tries - 1):
            try:
                return test(self)
            except Late as late:
                print(f"{late}; once more", file=sys.stderr)
            self.tearDown()
            self.doCleanups()
            self.setUp()
        return test(self)
    return run


class FetchTest(TimedTest):
    def setUp(self):
        self.server = self.new_server()

    def new_server(self, **options):
        server = Server(**options)
        self.addCleanup(server.close)
        return server

    def command(self, *arguments):
        return [FETCH, *arguments]

    def start(self, *arguments, env=None, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, **options}
        process = subprocess.Popen(self.command(*arguments), text=True, env=env, **options)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def fetch(self, *arguments, input=None, **options):
        begin = time.monotonic()
        if input is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*arguments, **options)
        out, err = process.communicate(input, PATIENCE)
        return Outcome(process.returncode, out or "", err or "", time.monotonic() - begin)

    def file(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".txt")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return file.name

    def new_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Path(folder.name)


class NamesTest(FetchTest):
    """With names of hosts that getaddrinfo.cpp knows, such as a.here.test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        preload = Path(folder.name) / "getaddrinfo.so"
        subprocess.run([*os.environ.get("CXX", "c++").split(), "-std=c++20", "-shared", "-fPIC",
                        "-o", str(preload), str(HERE / "getaddrinfo.cpp"), "-ldl"], check=True)
        # A program built with AddressSanitizer wants to be loaded before all others.
        asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        cls.env = {**os.environ, "LD_PRELOAD": str(preload), "ASAN_OPTIONS": asan.lstrip(":")}


def main(usage):
    global FETCH
    if len(sys.argv) < 2:
        sys.exit(usage)
    FETCH = str(Path(sys.argv.pop(1)).resolve())
    unittest.main(module="__main__")
