"""Measuring one workload of one program in one placement."""
import concurrent.futures
import os
import re
import statistics
import sys

from programs import output, say

# Operations of one loop: a stream has 64 items, a round of two tasks two wakes.
PER_LOOP = {**{name: 64 for name in (
    "stream_static", "stream_poll", "stream_next", "flow_static", "flow_poll", "flow_next",
    "flow_chain", "flow_chain_dyn")}, "pool_wakes": 2, "pool_wakes_across": 2}

# What stands around the core. The placement says where: on one thread, in a channel that others
# may use or may not, or on a pool; of sets of futures, how many members there are.
AROUND = ("channel_bounded", "channel_unbounded", "pool_spawn", "pool_spawn_inside", "pool_yield",
          "pool_wakes", "pool_wakes_across", "set_wake", "set_wake_local", "set_turn",
          "set_turn_local")

# How many tasks are alive at once; loops are tasks there. The bytes of one are the difference.
MANY = ("many", "many_call")
FEW, LOTS = 100_000, 1_000_000


def base_of(workload):
    """The workload that a peer has: by-value awaits and local forms are no others."""
    return workload.removesuffix("_v").removesuffix("_local")


class Entry:
    """A workload of a program in a placement, and what was measured of it. With `tasks`, the
    workload is one of many tasks and runs with so many."""

    def __init__(self, program, workload, place, tasks=0):
        self.program, self.kind = program, program.kind
        self.workload, self.place, self.tasks = workload, place, tasks
        self.times, self.loops = [], tasks or 1000
        self.instructions = self.allocations = self.bytes = None

    @property
    def threaded(self):
        """With several threads nothing but the time is the same twice."""
        return self.place == "pool"

    def command(self, loops):
        return [str(self.program.path), self.workload, self.place, str(loops)]

    def each(self, loops):
        return loops * PER_LOOP.get(self.workload, 1)

    def run(self, loops):
        """Checksum and nanoseconds."""
        checksum, taken = output(self.command(loops))[0].split()
        return checksum, int(taken)

    def calibrate(self, milliseconds):
        """Loops for a run of about so long."""
        if self.tasks:
            return
        while (taken := self.run(self.loops)[1]) < 2e6:
            self.loops *= 8
        self.loops = max(10, int(self.loops * milliseconds * 1e6 / taken))

    def measure_time(self):
        self.times.append(self.run(self.loops)[1] / self.each(self.loops))

    @property
    def time(self):
        return statistics.median(self.times)

    def difference(self, count, few=None, lots=None):
        """What one operation adds to what count(loops) counts."""
        few = few or (100 if self.workload in PER_LOOP else 1000)
        lots = lots or 3 * few
        return (count(lots) - count(few)) / self.each(lots - few)

    def counted(self, helpers, loops, pattern):
        env = dict(os.environ, LD_PRELOAD=str(helpers / "bench_count.so"))
        _, text = output(self.command(loops), env=env)
        return int(re.search(pattern, text).group(1))

    def measure_allocations(self, helpers):
        self.allocations = self.difference(
            lambda loops: self.counted(helpers, loops, r"allocations (\d+)"))

    def measure_bytes(self, helpers):
        """Peak resident bytes a task."""
        self.bytes = self.difference(
            lambda loops: 1024 * self.counted(helpers, loops, r"VmHWM:\s*(\d+) kB"), FEW, LOTS)

    def callgrind(self, loops):
        _, text = output(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                          *self.command(loops)])
        return int(re.search(r"Collected : (\d+)", text).group(1))

    def measure_instructions(self):
        self.instructions = self.difference(self.callgrind)


def entries_of(programs, only=None, tasks=(FEW, LOTS)):
    """All that the programs can do, or what begins with `only`."""
    entries = []
    for program in programs:
        for workload, place in program.rows():
            if only and not workload.startswith(only):
                continue
            for n in tasks if workload in MANY else (0,):
                entries.append(Entry(program, workload, place, n))
    return entries


def checksums_agree(entries):
    """All programs must compute the same: else they are not the same workload."""
    sums = {}
    for e in entries:
        base = base_of(e.workload)
        sums.setdefault(base, {})[f"{e.kind} {e.workload} {e.place}"] = e.run(1000)[0]
    for base, found in sums.items():
        if len(set(found.values())) > 1:
            sys.exit(f"{base}: checksums differ: {found}")


def measure_times(entries, rounds, milliseconds):
    """The programs in turn, round by round; a million tasks in the first three rounds only."""
    say("calibrating")
    for e in entries:
        e.calibrate(milliseconds)
    for n in range(rounds):
        told = None
        for e in entries:
            if told != (e.kind, e.program.path.name):
                told = (e.kind, e.program.path.name)
                say(f"time: round {n + 1} of {rounds}, {e.kind} ({e.program.path.name})")
            if n < 3 or e.tasks < LOTS:
                e.measure_time()


def measure_counts(entries, helpers):
    """Allocations and bytes. Exact, so two runs are enough; of many tasks the few tell."""
    say("allocations and bytes")
    for e in entries:
        if e.tasks == LOTS or e.threaded:
            continue
        e.measure_allocations(helpers)
        if e.tasks:
            e.measure_bytes(helpers)


def measure_instructions(entries):
    """By callgrind, as many at once as there are processors: nobody else disturbs a count."""
    counted = [e for e in entries if e.tasks != LOTS and not e.threaded]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {pool.submit(e.measure_instructions): e for e in counted}
        for done, future in enumerate(concurrent.futures.as_completed(waiting), 1):
            future.result()
            if done % 20 == 0 or done == len(counted):
                say(f"instructions: {done} of {len(counted)}")


def find(entries, kind, workload, place, tasks=0):
    """The entry, or None."""
    for e in entries:
        if (e.kind, e.workload, e.place, e.tasks) == (kind, workload, place, tasks):
            return e
    return None


def peer(entries, kind, workload, place, tasks=0):
    """The peer's entry for one of bide: by-value awaits are no other workload, and placements that
    a peer lacks are compared with its heap, channels of one thread with those between threads."""
    base = base_of(workload)
    wanted = (place,) if kind in ("bide", "generated", "hand") else (place, "heap", "shared")
    for p in wanted:
        if found := find(entries, kind, base, p, tasks):
            return found
    return None
