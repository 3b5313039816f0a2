"""Draws ratios as bars: an SVG without scripts or fonts of its own, for light and dark pages."""
from xml.sax.saxutils import escape

from measure import FEW, find, peer

# (title, workload, by-value workload of the macros, placement)
TIMES = [
    ("static chain of 10", "static_chain", "static_chain_v", "none"),
    ("dyn call, ready", "dyn_leaf", "dyn_leaf", "slab"),
    ("dyn call, suspends once", "dyn_yield", "dyn_yield", "slab"),
    ("dyn chain of 10, ready", "dyn_chain", "dyn_chain_v", "slab"),
    ("dyn chain of 10, leaf suspends", "dyn_chain_wait", "dyn_chain_wait_v", "slab"),
    ("dyn stream, poll_next", "stream_poll", "stream_poll", "none"),
    ("dyn stream, async next", "stream_next", "stream_next", "slab"),
    ("map, filter, take, fold, static", "flow_chain", "flow_chain", "none"),
    ("the same, each of them boxed", "flow_chain_dyn", "flow_chain_dyn", "heap"),
]
# (title, workload, placement, the peer that is 1)
AROUND = [
    ("bounded channel, one thread", "channel_bounded", "local", "tokio"),
    ("unbounded channel, one thread", "channel_unbounded", "local", "tokio"),
    ("bounded channel, 4 to 1, pool", "channel_bounded", "pool", "tokio"),
    ("unbounded channel, 4 to 1, pool", "channel_unbounded", "pool", "tokio"),
    ("pool: small task", "pool_spawn", "pool", "tokio"),
    ("pool: small task, from inside", "pool_spawn_inside", "pool", "tokio"),
    ("pool: yield", "pool_yield", "pool", "tokio"),
    ("pool: wake", "pool_wakes", "pool", "tokio"),
    ("wake between pools", "pool_wakes_across", "pool", "tokio"),
    ("set of 10,000 futures: wake", "set_wake", "10000", "futures"),
]
# Kind, its name, its colour (readable on white and on black).
SERIES = [
    ("generated", "bide, async C", "#2f81f7"),
    ("bide", "bide, macros", "#8957e5"),
    ("hand", "C by hand", "#3fa45b"),
    ("boxed", "Rust, boxed by hand", "#d29922"),
    ("g++", "C++20, g++", "#c9605b"),
    ("futures", "Rust, futures", "#d29922"),
]

