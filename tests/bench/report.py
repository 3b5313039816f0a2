"""The tables: for the terminal and for the README."""
import pathlib
import platform
import re
import shutil
import subprocess
import sys

from echo import echo_table
from measure import AROUND, FEW, LOTS, MANY, find, peer
from programs import HERE, KINDS, ROOT, output, say

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"

TITLES = {
    "static_leaf": "static call",
    "static_chain": "static chain of 10",
    "static_chain_v": "static chain of 10, by value",
    "chain8": "static chain of 8, leaf suspends",
    "chain8_far": "the same, polls not inlined",
    "dyn_leaf": "dyn call, ready",
    "dyn_yield": "dyn call, suspends once",
    "task_yield": "the same in a task",
    "dyn_chain": "dyn chain of 10, ready",
    "dyn_chain_v": "dyn chain of 10, ready, by value",
    "dyn_chain_wait": "dyn chain of 10, leaf suspends",
    "dyn_chain_wait_v": "dyn chain of 10, leaf suspends, by value",
    "stream_static": "item of a static stream",
    "stream_poll": "item of a dyn stream, poll_next",
    "stream_next": "item of a dyn stream, async next",
    "flow_static": "item of a static BIDE_STREAM_TYPE, next awaited",
    "flow_poll": "item of a dyn BIDE_STREAM, poll_next",
    "flow_next": "item of a dyn BIDE_STREAM, next awaited",
    "flow_chain": "item through map, filter, take and fold, static",
    "flow_chain_dyn": "the same, each of them boxed",
    "channel_bounded": "item through a bounded channel",
    "channel_unbounded": "item through an unbounded channel",
    "pool_spawn": "pool: small task, spawned and joined from outside",
    "pool_spawn_inside": "pool: the same from a task of the pool",
    "pool_yield": "pool: yield, 64 tasks",
    "pool_wakes": "pool: wake, two tasks in turn",
    "pool_wakes_across": "wake, two pools of one thread in turn",
    "set_wake": "set of futures: one is woken, and waits again",
    "set_wake_local": "the same, set for one thread",
    "set_turn": "set of futures: one is woken and ends, one comes in",
    "set_turn_local": "the same, set for one thread",
    "many": "task that awaits a dyn call",
    "many_call": "task that is a dyn call",
}
ORDER = list(TITLES)
PLACES = ["none", "heap", "mimalloc", "slab", "slot", "recycling", "local", "shared", "pool", "10",
          "1000", "10000"]
# What a placement of AROUND is called.
WHERE = {"local": "one thread, local", "shared": "one thread, shared", "pool": "two threads",
         "10": "10 members", "1000": "1,000 members", "10000": "10,000 members"}


def figure(x, digits=1):
    if x is None:
        return "–"
    return f"{x:,.{digits}f}" if abs(x) < 100 else f"{x:,.0f}"


def cells(entry, allocations=True):
    """Time, instructions and allocations of an entry that may be missing."""
    if entry is None:
        return ["–"] * (3 if allocations else 2)
    return ([figure(entry.time), figure(entry.instructions, 0)]
            + ([figure(entry.allocations, 0)] if allocations else []))


def ratio(entry, to):
    return f"{entry.time / to.time:.2f}" if entry and to else "–"


def lines_of(header, rows, texts=1):
    """A table in Markdown: the first columns are text, the others figures."""
    columns = header.count("|") + 1
    return [f"| {header} |", "|" + "---|" * texts + "--:|" * (columns - texts),
            *("| " + " | ".join(row) + " |" for row in rows)]


def calls_table(entries):
    rows = sorted({(e.workload, e.place) for e in entries
                   if e.kind in ("bide", "generated") and not e.tasks
                   and e.workload not in AROUND},
                  key=lambda row: (ORDER.index(row[0]), PLACES.index(row[1])))
    out = []
    for workload, place in rows:
        macros = find(entries, "bide", workload, place)
        generated, hand, rust = (peer(entries, k, workload, place)
                                 for k in ("generated", "hand", "rust"))
        out.append([TITLES[workload], "" if place == "none" else place, *cells(macros),
                    *cells(generated), *cells(hand, False), *cells(rust), ratio(macros, rust),
                    ratio(generated, rust)])
    lines = lines_of("workload | placement | macros ns | instr. | allocs | async C ns | instr. "
                     "| allocs | by hand ns | instr. | Rust ns | instr. | allocs | macros / Rust "
                     "| async C / Rust", out, 2)
    if any(e.kind == "rust" for e in entries):
        lines += ["", "Rust is async_trait, which boxes every call on the heap (mimalloc as its "
                  "global allocator in the rows of that name); what Rust lacks is compared with "
                  "its heap."]
    notes = [f"{TITLES[e.workload]}, {e.place.removesuffix('-park')} {figure(e.time)} ns"
             for e in entries if e.kind == "rust" and e.place.endswith("-park")]
    if notes:
        lines += ["It runs under a waker that only its own thread may use; under one that wakes a "
                  "parked thread from anywhere, as bide's does: " + "; ".join(notes) + "."]
    return lines


def others_table(entries):
    """Peers that box every call, beside Rust's async_trait."""
    kinds = [k for k in ("rust", "boxed", "g++", "clang++", "vala")
             if any(e.kind == k for e in entries)]
    if len(kinds) < 2:
        return []
    out = []
    for workload in ORDER:
        # C++ boxes static calls, too.
        found = [find(entries, k, workload, "heap") or find(entries, k, workload, "none")
                 for k in kinds]
        if sum(e is not None for e in found) < 2:
            continue
        row = [TITLES[workload]]
        for e in found:
            row += cells(e)
        out.append(row)
    header = "workload" + "".join(f" | {KINDS[k]} ns | instr. | allocs" for k in kinds)
    return ["", "The other peers, on the heap:", "", *lines_of(header, out)] if out else []


