"""kv_server with peers that are real: sockets of Python, and netcat."""
import os
import random
import resource
import signal
import socket
import struct
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from peers import (Serving, check, main, need, read_to_end, reset, run, until,  # noqa: E402
                   until_read)


class Folder:
    """Somewhere for a log."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log = os.path.join(self.folder.name, "log")
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def serve(self, program, *options, before=None):
        return Serving([program, "0", "--db", self.log] + list(options), before)


class Client:
    def __init__(self, server):
        self.socket = server.connect()
        self.answers = self.socket.makefile("rb")

    def says(self, data):
        self.socket.sendall(data)

    def line(self):
        line = self.answers.readline()
        check(line.endswith(b"\n"), "the last line is cut", line)
        return line[:-1]

    def reads(self, *lines):
        for line in lines:
            got = self.line()
            check(got == line, "an answer", got, line)

    def reads_value(self, value):
        self.reads(b"VALUE %d" % len(value))
        got = self.answers.read(len(value) + 1)
        check(got == value + b"\n", "a value", len(got), len(value))

    def reads_the_end(self):
        got = self.answers.read()
        check(got == b"", "more than the end", got)

    def put(self, key, value):
        self.says(put(key, value))
        self.reads(b"OK")

    def has(self, key, value):
        self.says(b"GET " + key + b"\n")
        if value is None:
            self.reads(b"NOT_FOUND")
        else:
            self.reads_value(value)

    def close(self):
        self.answers.close()
        self.socket.close()

    def reset(self):
        self.answers.close()  # it holds the descriptor, too
        reset(self.socket)


def put(key, value):
    return b"PUT %s %d\n%s\n" % (key, len(value), value)


def random_bytes(size):
    return random.Random(size).randbytes(size)


def requests(program):
    """Each request and each answer; small letters; lines as telnet ends them."""
    with Folder() as folder, folder.serve(program) as server:
        c = Client(server)
        for text, *answers in (
                (b"PUT a 5\nhello\n", b"OK"), (b"GET a\n", b"VALUE 5", b"hello"),
                (b"COUNT\n", b"COUNT 1"), (b"put b 3\r\nx\ny\r\n", b"OK"),
                (b"get b\r\n", b"VALUE 3", b"x", b"y"), (b"\n\r\n\nCount\n", b"COUNT 2"),
                (b"GET c\n", b"NOT_FOUND"), (b"DELETE a\n", b"OK"), (b"DELETE a\n", b"NOT_FOUND"),
                (b"GET a\n", b"NOT_FOUND"), (b"PUT b 0\n\n", b"OK"), (b"GET b\n", b"VALUE 0", b""),
                (b"QUIT\n", b"GOODBYE as you asked")):
            c.says(text)
            c.reads(*answers)
        c.reads_the_end()
        server.wait_for("kv_server: #1: closed")
        server.end()


def keys_and_values(program):
    """Any byte in values, all but spaces and control characters in keys; what was stored is there
    when the log is opened again, with a cache for one value."""
    key = bytes(b for b in range(0x21, 0x100) if b != 0x7F)
    stored = {key: bytes(range(256)), b"long" * 1000: b"", b"large": random_bytes(1 << 20),
              b"k": b"\nOK\nGET k\n", b"-1": random_bytes(16384), b"0": random_bytes(16385)}
    with Folder() as folder:
        for options in ((), ("--cache", "1")):
            with folder.serve(program, *options) as server:
                c = Client(server)
                for key, value in stored.items():
                    if not options:
                        c.put(key, value)
                    c.has(key, value)
                for key, value in stored.items():
                    c.has(key, value)
                c.says(b"COUNT\n")
                c.reads(b"COUNT %d" % len(stored))
                server.end()


def netcat(program):
    nc = need("nc")
    with Folder() as folder, folder.serve(program) as server:
        out, _ = run([nc, "-N", "127.0.0.1", str(server.port)],
                     input=b"PUT colour 4\nblue\nGET colour\nCOUNT\n")
        check(out == b"OK\nVALUE 4\nblue\nCOUNT 1\n", "netcat", out)
        server.end()


def pipelined(program):
    """Requests that do not wait are answered in order, as if each had come alone."""
    with Folder() as folder, folder.serve(program, "--value", "20000", "--cache", "3") as server:
        for seed in range(6):
            r = random.Random(seed)
            there, asked, wanted = {}, [b"DELETE k%d\n" % i for i in range(8)], []
            skipped = len(asked)
            for _ in range(600):
                key, what = b"k%d" % r.randrange(8), r.randrange(10)
                if what < 4:
                    there[key] = r.randbytes(r.choice((0, 1, 20, 2000, 20000)))
                    asked.append(put(key, there[key]))
                    wanted.append(b"OK\n")
                elif what < 6:
                    asked.append(b"DELETE %s\n" % key)
                    wanted.append(b"OK\n" if there.pop(key, None) is not None else b"NOT_FOUND\n")
                elif what < 9:
                    asked.append(b"GET %s\n" % key)
                    value = there.get(key)
                    wanted.append(b"NOT_FOUND\n" if value is None
                                  else b"VALUE %d\n%s\n" % (len(value), value))
                else:
                    asked.append(b"COUNT\n" if r.randrange(3) else put(b"large", bytes(20001)))
                    wanted.append(b"COUNT %d\n" % len(there) if asked[-1] == b"COUNT\n" else
                                  b"ERROR too large: a value has at most 20000 bytes\n")
            c = Client(server)
            data = b"".join(asked)

            def send():
                at = 0
                while at < len(data):
                    size = r.choice((1, 7, 100, 5000, 100000))
                    c.says(data[at:at + size])
                    at += size
                c.socket.shutdown(socket.SHUT_WR)

            sending = threading.Thread(target=send)
            sending.start()
            for _ in range(skipped):
                c.line()
            got = c.answers.read()
            sending.join()
            check(got == b"".join(wanted), "the answers", seed, len(got))
            c.close()
        server.end()


def writes_share_syncs(program):
    """Writes that a client sends without waiting are synced together. A record of the log tells
    where its batch begins, at byte 12 of 20 before key and value."""
    with Folder() as folder, folder.serve(program) as server:
        c = Client(server)
        c.says(b"".join(put(b"k%d" % i, b"v") for i in range(320)))
        c.reads(*[b"OK"] * 320)
        server.end()
        with open(folder.log, "rb") as f:
            log = f.read()
        at, batches = 8, []
        while at < len(log):
            _, key, value, base = struct.unpack_from("<IIIQ", log, at)
            batches.append(base)
            at += 20 + key + value
        check(len(batches) == 320, "records", len(batches))
        print("320 writes, %d syncs" % len(set(batches)))
        check(len(set(batches)) <= 160, "syncs", len(set(batches)))


def half_close(program):
    """Who has ended its side gets all its answers; half a request is not done."""
    with Folder() as folder, folder.serve(program) as server:
        value = random_bytes(1 << 20)
        c = Client(server)
        c.says(put(b"a", value) + put(b"k1", b"") + b"GET a\n" * 20)
        c.socket.shutdown(socket.SHUT_WR)
        c.reads(b"OK", b"OK")
        time.sleep(0.2)
        for _ in range(20):
            c.reads_value(value)
        c.reads_the_end()
        for half in (b"DELETE k1", b"PUT k1 5\nhel", b"PUT k1 5\nhello", b"PUT k1 5\n",
                     b"PUT k1 2000000\nhel"):
            c = Client(server)
            c.says(b"COUNT\n" + half)
            c.socket.shutdown(socket.SHUT_WR)
            c.reads(b"COUNT 2")
            if b"2000000" in half:
                c.reads(b"ERROR too large: a value has at most 1048576 bytes")
            c.reads(b"GOODBYE the last request has no end")
            c.reads_the_end()
        c = Client(server)
        c.has(b"k1", b"")
        server.end()


def resets(program):
    """At any place; others do not notice, and what was acknowledged stays."""
    with Folder() as folder, folder.serve(program) as server:
        other = Client(server)
        other.put(b"a", random_bytes(1 << 20))
        silent = (b"", b"GE", b"PUT x 100\nab")
        for i, text in enumerate(silent + (b"GET a\n" * 100, b"PUT y 1\n1\n", b"PUT z 5000000\nab",
                                           b"PUT x 1\n1\n" * 5000)):
            c = Client(server)
            c.says(text)
            if text in silent:
                until_read(c.socket)
            c.reset()
            # Who writes meanwhile may see it first; behind unread bytes libuv tells of an end.
            ends = ("connection reset by peer" if text in silent else
                    "(connection reset by peer|broken pipe|closed|ended: a request without)")
            server.wait_for(r"#%d: %s" % (i + 2, ends))
            other.has(b"a", random_bytes(1 << 20))
        other.has(b"z", None)
        server.end()


def slow_reader(program):
    """Who does not read its answers is not read either, and the memory is bounded."""
    with Folder() as folder, folder.serve(program) as server:
        value = random_bytes(1 << 20)
        c = Client(server)
        c.put(b"a", value)
        request = b"GET a\n" * 100 + put(b"b", value)
        c.socket.setblocking(False)
        sent, still = 0, 0
        while still < 50 and sent < 64 << 20:
            try:
                sent += c.socket.send(request[sent % len(request):])
                still = 0
            except BlockingIOError:
                still += 1
                time.sleep(0.01)
        check(sent < 64 << 20, "all of it was taken")
        peak = server.peak_kib()
        check(peak < 40 * 1024, "KiB of memory", peak)
        other = Client(server)
        other.has(b"a", value)
        c.socket.setblocking(True)
        c.socket.settimeout(60)
        for _ in range(100):
            c.reads_value(value)
        c.reset()
        server.end()


def slow_writer(program):
    """A value that comes byte by byte is waited for, and nobody else waits."""
    with Folder() as folder, folder.serve(program, "--idle", "60000") as server:
        slow, other = Client(server), Client(server)
        for byte in put(b"slow", b"\n" * 30):
            slow.says(bytes([byte]))
            other.put(b"other", b"%d" % byte)
        slow.reads(b"OK")
        other.has(b"slow", b"\n" * 30)
        server.end()


def garbage(program):
    """What is not understood ends the connection, with a word; nothing behind it is done."""
    get, put_, delete = b"GET KEY", b"PUT KEY SIZE, and SIZE bytes on the next line", b"DELETE KEY"
    any_ = b"GET, PUT, DELETE, COUNT or QUIT"
    with Folder() as folder, folder.serve(program) as server:
        c = Client(server)
        c.put(b"k", b"v")
        for bad, right in (
                (b"POST / HTTP/1.1", any_), (b" COUNT", any_), (b"GETT k", any_), (b"GE k", any_),
                (b"\x16\x03\x01\x02\x00", any_), (b"\0", any_), (b"\xff" * 100, any_),
                (b"GET", get), (b"GET  k", get), (b"GET k ", get), (b"GET k k", get),
                (b"GET a\0b", get), (b"GET a\tb", get), (b"GET k\r", get), (b"GET k\x7f", get),
                (b"DELETE", delete), (b"DELETE k v", delete), (b"COUNT k", b"COUNT"),
                (b"PUT", put_), (b"PUT x", put_), (b"PUT x y", put_), (b"PUT x -1", put_),
                (b"PUT x 1 1", put_), (b"PUT x 0x1", put_), (b"PUT x 1.", put_), (b"PUT x ", put_),
                (b"PUT x 9999999999999999999", put_), (b"PUT x\x01 1", put_)):
            c = Client(server)
            end = b"\r\r\n" if bad.endswith(b"\r") else b"\n"
            c.says(b"COUNT\n" + bad.rstrip(b"\r") + end + b"DELETE k\n" + put(b"evil", b"x"))
            c.reads(b"COUNT 1", b"GOODBYE not understood; right is " + right)
            c.reads_the_end()
            c.close()
        for bad in (b"PUT x 3\nabcd\n", b"PUT x 3\nab\ncd\n", b"PUT x 3\nabc\rd\n",
                    b"PUT x 3\nabc\r\r\n"):
            c = Client(server)
            c.says(bad + b"DELETE k\n")
            c.reads(b"GOODBYE the value is not SIZE bytes long")
            c.reads_the_end()
            c.close()
        for seed in range(30):
            c = Client(server)
            c.says(random_bytes(seed * 50) + b"\n\n")
            c.socket.shutdown(socket.SHUT_WR)
            if seed:
                check(c.line().startswith(b"GOODBYE "), "a goodbye", seed)
            c.reads_the_end()
            c.close()
        c = Client(server)
        c.has(b"k", b"v")
        c.says(b"COUNT\n")
        c.reads(b"COUNT 1")
        server.end()


def flood(c, piece, most):
    """Sends until the other end has enough, and reads meanwhile: what it was told, and how much it
    was sent."""
    got, sent = bytearray(), 0

    def read():
        try:
            while True:
                more = c.socket.recv(4096)
                if not more:
                    break
                got.extend(more)
        except OSError:
            pass

    reading = threading.Thread(target=read)
    reading.start()
    try:
        while sent < most:
            c.says(piece)
            sent += len(piece)
    except OSError:
        pass  # it is let go before the end of that
    reading.join()
    return bytes(got), sent


def gigabyte_on_one_line(program):
    """A clear error, and a bounded amount of memory; others do not notice."""
    with Folder() as folder, folder.serve(program) as server:
        other = Client(server)
        other.put(b"k", b"v")
        got, sent = flood(Client(server), b"y" * (1 << 20), 1 << 30)
        check(got == b"GOODBYE a request's line has at most 4096 bytes, its end included\n", "told",
              got)
        server.wait_for("#2: ended: too long a line")
        peak = server.peak_kib()
        check(peak < 30 * 1024, "KiB of memory", peak)
        print("%d MiB were sent, %d KiB used" % (sent >> 20, peak))
        other.has(b"k", b"v")
        server.end()


def line_limit(program):
    """The limit itself is allowed, and it is no limit of values."""
    with Folder() as folder, folder.serve(program, "--line", "100") as server:
        c = Client(server)
        key = b"k" * 92
        check(len(b"PUT " + key + b" 1000\n") == 102, "our count")
        c.put(key[2:], b"v" * 1000)
        c.has(key[2:], b"v" * 1000)
        c.says(put(key[1:], b"v" * 1000))
        c.reads(b"GOODBYE a request's line has at most 100 bytes, its end included")
        c.reads_the_end()
        server.end()


def value_limit(program):
    """The limit itself is allowed; one more is refused before it comes, and then passed over."""
    with Folder() as folder, folder.serve(program, "--value", "100000") as server:
        c = Client(server)
        c.put(b"k", b"v" * 100000)
        c.says(b"PUT k 100001\n")
        c.reads(b"ERROR too large: a value has at most 100000 bytes")
        c.says(b"\n" * 100001 + b"\nCOUNT\n")
        c.reads(b"COUNT 1")
        c.has(b"k", b"v" * 100000)
        c.says(b"PUT k 999999999999999999\n")
        c.reads(b"ERROR too large: a value has at most 100000 bytes")
        server.end()


def gigabyte_value(program):
    """Bytes that are not wanted take no memory."""
    with Folder() as folder, folder.serve(program) as server:
        c = Client(server)
        c.says(b"PUT k %d\n" % (1 << 30))
        c.reads(b"ERROR too large: a value has at most 1048576 bytes")
        piece = b"\n" * (1 << 20)
        for _ in range(1 << 10):
            c.says(piece)
        c.says(b"\nCOUNT\n")
        c.reads(b"COUNT 0")
        peak = server.peak_kib()
        check(peak < 30 * 1024, "KiB of memory", peak)
        server.end()


def too_many(program):
    """Those beyond the limit are told, those far beyond it reset. Then there is room again."""
    with Folder() as folder, folder.serve(program, "--most", "2") as server:
        a, b = Client(server), Client(server)
        a.put(b"k", b"v")
        b.has(b"k", b"v")
        c = Client(server)
        c.reads(b"GOODBYE at most 2 connections at a time")
        c.reads_the_end()
        server.wait_for("#3: refused: too many")
        crowd = []
        for _ in range(300):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", server.port))
            crowd.append(s)
        told = 0
        for s in crowd:
            s.settimeout(60)
            try:
                got = read_to_end(s)
                check(got == b"GOODBYE at most 2 connections at a time\n", "told", got)
                told += 1
            except ConnectionResetError:
                pass
            s.close()
        print(told, "were told, the others reset")
        check(told >= 1, "nobody was told")
        b.has(b"k", b"v")
        a.close()

        def in_again():
            try:
                c = Client(server)
                c.says(b"GET k\n")
                line = c.line()
                c.close()
            except ConnectionError:
                return False
            return line == b"VALUE 1"

        until(in_again, "there is no room again")
        server.end()


def idle(program):
    """Whoever lets nothing move is told so; half a request, or not to read, is nothing."""
    with Folder() as folder, folder.serve(program, "--idle", "2000", "--linger", "200") as server:
        setup = Client(server)
        setup.put(b"a", random_bytes(1 << 20))
        clients = [Client(server) for _ in range(4)]
        clients[1].says(b"PUT k 5\nhel")
        clients[2].says(b"GET k")
        clients[3].says(b"GET a\n" * 100)
        for c in clients[:3]:
            c.reads(b"GOODBYE nothing moved for 2000 ms")
            c.reads_the_end()
        server.wait_for("#5: ended: nothing moved")
        try:  # it did not read in time
            got = read_to_end(clients[3].socket)
            check(not got.endswith(b"2000 ms\n"), "too late", got[-50:])
        except ConnectionResetError:
            pass
        server.end()


def slow_request(program):
    """Who lets something move now and then, but never comes to an end, is told so: with a value, one
    that is too large to be taken, and an answer; also when empty lines come besides."""
    with Folder() as folder, folder.serve(program, "--idle", "3000", "--request", "1500",
                                          "--linger", "300") as server:
        setup = Client(server)
        setup.put(b"a", random_bytes(1 << 20))
        value, large, reader = Client(server), Client(server), Client(server)
        value.says(b"PUT k 1000\n")
        large.says(b"PUT k 5000000\n")
        reader.says(b"GET a\n" * 20)
        over, began = set(), time.monotonic()
        while len(over) < 3:
            check(time.monotonic() - began < 20, "who is still served", over)
            for c, piece in ((value, b"x"), (large, b"x"), (reader, b"\n")):
                if c in over:
                    continue
                try:
                    c.says(piece)
                except (BrokenPipeError, ConnectionResetError):
                    over.add(c)
            try:
                if reader not in over and not reader.socket.recv(100):
                    over.add(reader)
            except ConnectionResetError:
                over.add(reader)
            time.sleep(0.1)
        for number in (2, 3, 4):
            server.wait_for("#%d: ended: a request took too long" % number)
        setup.says(b"COUNT\n")  # who only waits between requests has time
        setup.reads(b"COUNT 1")
        server.end()


class Load(threading.Thread):
    """Writes numbers to keys of its own, without waiting, until the connection ends."""

    def __init__(self, server, name):
        super().__init__(daemon=True)
        self.client = Client(server)
        self.name_, self.acknowledged, self.told = name, 0, None
        self.start()

    def run(self):
        writing = threading.Thread(target=self.write, daemon=True)
        writing.start()
        try:
            for line in self.client.answers:
                if line != b"OK\n":
                    self.told = line
                    break
                self.acknowledged += 1
        except OSError:
            pass
        self.client.socket.close()
        writing.join()

    def write(self):
        i = 0
        try:
            while True:
                self.client.says(b"".join(put(b"%s-%d" % (self.name_, i + j), b"%d" % (i + j))
                                          for j in range(20)))
                i += 20
                time.sleep(0.001)
        except OSError:
            pass

    def holds(self, client):
        for at in range(0, self.acknowledged, 500):
            numbers = range(at, min(at + 500, self.acknowledged))
            client.says(b"".join(b"GET %s-%d\n" % (self.name_, i) for i in numbers))
            for i in numbers:
                client.reads_value(b"%d" % i)


def ends_by_signal(program):
    """What has arrived is answered, then all are told; what was acknowledged is there again."""
    with Folder() as folder:
        with folder.serve(program) as server:
            silent = Client(server)
            loads = [Load(server, b"%d" % i) for i in range(4)]
            until(lambda: all(load.acknowledged > 100 for load in loads), "no load")
            server.process.terminate()
            silent.reads(b"GOODBYE the server ends")
            silent.reads_the_end()
            said = server.end(by=None)
            check("ended by a signal, 5 are open" in said, "the log", said)
            for load in loads:
                load.join(60)
                check(load.told in (b"GOODBYE the server ends\n", None), "told", load.told)
        with folder.serve(program) as server:
            client = Client(server)
            for load in loads:
                load.holds(client)
            server.end()


def killed(program):
    """At any moment: what was acknowledged is there."""
    acknowledged = 0
    with Folder() as folder:
        for number in range(6):
            with folder.serve(program) as server:
                loads = [Load(server, b"%d-%d" % (number, i)) for i in range(3)]
                until(lambda: any(load.acknowledged > number * 20 for load in loads), "no load")
                server.end(by=signal.SIGKILL, code=-signal.SIGKILL)
                for load in loads:
                    load.join(60)
                acknowledged += sum(load.acknowledged for load in loads)
            with folder.serve(program) as server:
                client = Client(server)
                for load in loads:
                    load.holds(client)
                server.end()
    print(acknowledged, "were acknowledged")


def disk_full(program):
    """A write for which there is no room is an error, and what was there stays."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    with Folder() as folder:
        with folder.serve(program, before=limit) as server:
            c = Client(server)
            c.put(b"a", b"a" * 50000)
            c.says(put(b"b", b"b" * 60000) + b"DELETE a\n" + put(b"b", b"small") + b"COUNT\n")
            answers = [c.line() for _ in range(4)]
            # Those that were written together with it share its fate.
            check(answers[0] == b"ERROR no space left on the device", "told", answers)
            c.put(b"c", b"c")
            c.says(b"GET b\n")
            has_b = c.line() != b"NOT_FOUND"
            if has_b:
                c.reads(b"small")
            check(has_b == (answers[2] == b"OK"), "b", answers)
            server.end()
        with folder.serve(program) as server:
            c = Client(server)
            c.has(b"c", b"c")
            c.has(b"b", b"small" if has_b else None)
            c.has(b"a", None if answers[1] == b"OK" else b"a" * 50000)
            server.end()


