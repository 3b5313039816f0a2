"""What is to be reached, and whether it is: for the developer, not for the README."""
from measure import FEW, LOTS, find, peer

ANY = ("heap", "mimalloc", "slab", "slot", "recycling")
TASKS = ("heap", "mimalloc")

# (kind, workload, placements) -> ratio of Rust's time (with the same or, without one of its own,
# the heap allocator), instructions, allocations. None: no limit.
GOALS = [
    ("bide", "static_leaf", ("none",), None, 8, 0),
    ("bide", "static_chain", ("none",), None, 60, 0),
    ("bide", "static_chain_v", ("none",), None, 18, 0),
    ("bide", "dyn_leaf", ANY, 1 / 5, 30, 0),
    ("bide", "dyn_yield", ("slab", "slot"), 2 / 5, None, 0),
    ("bide", "dyn_yield", ("heap",), 3 / 5, None, 1),
    ("bide", "dyn_chain", ("slab",), 1 / 3, None, 0),
    ("bide", "dyn_chain_v", ANY, 1 / 6, None, 0),
    ("bide", "dyn_chain_wait", ("slab",), 2 / 5, None, 0),
    ("bide", "stream_poll", ("none",), 1, None, 0),
    ("bide", "stream_next", ANY, 1 / 4, None, 0),
    ("bide", "flow_poll", ("none",), 1, None, 0),
    ("generated", "static_leaf", ("none",), None, 8, 0),
    ("generated", "static_chain", ("none",), None, 18, 0),
    ("generated", "dyn_leaf", ANY, 1 / 5, 30, 0),
    ("generated", "dyn_yield", ("slab", "slot"), 2 / 5, None, 0),
    ("generated", "dyn_yield", ("heap",), 3 / 5, None, 1),
    ("generated", "dyn_chain", ANY, 1 / 6, None, 0),
    ("generated", "dyn_chain_wait", ("slab",), 1 / 3, None, 0),
    ("generated", "stream_poll", ("none",), 1, None, 0),
    ("generated", "stream_next", ANY, 1 / 4, None, 0),
]

# Instructions of what is generated, as a ratio of those of another program's workload. (An await
# by value is the macros' best, and what a generated await is without the user's promise.)
RATIOS = [
    ("static_leaf", ("none",), "hand", "static_leaf", 1.05),
    ("static_chain", ("none",), "hand", "static_chain", 1.05),
    ("chain8", ("none",), "hand", "chain8", 1.35),
    ("chain8_far", ("none",), "hand", "chain8_far", 1.35),
    ("dyn_leaf", ANY, "bide", "dyn_leaf", 1),
    ("dyn_yield", ANY, "bide", "dyn_yield", 1),
    ("dyn_chain", ANY, "bide", "dyn_chain_v", 1),
    ("dyn_chain_wait", ANY, "bide", "dyn_chain_wait_v", 1),
]

# Of a wake of a future set with 10,000 members, as a part of one with 10: instructions.
SET_GROWTH = 1.05

# Of a suspended task with one dyn call, with its join handle: bytes, and the ratio of tokio's time.
TASK_BYTES, TASK_TIME = 160, 1 / 2


class Verdicts:
    def __init__(self):
        self.lines, self.missed = [], 0

    def check(self, e, got, limit, what):
        verdict = "reached" if got <= limit + 1e-9 else "MISSED"
        self.missed += verdict == "MISSED"
        tasks = f" {e.tasks:,}" if e.tasks else ""
        self.lines.append(f"{verdict:8} {e.kind} {e.workload}{tasks} {e.place}: {got:.4g} {what}, "
                          f"to reach {limit:.4g}")


def check_calls(entries, v):
    for kind, workload, places, ratio, instructions, allocations in GOALS:
        for place in places:
            e = find(entries, kind, workload, place)
            if not e:
                continue
            rust = peer(entries, "rust", workload, place)
            if ratio and rust and e.times:
                v.check(e, e.time / rust.time, ratio, "of Rust's time")
            if instructions is not None and e.instructions is not None:
                v.check(e, round(e.instructions), instructions, "instructions")
            if allocations is not None and e.allocations is not None:
                v.check(e, e.allocations, allocations, "allocations")


def check_generated(entries, v):
    for workload, places, kind, there, limit in RATIOS:
        for place in places:
            e, base = find(entries, "generated", workload, place), find(entries, kind, there, place)
            if e and base and e.instructions is not None:
                # Rounded: the way in and out may differ by a few instructions.
                v.check(e, round(e.instructions, 1) / round(base.instructions, 1), limit,
                        f"of {kind} {there}'s instructions")


def check_tasks(entries, v):
    for kind in ("bide", "generated"):
        for workload in ("many", "many_call"):
            for place in TASKS:
                for tasks in (FEW, LOTS):
                    e = find(entries, kind, workload, place, tasks)
                    tokio = peer(entries, "tokio", workload, place, tasks)
                    if e and tokio and e.times:
                        v.check(e, e.time / tokio.time, TASK_TIME, "of tokio's time")
                e = find(entries, kind, workload, place, FEW)
                if e and e.bytes is not None:
                    v.check(e, round(e.bytes), TASK_BYTES, "bytes a task")


def check_sets(entries, v):
    for workload in ("set_wake", "set_wake_local", "set_turn", "set_turn_local"):
        few, lots = (find(entries, "bide", workload, place) for place in ("10", "10000"))
        if few and lots and lots.instructions is not None:
            v.check(lots, lots.instructions / few.instructions, SET_GROWTH,
                    "of the instructions with 10 members")


def goals(entries):
    """Lines to print."""
    v = Verdicts()
    check_calls(entries, v)
    check_generated(entries, v)
    check_tasks(entries, v)
    check_sets(entries, v)
    return v.lines + [f"{v.missed} missed"]