def around_table(entries):
    """Channels, the pool and sets of futures, beside tokio and the crate futures."""
    out = []
    for workload in AROUND:
        kind = "futures" if workload.startswith("set_") else "tokio"
        for place in PLACES:
            e, other = find(entries, "bide", workload, place), peer(entries, kind, workload, place)
            if not e:
                continue
            title, where = TITLES[workload], WHERE[place]
            if workload.startswith("channel_") and place == "pool":
                where = "4 producers, two threads"
            out.append([title, where, *cells(e), KINDS[kind] if other else "–", *cells(other),
                        ratio(e, other)])
    if not out:
        return []
    return ["", "Around the core, beside tokio (FuturesUnordered of the crate futures for the "
            "sets), with as many threads. `local` channels are for one thread, which tokio's are "
            "never; room for 64 items; into unbounded ones 64 are sent between two yields. With "
            "several threads only time is measured.", "",
            *lines_of("workload | where | bide ns | instr. | allocs | peer | ns | instr. | allocs "
                      "| bide / peer", out, 2)]


def tasks_table(entries):
    """The workloads of many tasks: a life's nanoseconds, and the bytes of one."""
    out = []
    for workload in MANY:
        for kind in KINDS:
            for place in PLACES:
                few, lots = (find(entries, kind, workload, place, n) for n in (FEW, LOTS))
                if not few:
                    continue
                tokio = peer(entries, "tokio", workload, place, FEW)
                out.append([TITLES[workload], KINDS[kind], place, figure(few.time, 0),
                            figure(lots.time, 0) if lots else "–", ratio(few, tokio),
                            figure(few.bytes, 0), figure(few.instructions, 0),
                            figure(few.allocations, 0)])
    if not out:
        return []
    return ["", "Many tasks that wait for one event, which is then set: nanoseconds of a task's "
            f"life when {FEW:,} and {LOTS:,} live at once, and the peak of resident bytes for "
            "each, its join handle included. Tasks by hand, in C++ and in Vala have no join "
            "handle, no abort, and no wakes from other threads.", "",
            *lines_of("workload | program | placement | ns, 100,000 | ns, 1,000,000 | / tokio "
                      "| bytes | instr. | allocs", out, 3)]


def frames_table(helpers):
    """The frame table, and whether its limits hold: frames/table says both."""
    program = helpers / "bench_frames"
    if not program.exists() or not shutil.which("rustc"):
        return []
    done = subprocess.run(["sh", str(HERE / "frames" / "table"), str(program)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
    if done.returncode != 0:
        say(done.stdout + done.stderr)
    rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
    return ["", "Bytes of a frame; in C++20 the most that a call holds at once, which has its "
            "callees' frames beside its own:", "", *rows] if rows else []


def version(command, pattern=r"(\d+\.\d+(\.\d+)?)"):
    if not shutil.which(command[0]):
        return None
    found = re.search(pattern, output(command)[0])
    return f"{command[0]} {found.group(1)}" if found else command[0]


def machine():
    """What the figures were measured on, in one line."""
    cpu = platform.machine()
    try:
        found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
        cpu = found.group(1).strip() if found else cpu
    except OSError:
        pass
    tools = [version(["gcc", "-dumpfullversion"]), version(["clang++", "--version"]),
             version(["rustc", "--version"]), version(["valac", "--version"])]
    return ", ".join([cpu, *(t for t in tools if t)])


class Report:
    """The tables, as lines of Markdown: `short` for the README, `full` with everything."""

    def __init__(self, entries, rounds, helpers=None, echoes=()):
        calls, tasks = calls_table(entries), tasks_table(entries)
        around = [*around_table(entries), *echo_table(echoes)]
        frames = frames_table(helpers) if helpers else []
        measured = ["", f"Measured on {machine()}; medians of {rounds} interleaved runs. "
                    "Repeat with `tests/bench/run`."]
        self.full = [*calls, *others_table(entries), *tasks, *around, *frames, *measured]
        self.short = [*calls, *tasks, *around, *frames_in_short(frames), *measured]


def frames_in_short(frames):
    """The sum of the frame table, in a sentence."""
    if not frames:
        return []
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in frames
            if line.startswith("|")]
    _, ours, rust, cpp, part = rows[-1]
    return ["", f"The frames of {len(rows) - 3} async functions take {ours} bytes, {rust} in Rust "
            f"({part}), {cpp} in C++20. [All figures]({(HERE / 'figures.md').relative_to(ROOT)}): "
            "each of these functions, and the other peers."]


def picture(figures, seen_from):
    return [f"![Times and bytes of bide as a part of its peers']"
            f"({figures.relative_to(seen_from)})", ""]


def write_readme(report, figures):
    """Puts the short tables between the README's marks, below the drawing."""
    readme = ROOT / "README.md"
    text = readme.read_text()
    if BEGIN not in text or END not in text:
        sys.exit(f"README.md has no {BEGIN} ... {END}")
    head, rest = text.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    readme.write_text(head + "\n".join([BEGIN, *picture(figures, ROOT), *report.short, END]) + tail)
    full = HERE / "figures.md"
    full.write_text("# Figures\n\nWritten by `tests/bench/run --readme`; what the workloads are "
                    "says [README.md](README.md).\n\n"
                    + "\n".join([*picture(figures, HERE), *report.full]) + "\n")
    say(f"README.md, {full.relative_to(ROOT)}: written")
