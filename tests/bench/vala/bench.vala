/*
 * The workloads of tests/bench as Vala's async methods, which GIO's tasks and main loop run.
 * Command line as in bench.h.
 */

const int CHAIN = 10;
const uint32 ITEMS = 64;

/* The optimiser must assume that it has changed: see opaque.c. */
[CCode (cname = "bench_opaque")]
extern uint32 opaque (uint32 n);

/* ---- the interface and its implementations ---- */

interface Adder : Object {
    public abstract async uint32 add (uint32 a, uint32 b);
}

class Plus : Object, Adder {
    uint32 last = 0;
    public async uint32 add (uint32 a, uint32 b) {
        last = a + b;
        return last;
    }
}

class Minus : Object, Adder {
    uint32 last = 0;
    public async uint32 add (uint32 a, uint32 b) {
        last = a - b;
        return last;
    }
}

class NapPlus : Object, Adder {
    uint32 last = 0;
    public async uint32 add (uint32 a, uint32 b) {
        Idle.add (add.callback);
        yield;
        last = a + b;
        return last;
    }
}

class NapMinus : Object, Adder {
    uint32 last = 0;
    public async uint32 add (uint32 a, uint32 b) {
        Idle.add (add.callback);
        yield;
        last = a - b;
        return last;
    }
}

class Link : Object, Adder {
    Adder next;
    public Link (Adder next) {
        this.next = next;
    }
    public async uint32 add (uint32 a, uint32 b) {
        return (yield next.add (a, b)) + 1;
    }
}

/* ---- streams ---- */

abstract class Count : Object {
    uint32 at = 0;
    protected bool take (uint32 sign, out uint32 item) {
        item = 0;
        if (at == ITEMS) {
            at = 0;
            return false;
        }
        item = opaque (at++) * sign;
        return true;
    }
}

interface Numbers : Object {
    public abstract async bool next (out uint32 item);
}

class UpCount : Count, Numbers {
    public async bool next (out uint32 item) {
        return take (1, out item);
    }
}

class DownCount : Count, Numbers {
    public async bool next (out uint32 item) {
        return take (uint32.MAX, out item);
    }
}

/* ---- many tasks that wait for an event ---- */

class Waiter {
    public SourceFunc wake;
    public Waiter? next;
}

class Event {
    Waiter? first = null;
    bool is_set = false;

    public async void wait () {
        if (is_set)
            return;
        var w = new Waiter ();
        w.wake = wait.callback;
        w.next = (owned) first;
        first = w;
        yield;
    }

    public void set () {
        is_set = true;
        while (first != null) {
            var w = (owned) first;
            first = (owned) w.next;
            w.wake ();
        }
    }
}

interface Gate : Object {
    public abstract async uint32 pass (uint32 n);
}

class Front : Object, Gate {
    Event event;
    public Front (Event event) {
        this.event = event;
    }
    public async uint32 pass (uint32 n) {
        yield event.wait ();
        return n;
    }
}

class Back : Object, Gate {
    Event event;
    public Back (Event event) {
        this.event = event;
    }
    public async uint32 pass (uint32 n) {
        yield event.wait ();
        return 0 - n;
    }
}

/* ---- the loops ---- */

async uint32 dyn_loop (uint32 loops, Adder object) {
    uint32 acc = 0;
    for (uint32 i = 0; i < loops; i++)
        acc = yield object.add (acc, opaque (i));
    return acc;
}

async uint32 next_loop (uint32 loops, Numbers stream) {
    uint32 acc = 0;
    uint32 item;
    for (uint32 i = 0; i < loops; i++) {
        while (yield stream.next (out item))
            acc += item;
    }
    return acc;
}

uint32 drive (uint32 loops, Adder object) {
    uint32 sum = 0;
    var loop = new MainLoop ();
    dyn_loop.begin (loops, object, (o, r) => {
        sum = dyn_loop.end (r);
        loop.quit ();
    });
    loop.run ();
    return sum;
}

uint32 drive_next (uint32 loops, Numbers stream) {
    uint32 sum = 0;
    var loop = new MainLoop ();
    next_loop.begin (loops, stream, (o, r) => {
        sum = next_loop.end (r);
        loop.quit ();
    });
    loop.run ();
    return sum;
}

/* No join handles: each task adds its result at its end. */
uint32 many (uint32 tasks, bool which) {
    uint32 sum = 0;
    uint32 left = tasks;
    var event = new Event ();
    Gate gate;
    if (which)
        gate = new Front (event);
    else
        gate = new Back (event);
    var loop = new MainLoop ();
    for (uint32 i = 0; i < tasks; i++) {
        gate.pass.begin (opaque (i), (o, r) => {
            sum += gate.pass.end (r);
            if (--left == 0)
                loop.quit ();
        });
    }
    event.set ();
    if (left > 0)
        loop.run ();
    return sum;
}

Adder make_leaf (bool which) {
    return which ? (Adder) new Plus () : (Adder) new Minus ();
}

Adder make_nap (bool which) {
    return which ? (Adder) new NapPlus () : (Adder) new NapMinus ();
}

Adder chain (owned Adder object) {
    for (int k = 1; k < CHAIN; k++)
        object = new Link (object);
    return object;
}

int main (string[] args) {
    if (args.length == 2 && args[1] == "list") {
        string[] names = {"dyn_leaf", "dyn_yield", "dyn_chain", "dyn_chain_wait", "stream_next",
                          "many_call"};
        foreach (unowned string name in names)
            stdout.printf ("%s heap\n", name);
        return 0;
    }
    if (args.length != 4 || args[2] != "heap") {
        stderr.printf ("usage: %s list | <workload> heap <loops>\n", args[0]);
        return 2;
    }
    uint32 loops = (uint32) uint64.parse (args[3]);
    bool which = args.length == 4;
    uint32 sum = 0;
    int64 begin = get_monotonic_time ();
    switch (args[1]) {
    case "dyn_leaf":
        sum = drive (loops, make_leaf (which));
        break;
    case "dyn_yield":
        sum = drive (loops, make_nap (which));
        break;
    case "dyn_chain":
        sum = drive (loops, chain (make_leaf (which)));
        break;
    case "dyn_chain_wait":
        sum = drive (loops, chain (make_nap (which)));
        break;
    case "stream_next":
        sum = drive_next (loops, which ? (Numbers) new UpCount () : (Numbers) new DownCount ());
        break;
    case "many_call":
        sum = many (loops, which);
        break;
    default:
        stderr.printf ("no such workload\n");
        return 2;
    }
    stdout.printf ("%u %lld\n", sum, (get_monotonic_time () - begin) * 1000);
    return 0;
}