WIDTH, LEFT, RIGHT, BAR, GAP = 760, 230, 70, 11, 14
CLIP = 1.5  # longer bars end here, open

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #59636e }
.title { font-weight: 600; font-size: 14px }
.axis { stroke: #8b949e; stroke-opacity: 0.5 }
@media (prefers-color-scheme: dark) { text { fill: #9aa4ae } }
"""


class Page:
    """SVG elements, from top to bottom."""

    def __init__(self):
        self.parts, self.y = [], 0

    def text(self, x, words, anchor="start", kind=""):
        self.parts.append(f'<text x="{x:.0f}" y="{self.y:.0f}" text-anchor="{anchor}" '
                          f'class="{kind}">{escape(words)}</text>')

    def bar(self, value, colour):
        """One bar and its figure; 1 is the peer that all are compared with."""
        scale = (WIDTH - LEFT - RIGHT) / CLIP
        length = max(1.0, min(value, CLIP) * scale)
        self.parts.append(f'<rect x="{LEFT}" y="{self.y}" width="{length:.1f}" height="{BAR}" '
                          f'fill="{colour}"/>')
        self.y += BAR - 1
        beyond = "› " if value > CLIP else ""
        figure = f"{value:.2f}" if value < 10 else f"{value:.0f}"
        self.text(LEFT + length + 4, beyond + figure)
        self.y += 3

    def groups(self, title, groups):
        """A panel: (name, [(value, colour)]) each, with a line at 1."""
        self.y += 24
        self.text(4, title, kind="title")
        self.y += GAP
        top, first = self.y, len(self.parts)
        for name, bars in groups:
            start = self.y
            for value, colour in bars:
                self.bar(value, colour)
            end, self.y = self.y, (start + self.y) / 2 + 3
            self.text(LEFT - 10, name, "end")
            self.y = end + GAP
        x = LEFT + (WIDTH - LEFT - RIGHT) / CLIP
        # Below the bars and their figures.
        self.parts.insert(first, f'<line x1="{x:.1f}" y1="{top - 6}" x2="{x:.1f}" '
                                 f'y2="{self.y - GAP + 4}" class="axis"/>')

    def legend(self, names):
        self.y += 16
        x = 4
        for name, colour in names:
            self.parts.append(f'<rect x="{x}" y="{self.y - 9}" width="10" height="10" '
                              f'fill="{colour}"/>')
            self.text(x + 15, name)
            x += 40 + 7 * len(name)
        self.y += 8

    def svg(self):
        height = int(self.y + 8)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
                f'width="{WIDTH}" height="{height}" role="img">\n<style>{STYLE}</style>\n'
                + "\n".join(self.parts) + "\n</svg>\n")


def time_groups(entries):
    groups, kinds = [], set()
    for name, workload, by_value, place in TIMES:
        rust = find(entries, "rust", workload, place) or find(entries, "rust", workload, "heap")
        bars = []
        for kind, _, colour in SERIES:
            wanted = by_value if kind == "bide" else workload
            e = find(entries, kind, wanted, place) or find(entries, kind, wanted, "heap")
            if e and rust:
                bars.append((e.time / rust.time, colour))
                kinds.add(kind)
        if bars:
            groups.append((name, bars))
    return groups, kinds


def task_groups(entries):
    """Bytes and time of a task with a dyn call, beside tokio's."""
    groups, kinds = [], set()
    for name, workload, value in (
            ("bytes: the task awaits it", "many", lambda e: e.bytes),
            ("bytes: the task is the call", "many_call", lambda e: e.bytes),
            ("time: the task awaits it", "many", lambda e: e.time),
            ("time: the task is the call", "many_call", lambda e: e.time)):
        tokio = find(entries, "tokio", workload, "heap", FEW)
        bars = []
        for kind, _, colour in SERIES:
            e = find(entries, kind, workload, "heap", FEW)
            if e and tokio and value(e) and value(tokio):
                bars.append((value(e) / value(tokio), colour))
                kinds.add(kind)
        if bars:
            groups.append((name, bars))
    return groups, kinds


def around_groups(entries):
    """Channels, the pool and sets beside those of Rust."""
    groups = []
    colour = next(colour for kind, _, colour in SERIES if kind == "bide")
    for name, workload, place, kind in AROUND:
        e, other = find(entries, "bide", workload, place), peer(entries, kind, workload, place)
        if e and other:
            groups.append((name, [(e.time / other.time, colour)]))
    return groups


def legend_of(kinds):
    return [(name, colour) for kind, name, colour in SERIES if kind in kinds]


def draw(entries, path):
    """False: there is nothing to compare with."""
    page = Page()
    times, kinds = time_groups(entries)
    tasks, task_kinds = task_groups(entries)
    if times:
        page.groups("Time, as a part of Rust's (async_trait on the heap = 1): shorter is better",
                    times)
        page.legend(legend_of(kinds))
    if tasks:
        page.groups(f"A task that waits in a dyn call, {FEW:,} of them, as a part of tokio's (= 1)",
                    tasks)
        page.legend(legend_of(task_kinds))
    around = around_groups(entries)
    if around:
        page.groups("Around the core: time, as a part of tokio's, or of the crate futures' (= 1)",
                    around)
        page.legend(legend_of({"bide"}))
    if not times and not tasks and not around:
        return False
    path.write_text(page.svg())
    return True
