# bide-gdb.py: await trees in GDB, of a live process or a core file.
#
#     (gdb) source .../share/bide/bide-gdb.py
#     (gdb) bide tasks                 the executors that threads are inside, with all their tasks
#     (gdb) bide tasks EXPRESSION      one: a bide_local *, a bide_thread_pool *, its bide_runtime *,
#                                      or its address
#     (gdb) bide trace EXPRESSION      a bide_box, a bide_join, a frame, or a pointer to one
#     (gdb) print store                boxes, join handles and handles of interfaces say what they are
#
# Only memory is read; no function of the program is called. Type names and states come from the type
# records. Where a frame waits comes, for generated functions, from a table that is part of the
# program, and for macro bodies from debug information (-g): without it the number of the state is
# shown. The library itself need not have debug information, but for the list of a thread pool's
# tasks; each of those is also found by its join handle.
import re

import gdb
import gdb.printing

BIDE_STATE = 8
STATE_MASK, CANCELING, RUNNING, DONE = 0x0FFFFFFF, 0x20000000, 0x40000000, 0x80000000
VTABLE_ABI = 0xB1DE0001
DEPTH = 64


# ---- memory -----------------------------------------------------------------------------------


def inferior():
    return gdb.selected_inferior()


def pointer_size():
    return gdb.lookup_type("char").pointer().sizeof


def byte_order():
    return "big" if "big endian" in gdb.execute("show endian", to_string=True) else "little"


def read_uint(address, size):
    return int.from_bytes(bytes(inferior().read_memory(address, size)), byte_order())


def read_pointer(address):
    return read_uint(address, pointer_size())


def read_string(address):
    if not address:
        return "?"
    return gdb.Value(address).cast(gdb.lookup_type("char").pointer()).string(errors="replace")


class Struct:
    """Offsets of a structure as C lays it out. Members: p is a pointer, a number so many bytes."""

    def __init__(self, *members):
        self.members = members
        self.known = {}

    def layout(self):
        size = pointer_size()
        if size not in self.known:
            offsets, at, most = {}, 0, 1
            for name, kind in self.members:
                if isinstance(kind, Struct):
                    inner = kind.layout()
                    length, align = inner["sizeof"], inner["alignof"]
                else:
                    length = size if kind == "p" else kind
                    align = 4 if length == 8 and "i386" == architecture() else length
                at = (at + align - 1) // align * align
                offsets[name] = (at, length)
                at += length
                most = max(most, align)
            offsets["sizeof"] = (at + most - 1) // most * most
            offsets["alignof"] = most
            self.known[size] = offsets
        return self.known[size]

    def offset(self, name):
        return self.layout()[name][0]

    def read(self, address, name):
        offset, length = self.layout()[name]
        return read_uint(address + offset, length)


def architecture():
    return inferior().architecture().name() if hasattr(inferior(), "architecture") else ""


TYPE = Struct(
    ("size", 4), ("flags", 4), ("frame_size", 4), ("frame_align", 4), ("box_offset", 4),
    ("output_size", 4), ("output_align", 4), ("reserved", 4), ("poll", "p"), ("drop", "p"),
    ("cancel", "p"), ("trace", "p"), ("name", "p"), ("module", "p"))
TASK = Struct(
    ("waker", "p"), ("core", "p"), ("type", "p"), ("next", "p"), ("after", "p"), ("ahead", "p"),
    ("giver", "p"), ("near_refs", 4), ("far", 1), ("aborted", 1), ("queued", 1), ("bits", 1),
    ("next_far", "p"), ("joiner", "p"), ("slab", "p"), ("far_refs", 4), ("code", 4))
POOL_TASK = Struct(
    ("waker", "p"), ("pool", "p"), ("type", "p"), ("state", "p"), ("next", "p"), ("after", "p"),
    ("ahead", "p"), ("joiner", "p"), ("giver", "p"), ("slab", "p"), ("code", 4), ("shard", 2),
    ("has_extra", 1))
