#!/usr/bin/env python3
"""tcp_echo beside the same server in plain callbacks of libuv: time, instructions, system calls.

    tests/bench/echo.py [--rounds N] [--quick]

The servers of examples/tcp_echo (callbacks.c: as in libuv's guide, and the least that does) are
started in turn, round after round, and each serves the same clients. Messages a second and the
server's processor time are medians; the ratios are medians of the rounds' ratios, as what runs one
after the other drifts together. Instructions outside of the kernel (callgrind) and system calls
(strace) are differences of two runs that differ in the number of messages. tests/bench/run does all
of this, too.
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from programs import KINDS, ROOT, configure, output, say

# Connections at a time, and how many messages each sends in a run.
LOADS = {1: 5_000, 50: 500}
# Messages of a connection in the two runs whose counts are compared.
FEW, LOTS = 100, 300

# What a server is filed under, and its arguments behind the program for so many connections.
SERVERS = {
    "bide": lambda connections: ["tcp_echo", "0", "--limit", str(connections)],
    "guide": lambda connections: ["tcp_echo_callbacks", "guide", "0", str(connections)],
    "try": lambda connections: ["tcp_echo_callbacks", "try", "0", str(connections)],
}
NAMES = {"bide": KINDS["generated"], "guide": "callbacks, as in libuv's guide",
         "try": "callbacks, the least that does"}


def on_processor(n):
    """For a child that starts: to stay on one processor, if there are two."""
    there = sorted(os.sched_getaffinity(0))
    return (lambda: os.sched_setaffinity(0, {there[n]})) if len(there) > 1 else None


class Run:
    """One server that serves its connections to their end."""

    def __init__(self, where, kind, connections, messages, tool=()):
        name, *arguments = SERVERS[kind](connections)
        server = subprocess.Popen([*map(str, tool), str(where / name), *arguments], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  preexec_fn=on_processor(0))
        try:
            found = re.search(r"port (\d+)", server.stdout.readline())
            if not found:
                sys.exit(f"{name}: {server.stderr.read()[-2000:]}")
            began = time.monotonic()
            output([where / "tcp_echo", "--client", found.group(1), "--connections", connections,
                    "--messages", messages], preexec_fn=on_processor(-1))
            self.taken = time.monotonic() - began
            self.said = server.stderr.read()
            _, status, usage = os.wait4(server.pid, 0)
            server.returncode = os.waitstatus_to_exitcode(status)
            if server.returncode != 0:
                sys.exit(f"{name}: exit {server.returncode}\n{self.said[-2000:]}")
            self.cpu = usage.ru_utime + usage.ru_stime
        finally:
            if server.returncode is None:
                server.kill()
                server.wait()
            server.stdout.close()
            server.stderr.close()


class Echo:
    """One server under one load, and what was measured of it: seconds a message."""

    def __init__(self, where, kind, connections):
        self.where, self.kind, self.connections = where, kind, connections
        self.times, self.cpu = [], []
        self.instructions = self.calls = None

    def measure_time(self, share):
        messages = max(1, int(LOADS[self.connections] * share))
        run = Run(self.where, self.kind, self.connections, messages)
        self.times.append(run.taken / (messages * self.connections))
        self.cpu.append(run.cpu / (messages * self.connections))

    def difference(self, count):
        return (count(LOTS) - count(FEW)) / ((LOTS - FEW) * self.connections)

    def measure_instructions(self):
        def count(messages):
            run = Run(self.where, self.kind, self.connections, messages,
                      ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"])
            return int(re.search(r"Collected : (\d+)", run.said).group(1))
        self.instructions = self.difference(count)

    def measure_calls(self):
        """Waiting for descriptors depends on how fast the clients are when there are several."""
        def count(messages):
            with tempfile.NamedTemporaryFile("r", prefix="bide-strace-") as trace:
                Run(self.where, self.kind, self.connections, messages,
                    ["strace", "-f", "-qq", "-o", trace.name])
                calls = [line for line in trace if "(" in line]
            if self.connections > 1:
                calls = [line for line in calls if "epoll_" not in line]
            return len(calls)
        self.calls = self.difference(count)


def echo_programs(build):
    """The folder with the servers of examples/tcp_echo, built; None if they are not to be had."""
    listed = configure(ROOT, build)
    wanted = ["tcp_echo", "tcp_echo_callbacks"]
    if any(f"{name}:" not in listed for name in wanted):
        say("tcp_echo: skipped (libuv is missing, or bidec does not run here)")
        return None
    output(["cmake", "--build", build, "--target", *wanted])
    return pathlib.Path(build) / "examples" / "tcp_echo"


def strace_works():
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def measure_echo(where, rounds, quick):
    """All servers under all loads, in turn."""
    echoes = [Echo(where, kind, connections) for connections in LOADS for kind in SERVERS]
    for n in range(rounds):
        say(f"tcp_echo: round {n + 1} of {rounds}")
        for e in echoes:
            e.measure_time(0.2 if quick else 1)
    if strace_works():
        say("tcp_echo: system calls")
        for e in echoes:
            e.measure_calls()
    else:
        say("tcp_echo: system calls skipped (strace is missing, or may not trace here)")
    if not quick and shutil.which("valgrind"):
        say("tcp_echo: instructions")
        for e in echoes:
            e.measure_instructions()
    return echoes


def ratio_of(ours, theirs):
    return statistics.median(x / y for x, y in zip(ours, theirs))


def echo_table(echoes):
    """Lines of Markdown, with what they mean before them."""
    if not echoes:
        return []
    lines = ["", "An echo server on libuv (`examples/tcp_echo`, async C) beside the same in plain "
             "callbacks, on the loopback, 64 bytes a message: instructions outside of the kernel "
             "and system calls for each (those of 50 connections without `epoll_wait`); the last "
             "two columns are bide's time and its server's processor time as parts of the row's, "
             "medians of interleaved rounds.", "",
             "| connections | server | messages/s | CPU µs | instr. | system calls | bide's time / "
             "this | bide's CPU / this |", "|--:|---|" + "--:|" * 6]
    for e in echoes:
        ours = next(o for o in echoes if (o.kind, o.connections) == ("bide", e.connections))
        ratios = ["–", "–"] if e is ours else [f"{ratio_of(ours.times, e.times):.2f}",
                                               f"{ratio_of(ours.cpu, e.cpu):.2f}"]
        lines.append("| " + " | ".join([
            str(e.connections), NAMES[e.kind], f"{1 / statistics.median(e.times):,.0f}",
            f"{1e6 * statistics.median(e.cpu):.2f}",
            "–" if e.instructions is None else f"{e.instructions:,.0f}",
            "–" if e.calls is None else f"{e.calls:.2f}", *ratios]) + " |")
    return lines


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=9)
    p.add_argument("--quick", action="store_true", help="2 short rounds, no instructions")
    p.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "bench" / "c")
    options = p.parse_args()
    say("building tcp_echo")
    where = echo_programs(options.build)
    if where is None:
        sys.exit(1)
    print("\n".join(echo_table(measure_echo(where, 2 if options.quick else options.rounds,
                                            options.quick))))


if __name__ == "__main__":
    main()
