"""What the tests of the examples on bide::uv have in common: a program that serves, and peers.

A test is a function of a module; ctest starts each alone:  test_X.py PROGRAM CASE
Exit: 0 it holds; 1 it does not, and why is said; 77 something is missing here (ctest: skipped).
"""
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback

SECONDS = 60  # for anything that is waited for


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def need(program):
    path = shutil.which(program)
    return path or skip(program + " is not installed")


def check(ok, what, *seen):
    if not ok:
        raise AssertionError(" ".join([what] + [repr(s) for s in seen]))


class Serving:
    """A program that says 'listening on ADDRESS port N' first, and ends by SIGTERM."""

    def __init__(self, command, before=None):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, preexec_fn=before)
        self.first = self.process.stdout.readline()
        found = re.search(r"port (\d+)", self.first)
        if not found:
            self.process.kill()
            raise AssertionError("it does not listen: " + self.first + self.process.stderr.read())
        self.port = int(found.group(1))
        # Logs are read as they come: a full pipe would stop the program.
        self.out, self.err = [], []
        self.readers = [threading.Thread(target=self._read, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.out),
                                     (self.process.stderr, self.err))]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def _read(pipe, lines):
        for line in pipe:
            lines.append(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def refuses(self):
        """It resets the next connection: maybe before connect() has returned to us."""
        try:
            with self.connect() as s:
                check(s.recv(1) == b"?", "an end that is no reset")
        except ConnectionResetError:
            pass

    def peak_kib(self):
        """The most memory it has had."""
        with open("/proc/%d/status" % self.process.pid) as status:
            return int(re.search(r"VmHWM:\s*(\d+)", status.read()).group(1))

    def wait_for(self, pattern, lines=None):
        """The first line that matches, now or soon."""
        lines = self.err if lines is None else lines
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            for line in list(lines):
                if re.search(pattern, line):
                    return line
            time.sleep(0.01)
        raise AssertionError("no line matches %r: %r" % (pattern, lines[-5:]))

    def end(self, by=signal.SIGTERM, code=0):
        """Ends it, or waits for it (by=None): all that it said."""
        if by is not None:
            self.process.send_signal(by)
        try:
            got = self.process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError("it does not end")
        for reader in self.readers:
            reader.join(SECONDS)
        said = "".join(self.out) + "".join(self.err)
        check(got == code, "exit code", got, said)
        return said


def run(command, code=0, **options):
    """Runs it to its end: (standard output, standard error)."""
    done = subprocess.run(command, capture_output=True, timeout=SECONDS * 2, **options)
    check(done.returncode == code, "exit code", done.returncode, done.stdout[-500:], done.stderr)
    return done.stdout, done.stderr


def read_to_end(s):
    pieces = []
    while True:
        piece = s.recv(1 << 16)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def reset(s):
    """Ends a connection with a reset."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def until_read(s):
    """Waits until the program at the other end has read all that we have sent. What comes behind
    it, a reset say, is an event of its own then."""
    def name(address):
        a, port = address
        return "%08X:%04X" % (struct.unpack("=I", socket.inet_aton(a))[0], port)

    ours, other = name(s.getsockname()), name(s.getpeername())

    def is_read():
        waiting = {}  # bytes that are not acknowledged, and bytes that are not read
        with open("/proc/net/tcp") as table:
            for line in table:
                words = line.split()
                if words[1:3] in ([ours, other], [other, ours]):
                    sent, received = words[4].split(":")
                    waiting[words[1]] = int(sent if words[1] == ours else received, 16)
        return waiting == {ours: 0, other: 0}

    if not os.path.exists("/proc/net/tcp"):
        skip("/proc/net/tcp is not there")
    until(is_read, "what was sent is not read")


class Nobody:
    """A port that refuses connections, and that nobody else is given meanwhile."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Peer:
    """A server of ours: one thread for each connection, which runs `talk(socket)`."""

    def __init__(self, talk):
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.accepted = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            s.settimeout(SECONDS)
            threading.Thread(target=self._one, args=(s,), daemon=True).start()

    def _one(self, s):
        try:
            self.talk(s)
        except OSError:
            pass  # what the other side makes of it is what is tested
        finally:
            s.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # a thread is in accept, which would hold it
        self.listener.close()


def until(condition, what):
    """Waits for it."""
    end = time.monotonic() + SECONDS
    while not condition():
        check(time.monotonic() < end, what)
        time.sleep(0.01)


def main(cases):
    name = sys.argv[2]
    try:
        cases[name](os.path.abspath(sys.argv[1]))
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    print("holds:", name)