CONTEXT = Struct(("size", 4), ("flags", 4), ("waker", "p"), ("runtime", "p"), ("allocator", "p"))
STATS = Struct(("size", 4), ("tasks", 4), ("polls", 8), ("wakes", 8), ("sleeps", 8), ("slabs", 8))
LOCAL = Struct(
    ("runtime", "p"), ("light", "p"), ("owner", "p"), ("remote", "p"), ("head", "p"), ("tail", "p"),
    ("current", "p"), ("cx", CONTEXT), ("stats", STATS), ("root_frame", "p"), ("root_out", "p"),
    ("root_code", 4), ("root", TASK), ("first", "p"))
BOX = Struct(("frame", "p"), ("type", "p"))
RUNTIME_VTABLE = Struct(("size", 4), ("flags", 4), ("name", "p"))
VTABLE = Struct(
    ("abi", 4), ("size", 4), ("interface_info", "p"), ("implementation", "p"), ("flags", 4))
INTERFACE = Struct(("size", 4), ("row_size", 4), ("name", "p"))
SITES = Struct(("file", "p"), ("rows", "p"))
SITE = Struct(
    ("state", 4), ("line", 4), ("offset", 4), ("flag", 4), ("kind", 4), ("type", "p"))
TASK_HEADER, LIGHT_HEADER, TASK_SMALL = 96, 64, 64
LIVE, ENDED = 1, 2
POOL_QUEUED, POOL_RUNNING, POOL_DONE, POOL_ABORTED = 1, 2, 4, 8


def check_layout():
    """For tests: the structures above against the debug information of the library."""
    names = {"bide_type": TYPE, "bide_task": TASK, "bide_priv_pool_task": POOL_TASK, "bide_context": CONTEXT,
             "bide_local_stats": STATS, "bide_local": LOCAL, "bide_box": BOX,
             "bide_runtime_vtable": RUNTIME_VTABLE, "bide_vtable": VTABLE,
             "bide_interface": INTERFACE, "bide_priv_sites": SITES, "bide_priv_site": SITE}
    bad = []
    for name, ours in names.items():
        theirs = {}
        collect(gdb.lookup_type(name).strip_typedefs(), theirs)
        for member, _ in ours.members:
            if member == "bits":  # bit-fields: the byte behind `queued`
                continue
            if theirs.get(member) != ours.offset(member):
                bad.append("%s.%s: %s, not %s" % (name, member, theirs.get(member),
                                                  ours.offset(member)))
    return bad