def damaged(program):
    """A log that is in use, is none, or is damaged, is left alone."""
    with Folder() as folder:
        with folder.serve(program) as server:
            c = Client(server)
            for i in range(3):
                c.put(b"k%d" % i, b"v" * 100)
            _, err = run([program, "0", "--db", folder.log], code=1)
            check(err == b"kv_server: %s: in use by another process\n" % folder.log.encode(),
                  "in use", err)
            server.end()
        with open(folder.log, "r+b") as f:
            f.seek(50)
            f.write(b"?")
        with open(folder.log, "rb") as f:
            before = f.read()
        _, err = run([program, "0", "--db", folder.log], code=1)
        check(b"damaged at byte 8\n" in err, "where", err)
        with open(folder.log, "rb") as f:
            check(f.read() == before, "it was touched")
        with open(folder.log, "wb") as f:
            f.write(b"other things")
        _, err = run([program, "0", "--db", folder.log], code=1)
        check(err.endswith(b": not a log of this program\n"), "what", err)


def in_memory(program):
    """The same from a store in memory, which ends with the program."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            with Serving([program, "0", "--memory"], lambda: os.chdir(folder)) as server:
                c = Client(server)
                c.has(b"a", None)
                value = random_bytes(1 << 20)
                for _ in range(20):
                    c.says(put(b"a", value) + b"GET a\nDELETE a\nGET a\n")
                    c.reads(b"OK")
                    c.reads_value(value)
                    c.reads(b"OK", b"NOT_FOUND")
                c.put(b"a", b"")
                server.end()
        check(os.listdir(folder) == [], "files", os.listdir(folder))


def wrong_usage(program):
    for args, word in ((["0", "--line", "x"], b"not a number that is allowed here: 'x'"),
                       (["0", "--value", "0"], b"not a number that is allowed here: '0'"),
                       (["0", "--value", "16777217"], b"'16777217'"),
                       (["70000"], b"'70000'"), (["0", "--siz", "3"], b"no such option: '--siz'"),
                       (["0", "1"], b"more than one port: '1'"), ([], b"usage:"),
                       (["0", "--db"], b"a value is missing"),
                       (["0", "--address", "localhost"], b"no numeric address: 'localhost'")):
        _, err = run([program] + args, code=2)
        check(word in err, "the message", args, err)
    _, err = run([program, "0", "--db", "/nowhere/log"], code=1)
    check(err == b"kv_server: /nowhere/log: no such file or directory\n", "the message", err)
    with Folder() as folder, folder.serve(program) as server:
        _, err = run([program, str(server.port), "--memory"], code=1)
        check(err == b"kv_server: listening: address already in use\n", "the message", err)
        server.end()


main({f.__name__: f for f in (requests, keys_and_values, netcat, pipelined, writes_share_syncs,
                              half_close, resets, slow_reader, slow_writer, garbage,
                              gigabyte_on_one_line, line_limit, value_limit, gigabyte_value,
                              too_many, idle, slow_request, ends_by_signal, killed, disk_full, damaged,
                              in_memory, wrong_usage)})
