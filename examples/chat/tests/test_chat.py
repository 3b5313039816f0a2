"""chat with peers that are real: sockets of Python, and netcat."""
import os
import select
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from peers import Serving, check, main, need, read_to_end, reset, run, until  # noqa: E402


class Member:
    def __init__(self, server, name=None):
        self.socket = server.connect()
        self.lines = self.socket.makefile("rb")
        self.reads(b"* your name?")
        if name:
            self.says(name)
            self.welcome = self.line()
            check(self.welcome.startswith(b"* welcome, " + name), "the welcome", self.welcome)

    def says(self, line):
        self.socket.sendall(line + b"\n")

    def line(self):
        return self.lines.readline().rstrip(b"\n")

    def reads(self, *lines):
        for line in lines:
            got = self.line()
            check(got == line, "a line", got, line)

    def reads_the_end(self):
        check(self.lines.read() == b"", "more than the end")

    def reset(self):
        self.lines.close()  # it holds the descriptor, too
        reset(self.socket)


def two_members(program):
    """What one says, the other reads, in order; one that ends tells why."""
    with Serving([program, "0"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        check(b"here: ann;" in bob.welcome, "who is there", bob.welcome)
        ann.reads(b"* bob joined")
        for i in range(500):
            ann.says(b"line %d" % i)
            bob.reads(b"ann: line %d" % i)
        bob.says("grüße\tdir\r".encode())
        ann.reads("bob: grüße\tdir".encode())
        bob.says(b"/quit")
        bob.reads(b"* goodbye")
        bob.reads_the_end()
        ann.reads(b"* bob left: quit")
        ann.says(b"anybody?")
        ann.says(b"/quit")
        ann.reads(b"* goodbye")  # and nothing of its own
        ann.reads_the_end()
        server.end()


def three_members(program):
    """All but who said it read each line, and all in the same order; so does the log."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        with Serving([program, "0", "--log", log, "--queue", "2000"]) as server:
            names = [b"ann", b"bob", b"cy"]
            members = [Member(server, name) for name in names]
            members[0].reads(b"* bob joined", b"* cy joined")
            members[1].reads(b"* cy joined")

            def talk(m):
                for i in range(300):
                    m.says(b"%d" % i)

            talking = [threading.Thread(target=talk, args=(m,)) for m in members]
            for t in talking:
                t.start()
            got = [[m.line() for _ in range(600)] for m in members]
            for t in talking:
                t.join()
            server.end()
            with open(log, "rb") as f:
                logged = f.read().splitlines()
        said = [line for line in logged if not line.startswith(b"*")]
        check(len(said) == 900, "lines in the log", len(said))
        for name, lines in zip(names, got):
            others = [line for line in said if not line.startswith(name + b":")]
            check(lines == others, "not what others said", name)
            own = [line for line in said if line.startswith(name + b":")]
            check(own == [b"%s: %d" % (name, i) for i in range(300)], "its order", name)
        for name in names:
            check(b"* %s joined" % name in logged, "joined", logged[:6])
            check(b"* %s left: the server ends" % name in logged, "left", logged[-6:])


def names(program):
    with Serving([program, "0"]) as server:
        ann, other = Member(server, b"ann"), Member(server)
        wrong = b"* a name has 1 to 32 bytes of text, no spaces, and no / first; your name?"
        for name in (b"", b"x" * 33, b"a b", b"/who", b"\xff\xfe", b"\x1b[2J"):
            other.says(name)
            other.reads(wrong)
        other.says(b"ann")
        other.reads(b"* that name is taken; your name?")
        other.says(b"x" * 32)
        check(other.line().startswith(b"* welcome, " + b"x" * 32 + b"; here: ann;"), "welcome")
        ann.reads(b"* " + b"x" * 32 + b" joined")
        ann.says(b"/quit")
        other.reads(b"* ann left: quit")
        again = Member(server, b"ann")  # it is free again
        other.reads(b"* ann joined")
        again.says(b"/dance")
        again.reads(b"* not sent: no such command; there is /quit")
        silent = Member(server)
        silent.socket.shutdown(socket.SHUT_WR)
        silent.reads_the_end()
        server.wait_for(r"\* #4 left without a name: end of input")
        server.end()


def netcat(program):
    """Input that ends is a half-close: what was said before it is delivered."""
    nc = need("nc")
    with Serving([program, "0"]) as server:
        ann = Member(server, b"ann")
        out, _ = run([nc, "-N", "127.0.0.1", str(server.port)], input=b"bob\nhello\nlast")
        check(out == b"* your name?\n* welcome, bob; here: ann; /quit ends\n", "netcat", out)
        ann.reads(b"* bob joined", b"bob: hello", b"bob: last", b"* bob left: end of input")
        server.end()


def half_close(program):
    """Who has ended its input is given what was said up to then, then the end."""
    with Serving([program, "0", "--queue", "1000"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        for i in range(500):
            ann.says(b"%d" % i)
        ann.says(b"/quit")
        check(ann.lines.read().endswith(b"* goodbye\n"), "goodbye")
        server.wait_for("ann left")  # the log has it behind the rest
        bob.socket.shutdown(socket.SHUT_WR)
        got = bob.lines.read().splitlines()
        check(got[:500] == [b"ann: %d" % i for i in range(500)], "lines", len(got))
        server.end()


def slow_member(program):
    """One that does not read is dropped, with a word; the others do not wait for it, and the
    memory is bounded."""
    with Serving([program, "0", "--queue", "32", "--linger", "300",
                  "--log", "/dev/null"]) as server:
        ann, bob, slow = (Member(server, name) for name in (b"ann", b"bob", b"slow"))
        ann.reads(b"* bob joined", b"* slow joined")
        bob.reads(b"* slow joined")
        line = b"x" * 4000
        said = 0
        while said < 20000:
            ann.says(line)
            said += 1
            got = bob.line()
            if got == b"* slow left: does not read":
                break
            check(got == b"ann: " + line, "a line", got[:100])
        check(said < 20000, "it is still there")
        peak = server.peak_kib()
        check(peak < 40 * 1024, "KiB of memory", peak)
        ann.reads(b"* slow left: does not read")
        ends = select.poll()  # told without reading: it does not read in time for the last word
        ends.register(slow.socket, 0)
        check(ends.poll(60000), "it is not reset")
        try:
            check(not read_to_end(slow.socket).endswith(b"does not read\n"), "too late")
        except ConnectionResetError:
            pass
        server.end()


def slow_member_is_told(program):
    """The same, and it reads in time: all that was queued, and why it is the last."""
    with Serving([program, "0", "--queue", "32", "--linger", "60000"]) as server:
        ann, slow = Member(server, b"ann"), Member(server, b"slow")
        ann.reads(b"* slow joined")
        ann.socket.settimeout(0.002)
        gone, said = b"", 0
        while b"slow left: does not read" not in gone and said < 20000:
            ann.socket.settimeout(60)
            ann.says(b"%d %s" % (said, b"x" * 4000))
            said += 1
            ann.socket.settimeout(0.001)
            try:
                gone += ann.socket.recv(4096)
            except TimeoutError:
                pass
        check(b"* slow left: does not read" in gone, "ann is told", gone)
        got = slow.lines.read().splitlines()
        check(got[-1] == b"* goodbye: you were dropped: a member that does not read", "told",
              got[-1][:100])
        check([int(line.split()[1]) for line in got[:-1]] == list(range(len(got) - 1)), "lines")
        server.end()


def resets(program):
    with Serving([program, "0"]) as server:
        ann = Member(server, b"ann")
        for i in range(20):
            bob = Member(server, b"bob")
            ann.reads(b"* bob joined")
            bob.socket.sendall(b"hi\nand half a line")
            ends = [b"* bob left: connection reset by peer"]
            if i % 2:
                ann.reads(b"bob: hi")
            else:  # libuv tells of a reset right behind the last bytes as of an end
                ends += [b"* bob left: end of input", b"* bob left: broken pipe"]
            bob.reset()
            got = ann.line()
            while got.startswith(b"bob: "):
                got = ann.line()
            check(got in ends, "why", got)
        Member(server, b"cy")
        ann.reads(b"* cy joined")
        server.end()


def garbage(program):
    """Bytes that are no text do not get through, and the member stays."""
    with Serving([program, "0"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        ann.reads(b"* bob joined")
        for bad in (b"\xff\xfe\x00", b"a\x00b", b"\x1b]0;title\x07", b"\xc0\xaf", b"\xed\xa0\x80",
                    bytes(b for b in range(256) if b != 10)):
            bob.says(bad)
            bob.reads(b"* not sent: a line is UTF-8 text without control characters")
        bob.says(b"sorry")
        ann.reads(b"bob: sorry")
        server.end()


def gigabyte_on_one_line(program):
    """A clear error, and a bounded amount of memory; others do not notice."""
    with Serving([program, "0"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        ann.reads(b"* bob joined")
        got = []
        reading = threading.Thread(target=lambda: got.append(bob.line()))
        reading.start()
        piece, sent = b"y" * (1 << 20), 0
        try:
            while sent < 1 << 30:
                bob.socket.sendall(piece)
                sent += len(piece)
        except OSError:
            pass  # it is let go before the end of that
        reading.join()
        check(got == [b"* goodbye: a line has at most 4096 bytes, its end included"], "told", got)
        ann.reads(b"* bob left: too long a line")
        peak = server.peak_kib()
        check(peak < 40 * 1024, "KiB of memory", peak)
        print("%d MiB were sent, %d KiB used" % (sent >> 20, peak))
        server.end()


def line_limit(program):
    """The limit itself is allowed."""
    with Serving([program, "0", "--line", "10"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        ann.reads(b"* bob joined")
        ann.says(b"123456789")
        bob.reads(b"ann: 123456789")
        ann.says(b"1234567890")
        ann.reads(b"* goodbye: a line has at most 10 bytes, its end included")
        ann.reads_the_end()
        bob.reads(b"* ann left: too long a line")
        server.end()


def flood_without_reading(program):
    """Who asks for answers and does not read them is not read either."""
    with Serving([program, "0", "--queue", "8"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        ann.reads(b"* bob joined")
        bob.socket.setblocking(False)
        sent, idle = 0, 0
        while idle < 20 and sent < 64 << 20:
            try:
                sent += bob.socket.send(b"/x\n" * 20000)
                idle = 0
            except BlockingIOError:
                idle += 1
                time.sleep(0.01)
        check(sent < 64 << 20, "everything was taken")
        check(server.peak_kib() < 40 * 1024, "KiB of memory", server.peak_kib())
        # The server may still be on its way to where it stops, and his queue not full.
        begun = time.monotonic()
        while not select.select([ann.socket], [], [], 0.05)[0]:
            check(time.monotonic() < begun + 60, "he stays")
            ann.says(b"hello?")
        ann.reads(b"* bob left: does not read")
        server.end()


def full_room(program):
    with Serving([program, "0", "--most", "2"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        third = server.connect()
        check(third.makefile("rb").readline() == b"* goodbye: the room is full\n", "told")
        third.close()
        bob.says(b"/quit")
        ann.reads(b"* bob joined", b"* bob left: quit")
        bob.reads(b"* goodbye")
        bob.socket.close()
        bob.lines.close()

        def in_again():
            s = server.connect()
            line = s.makefile("rb").readline()
            s.close()
            return line == b"* your name?\n"

        until(in_again, "there is no room again")
        server.end()


def log_fails(program):
    """The chat goes on without it."""
    if not os.path.exists("/dev/full"):
        print("skipped: no /dev/full")
        sys.exit(77)
    with Serving([program, "0", "--log", "/dev/full"]) as server:
        ann, bob = Member(server, b"ann"), Member(server, b"bob")
        ann.reads(b"* bob joined")
        for i in range(10):
            ann.says(b"%d" % i)
            bob.reads(b"ann: %d" % i)
        said = server.end()
        told = "chat: the log: no space left on device; no more is logged\n"
        check(said.count(told) == 1 and said.endswith(told), "once", said)


def ends_by_signal(program):
    """Members are told; one that does not read does not hold it for longer than it lingers."""
    with Serving([program, "0", "--linger", "500", "--queue", "10000"]) as server:
        ann, bob, stuck = (Member(server, name) for name in (b"ann", b"bob", b"stuck"))
        unnamed = Member(server)
        ann.reads(b"* bob joined", b"* stuck joined")
        bob.reads(b"* stuck joined")
        for _ in range(3000):
            ann.says(b"z" * 4000)
            bob.reads(b"ann: " + b"z" * 4000)
        server.process.terminate()
        for m in (ann, bob, unnamed):
            # Others may have left before it, or behind it.
            got = m.lines.read().splitlines()
            check(got[-1] == b"* goodbye: the server ends", "told", got)
            m.socket.close()
        said = server.end(by=None)
        check("* stuck left: the server ends" in said, "the log", said[-300:])


def wrong_usage(program):
    for args, word in ((["0", "--line", "x"], b"not a number that is allowed here: 'x'"),
                       (["0", "--queue", "0"], b"not a number that is allowed here: '0'"),
                       (["70000"], b"'70000'"), (["0", "--siz", "3"], b"no such option: '--siz'"),
                       (["0", "1"], b"more than one port: '1'"), ([], b"usage:"),
                       (["0", "--log"], b"a value is missing"),
                       (["0", "--address", "localhost"], b"no numeric address: 'localhost'")):
        _, err = run([program] + args, code=2)
        check(word in err, "the message", args, err)
    _, err = run([program, "0", "--log", "/nowhere/log"], code=1)
    check(err == b"chat: /nowhere/log: no such file or directory\n", "the message", err)
    with Serving([program, "0"]) as server:
        _, err = run([program, str(server.port)], code=1)
        check(err == b"chat: listening: address already in use\n", "the message", err)
        server.end()


main({f.__name__: f for f in (two_members, three_members, names, netcat, half_close, slow_member,
                              slow_member_is_told, resets, garbage, gigabyte_on_one_line,
                              line_limit, flood_without_reading, full_room, log_fails,
                              ends_by_signal, wrong_usage)})