def collect(ctype, into, base=0):
    for field in ctype.fields():
        if field.name is None:
            collect(field.type, into, base + field.bitpos // 8)
        else:
            into[field.name] = base + field.bitpos // 8


# ---- symbols ----------------------------------------------------------------------------------


def symbols_of(name):
    found = list(gdb.lookup_static_symbols(name))
    symbol = gdb.lookup_global_symbol(name)
    return ([symbol] if symbol else []) + found


def address_of(symbol):
    try:
        return int(symbol.value().address)
    except (gdb.error, TypeError):
        return None


def symbol_at(address):
    """The name of the function at an address, or None."""
    text = gdb.execute("info symbol %d" % address, to_string=True)
    return None if text.startswith("No symbol") else re.split(r" \+ | in section", text)[0].strip()


def home_of(record):
    """The source file in which a type record was made, where debug information tells."""
    for symbol in symbols_of(record.name + "_type"):
        if address_of(symbol) == record.address:
            return symbol.symtab.filename
    return None


def sites_of(record):
    """The table of a generated function, or None."""
    name, home = record.name + "_bide_sites", home_of(record)
    found = symbols_of(name)
    same = [s for s in found if home is None or s.symtab.filename == home] or found
    if same:
        return address_of(same[0])
    try:  # without debug information
        return int(gdb.parse_and_eval("(unsigned long)&%s" % name))
    except gdb.error:
        return None


def frame_type(name):
    try:
        return gdb.lookup_type("struct " + name)
    except gdb.error:
        return None


# ---- futures ----------------------------------------------------------------------------------


class Record:
    """A bide_type."""

    def __init__(self, address):
        self.address = address
        self.name = read_string(TYPE.read(address, "name"))

    def __getattr__(self, member):
        return TYPE.read(self.address, member)

    def state(self, frame):
        return read_uint(frame, 4) if self.flags & BIDE_STATE else None


def record_named(name):
    for symbol in symbols_of(name + "_type"):
        address = address_of(symbol)
        if address:
            return Record(address)
    return None


class Waiting:
    """Where a frame waits: its place as text, and its children, (record, frame) each."""

    def __init__(self, record, frame):
        self.place, self.children, self.is_shown = "", [], True
        self.record, self.frame = record, frame
        state = record.state(frame)
        trace = symbol_at(record.trace) if record.trace else None
        if trace == "bide_priv_dyn_trace":
            self.look_behind_call()
        elif state is None:
            pass
        elif state & DONE:
            self.place = ": ended"
        elif state & RUNNING:
            self.place = ": running"
        elif state & STATE_MASK == 0:
            self.place = ": not begun"
        else:
            self.look_into_body(state & STATE_MASK)
            if state & CANCELING:
                self.place += ": cancelling"

    def look_behind_call(self):
        """A dyn call is a box once it is under way: its second word is a type record."""
        target = BOX.read(self.frame, "type")
        if target and read_uint(target, 4) != VTABLE_ABI:
            self.children.append((Record(target), BOX.read(self.frame, "frame")))
            self.is_shown = False
        else:
            self.place = ": nothing under way"

    def look_into_body(self, state):
        sites = sites_of(self.record)
        if sites:
            self.look_at_table(sites, state)
        elif not self.look_at_members(state):
            self.place = " in state %d" % state

    def look_at_table(self, sites, state):
        row = SITES.read(sites, "rows")
        while SITE.read(row, "state"):
            if SITE.read(row, "state") == state:
                self.place = " at %s:%d" % (read_string(SITES.read(sites, "file")),
                                            SITE.read(row, "line"))
                child, flag = SITE.read(row, "type"), SITE.read(row, "flag")
                if child and (not flag or read_uint(self.frame + flag, 1)):
                    self.add_child(Record(child), SITE.read(row, "kind") == 1,
                                   self.frame + SITE.read(row, "offset"))
            row += SITE.layout()["sizeof"]

    def add_child(self, record, is_boxed, at):
        if is_boxed:
            target = BOX.read(at, "type")
            if target and BOX.read(at, "frame"):
                self.children.append((Record(target), BOX.read(at, "frame")))
        elif record:
            self.children.append((record, at))

    def look_at_members(self, state):
        """A macro body: the states number the members of its union of children."""
        ctype = frame_type(self.record.name)
        kids = ctype and [f for f in ctype.fields() if f.name == "bide_kid"]
        if not kids or state > len(kids[0].type.fields()):
            return False
        kid = kids[0].type.fields()[state - 1]
        self.place = " at " + place_of_slot(self.record.name, kid.name)
        at, members = self.frame + kids[0].bitpos // 8, None
        if kid.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
            members = kid.type.strip_typedefs().fields()
        if members and members[-1].name == "bide_left":
            left = read_uint(at + members[-1].bitpos // 8, 1)
            for i, member in enumerate(members[:-1]):
                if left & 1 << i:
                    self.add_child(record_named(tag(member.type)), False, at + member.bitpos // 8)
        else:
            name = tag(kid.type)
            self.add_child(record_named(name), name == "bide_box", at)
        return True


def tag(ctype):
    return (ctype.strip_typedefs().tag or str(ctype)).replace("struct ", "")


def place_of_slot(name, slot):
    """The line of a resume label; from the source text where the compiler notes no labels."""
    for function in (name + "_bide_body", name + "_poll", name + "_start"):
        try:
            for place in gdb.decode_line("%s:bide_at_%s" % (function, slot))[1] or ():
                if place.symtab and place.line:
                    return "%s:%d" % (place.symtab.filename, place.line)
        except gdb.error:
            pass
    return place_in_source(name, slot) or "the await of " + slot


def place_in_source(name, slot):
    symbols = [s for s in (symbols_of(name + "_bide_body") + symbols_of(name + "_poll"))
               if s.symtab and s.line]
    if not symbols:
        return None
    filename, begin = symbols[0].symtab.filename, symbols[0].line
    try:
        with open(symbols[0].symtab.fullname(), errors="replace") as source:
            lines = source.readlines()
    except OSError:
        return None
    single = re.compile(r"\bBIDE_AWAIT\w*\(.*\b%s\s*,\s*\(" % re.escape(slot))
    joined = re.compile(r"\bBIDE_AWAIT_JOIN\(\s*%s\s*," % re.escape(slot))
    for number in range(begin, len(lines) + 1):
        if single.search(lines[number - 1]) or joined.search(lines[number - 1]):
            return "%s:%d" % (filename, number)
        if re.search(r"\bBIDE_END\b", lines[number - 1]):
            break
    return None


def tree(record, frame, level=0, indent=0):
    """The lines of a future and of what it waits for."""
    if level >= DEPTH:
        return ["  " * indent + "..."]
    try:
        waiting = Waiting(record, frame)
    except gdb.MemoryError:
        return ["  " * indent + "%s: not readable at 0x%x" % (record.name, frame)]
    lines = []
    if waiting.is_shown:
        lines.append("  " * indent + record.name + waiting.place)
        level, indent = level + 1, indent + 1
    for child, at in waiting.children:
        lines += tree(child, at, level, indent)
    return lines


# ---- tasks and executors ----------------------------------------------------------------------


def round_up(n, align):
    return (n + align - 1) // align * align


def is_pool(core):
    """Both kinds of executors begin with their runtime."""
    return read_string(RUNTIME_VTABLE.read(read_pointer(core), "name")) == "pool"


def task_at(address):
    # In both kinds of tasks the executor is the second word.
    return PoolTask(address) if is_pool(TASK.read(address, "core")) else LocalTask(address)


class Task:
    """What the tasks of all executors have: address, record, has_extra."""

    is_root = False
    header = TASK_HEADER

    def places(self):
        """The offsets of frame and end in the block: BIDE_PRIV_TASK_FRAME and _END."""
        r, p = self.record, pointer_size()
        small = r.output_size <= TASK_SMALL
        frame = round_up(self.header, max(p, r.frame_align, r.output_align if small else 1))
        output = frame if small else round_up(frame + r.frame_size, r.output_align)
        return frame, round_up(max(frame + r.frame_size, output + r.output_size), p)

    def frame(self):
        return self.address + self.places()[0]

    def name(self):
        given = 0
        if self.has_extra:
            given = read_pointer(self.address + self.places()[1] + 2 * pointer_size())
        return "task " + (read_string(given) if given else self.record.name)

    def lines(self, indent=0):
        head = "  " * indent + "%s: %s" % (self.name(), self.standing())
        if not self.is_live() or self.is_running():
            return [head]
        return [head] + tree(self.record, self.frame(), 0, indent + 1)


class LocalTask(Task):
    def __init__(self, address):
        self.address = address
        self.core = TASK.read(address, "core")
        self.is_root = address == self.core + LOCAL.offset("root")
        bits = TASK.read(address, "bits")
        if byte_order() == "little":
            self.state, self.has_extra, self.dropping = bits & 15, bits & 16, bits & 64
            light = bits & 128
        else:
            self.state, self.has_extra, self.dropping = bits >> 4, bits & 8, bits & 2
            light = bits & 1
        if light:
            self.header = LIGHT_HEADER
        record = TASK.read(address, "type")
        self.record = Record(record) if record else None

    def frame(self):
        return LOCAL.read(self.core, "root_frame") if self.is_root else super().frame()

    def name(self):
        return "root" if self.is_root else super().name()

    def is_live(self):
        return self.state == LIVE

    def is_running(self):
        return self.dropping or LOCAL.read(self.core, "current") == self.address

    def standing(self):
        if self.state >= ENDED:
            return "ended"
        words = ["aborted"] if TASK.read(self.address, "aborted") else []
        if self.is_running():
            words.append("running")
        elif TASK.read(self.address, "queued") or TASK.read(self.address, "far"):
            words.append("ready")
        else:
            words.append("waiting")
        return ", ".join(words)


class PoolTask(Task):
    def __init__(self, address):
        self.address = address
        self.state = POOL_TASK.read(address, "state")
        self.has_extra = POOL_TASK.read(address, "has_extra")
        self.record = Record(POOL_TASK.read(address, "type"))

    def is_live(self):
        return not self.state & POOL_DONE

    def is_running(self):
        return self.state & POOL_RUNNING

    def standing(self):
        if not self.is_live():
            return "ended"
        words = ["aborted"] if self.state & POOL_ABORTED else []
        if self.is_running():
            words.append("running")
        else:
            words.append("ready" if self.state & POOL_QUEUED else "waiting")
        return ", ".join(words)


def pool_lines(address):
    try:
        ctype = gdb.lookup_type("struct bide_thread_pool")
    except gdb.error:
        ctype = None
    if not ctype or not ctype.fields():
        raise gdb.GdbError("The library has no debug information to find the pool's tasks by; "
                           "bide trace shows those of join handles")
    pool = gdb.Value(address).cast(ctype.pointer()).dereference()
    shards = [pool["worker"][i]["shard"] for i in range(int(pool["workers"]))]
    count = sum(int(shard["count"]) for shard in shards)
    lines = ["executor %s: %d task%s" % (pool["name"].string(errors="replace"), count,
                                         "" if count == 1 else "s")]
    for shard in shards:
        at = int(shard["first"])
        while at:
            lines += PoolTask(at).lines(1)
            at = POOL_TASK.read(at, "after")
    return lines


def executor_lines(core):
    if not core:
        raise gdb.GdbError("There is no executor: the pointer is NULL")
    if is_pool(core):
        return pool_lines(core)
    runtime = RUNTIME_VTABLE.read(LOCAL.read(core, "runtime"), "name")
    count = read_uint(core + LOCAL.offset("stats") + STATS.offset("tasks"), 4)
    lines = ["executor %s: %d task%s" % (read_string(runtime), count, "" if count == 1 else "s")]
    root = LocalTask(core + LOCAL.offset("root"))
    if root.is_live():
        lines += root.lines(1)
    at = LOCAL.read(core, "first")
    while at:
        lines += LocalTask(at).lines(1)
        at = TASK.read(at, "after")
    return lines


def executor_of_thread():
    """What the selected thread is inside: its thread-local word, or what its calls were given."""
    frame = gdb.newest_frame()
    symbol = gdb.lookup_global_symbol("bide_priv_current")
    try:
        core = int(symbol.value(frame)) if symbol else 0
        if core:  # a worker of a thread pool begins with NULL, and its pool is the second word
            return core if read_pointer(core) else read_pointer(core + pointer_size())
    except gdb.error:
        pass
    while frame:
        if frame.name() in ("bide_local_run", "bide_local_run_until", "run", "bide_priv_run_root",
                            "bide_local_run_until_stalled", "run_turns", "poll_task"):
            for name in ("ex", "core"):
                try:
                    value = frame.read_var(name)
                    if value.is_optimized_out or tag(value.type.target()) != "bide_local":
                        continue
                    return int(value)
                except (ValueError, RuntimeError, gdb.error):
                    pass
        frame = frame.older()
    return None


def executors_of_threads():
    selected, found = gdb.selected_thread(), []
    for thread in sorted(inferior().threads(), key=lambda t: t.num):
        thread.switch()
        core = executor_of_thread()
        if core and core not in [c for _, c in found]:
            found.append((thread.num, core))
    if selected:
        selected.switch()
    return found


# ---- commands ---------------------------------------------------------------------------------


def target_of(value):
    """A value or a pointer to one: (tag of its structure, its address)."""
    ctype = value.type.strip_typedefs()
    if ctype.code == gdb.TYPE_CODE_PTR:
        return tag(ctype.target()), int(value)
    if ctype.code == gdb.TYPE_CODE_INT:
        return None, int(value)
    if value.address is None:
        raise gdb.GdbError("%s is not in memory" % tag(ctype))
    return tag(ctype), int(value.address)


EXECUTORS = ("bide_local", "bide_thread_pool", "bide_runtime")


def lines_of(value):
    name, address = target_of(value)
    if name in EXECUTORS:
        return executor_lines(address)
    if name in ("bide_task", "bide_priv_pool_task"):
        return task_at(address).lines()
    if name == "bide_join":
        task = read_pointer(address)
        return task_at(task).lines() if task else ["empty join handle"]
    if name == "bide_box":
        frame = BOX.read(address, "frame")
        return tree(Record(BOX.read(address, "type")), frame) if frame else ["empty box"]
    record = record_named(name)
    if not record:
        raise gdb.GdbError("%s is no box, join handle, executor or frame of a future" % name)
    return tree(record, address)


class BideCommand(gdb.Command):
    """Await trees of bide: `bide tasks`, `bide trace`."""

    def __init__(self):
        super().__init__("bide", gdb.COMMAND_DATA, prefix=True)


class BideTasks(gdb.Command):
    """bide tasks [EXPRESSION]: an executor (bide_local *, bide_thread_pool *, bide_runtime *) and
what its tasks wait for. Without an expression: the executors that threads of the program are
inside."""

    def __init__(self):
        super().__init__("bide tasks", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if argument:
            name, address = target_of(gdb.parse_and_eval(argument))
            if name not in EXECUTORS + ("void", None):
                raise gdb.GdbError("%s is no executor" % name)
            print("\n".join(executor_lines(address)))
            return
        found = executors_of_threads()
        if not found:
            raise gdb.GdbError("No thread is inside an executor; name one: bide tasks EXPRESSION")
        for thread, core in found:
            print("thread %d is inside the %s at 0x%x"
                  % (thread, "bide_thread_pool" if is_pool(core) else "bide_local", core))
            print("\n".join(executor_lines(core)))


class BideTrace(gdb.Command):
    """bide trace EXPRESSION: what a future waits for: a bide_box, a bide_join, a frame (struct F),
an executor, or a pointer to one of them."""

    def __init__(self):
        super().__init__("bide trace", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("bide trace EXPRESSION: a box, a join handle, a frame")
        print("\n".join(lines_of(gdb.parse_and_eval(argument))))


# ---- pretty printers --------------------------------------------------------------------------


class BoxPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        frame = int(self.value["frame"])
        if not frame:
            return "empty box"
        record = Record(int(self.value["type"]))
        lines = tree(record, frame)
        return "box at 0x%x: %s" % (frame, lines[0] if lines else record.name)


class JoinPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        task = int(self.value["task"])
        if not task:
            return "empty join handle"
        return "handle of %s" % task_at(task).lines()[0]


class HandlePrinter:
    """A handle of an interface: which, of what, and where its frames come from."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        vtable, interface = int(self.value["vtable"]), tag(self.value.type)
        if not vtable:
            return "empty %s" % interface
        if VTABLE.read(vtable, "abi") != VTABLE_ABI:
            return "%s with a broken vtable at 0x%x" % (interface, vtable)
        info = VTABLE.read(vtable, "interface_info")
        return "%s of %s at 0x%x" % (read_string(INTERFACE.read(info, "name")),
                                     read_string(VTABLE.read(vtable, "implementation")),
                                     int(self.value["self"]))


def printer_for(value):
    ctype = value.type.strip_typedefs()
    if ctype.code != gdb.TYPE_CODE_STRUCT:
        return None
    name = tag(ctype)
    if name == "bide_box":
        return BoxPrinter(value)
    if name == "bide_join":
        return JoinPrinter(value)
    fields = [f.name for f in ctype.fields()]
    if fields == ["self", "vtable", "allocator"]:
        vtable = ctype.fields()[1].type.strip_typedefs()
        if vtable.code == gdb.TYPE_CODE_PTR and tag(vtable.target()) == name + "_vtable":
            return HandlePrinter(value)
    return None


printer_for.name = "bide"
printer_for.enabled = True
gdb.printing.register_pretty_printer(None, printer_for, replace=True)
BideCommand()
BideTasks()
BideTrace()
