"""tcp_echo against peers that are real: its own clients, netcat, and sockets of Python."""
import os
import random
import re
import resource
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from peers import Nobody, Serving, check, main, need, read_to_end, reset, run  # noqa: E402


def random_bytes(size):
    return random.Random(size).randbytes(size)


def ask(port, data):
    """Everything there and back by a peer that reads while it writes."""
    s = socket.create_connection(("127.0.0.1", port), timeout=60)
    got = bytearray()
    for at in range(0, len(data), 4096):
        s.sendall(data[at:at + 4096])
        got += s.recv(1 << 16)
    s.shutdown(socket.SHUT_WR)
    got += read_to_end(s)
    s.close()
    check(bytes(got) == data, "not what was sent", len(got), len(data))


def sockets(program):
    with Serving([program, "0"]) as server:
        ask(server.port, b"x")
        ask(server.port, random_bytes(1 << 20))
        said = server.end()
        check("2 connections, 2 ended, 0 with an error, 1048577 bytes" in said, "counts", said)


def netcat(program):
    nc = need("nc")
    with Serving([program, "0", "--limit", "1"]) as server:
        out, _ = run([nc, "-N", "127.0.0.1", str(server.port)], input=b"over there\n")
        check(out == b"over there\n", "echo", out)
        server.end(by=None)  # behind its only connection


def half_close(program):
    """What was sent before the end comes back behind it."""
    with Serving([program, "0"]) as server:
        s = server.connect()
        s.sendall(b"question")
        s.shutdown(socket.SHUT_WR)
        check(read_to_end(s) == b"question", "the answer")
        s.close()
        server.end()


def resets(program):
    with Serving([program, "0"]) as server:
        for _ in range(20):
            s = server.connect()
            s.sendall(random_bytes(100000))
            reset(s)
        ask(server.port, b"still there")
        said = server.end()
        check("connection reset by peer" in said or "broken pipe" in said, "the error", said)


def slow_peer(program):
    """One that sends and does not read is not read either, and costs a bounded amount of memory;
    others do not wait for it. When it reads, everything is there."""
    data = random_bytes(64 << 20)
    with Serving([program, "0"]) as server:
        s = server.connect()
        s.setblocking(False)
        sent = 0
        idle = 0
        while idle < 20 and sent < len(data):
            try:
                sent += s.send(data[sent:sent + (1 << 16)])
                idle = 0
            except BlockingIOError:
                idle += 1
                time.sleep(0.01)
        check(sent < len(data), "everything was taken from a peer that does not read")
        ask(server.port, b"meanwhile")
        s.settimeout(60)
        got = 0
        while got < sent:
            piece = s.recv(1 << 20)
            check(piece == data[got:got + len(piece)] and piece, "other bytes at", got)
            got += len(piece)
        s.shutdown(socket.SHUT_WR)
        check(read_to_end(s) == b"", "more than was sent")
        peak = server.peak_kib()
        check(peak < 40 * 1024, "KiB of memory", peak)
        server.end()


def ends_by_signal(program):
    """Connections that are open, and one that is stuck in a write, do not hold it."""
    with Serving([program, "0"]) as server:
        idle = [server.connect() for _ in range(200)]
        for s in idle:
            s.sendall(b"here")
        for s in idle:
            check(s.recv(4) == b"here", "echo")
        stuck = server.connect()
        stuck.sendall(b"here")
        check(stuck.recv(4) == b"here", "echo")
        stuck.setblocking(False)
        try:
            while True:
                stuck.send(b"x" * (1 << 16))
        except BlockingIOError:
            pass
        said = server.end()
        check("201 connections, 0 ended" in said, "counts", said)
        for s in idle:
            check(s.recv(4) == b"", "the end")


def out_of_descriptors(program):
    """More come than it may have: those wait, none is lost, and all are served when others end."""
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))

    with Serving([program, "0"], before=few) as server:
        crowd = [server.connect() for _ in range(100)]
        for s in crowd:
            s.sendall(b"here")
        # They are taken in the order in which they came.
        check(crowd[0].recv(4) == b"here", "the first")
        crowd[-1].settimeout(0.3)
        try:
            check(False, "one that is too many", crowd[-1].recv(4))
        except socket.timeout:
            pass
        crowd[-1].settimeout(60)
        for s in crowd:
            s.shutdown(socket.SHUT_WR)
        for s in crowd[1:]:
            got = read_to_end(s)
            check(got == b"here", "not what was sent", got)
            s.close()
        said = server.end()
        check(int(re.search(r"(\d+) connections", said).group(1)) == 100, "counts", said)


def port_taken(program):
    with Serving([program, "0"]) as server:
        _, err = run([program, str(server.port)], code=1)
        check(err == b"tcp_echo: listening: address already in use\n", "the message", err)
        server.end()


def wrong_usage(program):
    for args, word in ((["0", "--limit", "x"], b"not a number that is allowed here: 'x'"),
                       (["70000"], b"'70000'"), (["0", "--siz", "3"], b"no such option: '--siz'"),
                       (["0", "--limit"], b"a value is missing"), ([], b"usage:"),
                       (["0", "--address", "localhost"], b"no numeric address: 'localhost'")):
        _, err = run([program] + args, code=2)
        check(word in err, "the message", args, err)


def nobody_there(program):
    """Clients say why."""
    with Nobody() as nobody:
        _, err = run([program, "--client", str(nobody.port), "--connections", "3"], code=1)
    check(b"connection refused" in err, "the message", err)


def ten_thousand(program):
    """Connections that are open at the same time; fewer where the system allows no more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(10000, most - 100) if most != resource.RLIM_INFINITY else 10000
    with Serving([program, "0"]) as server:
        out, _ = run([program, "--client", str(server.port), "--connections", str(count),
                      "--seconds", "100"])
        print(out.decode(), end="")
        expected = "%d connections at once, %d messages of 64 bytes came back" % (count, 10 * count)
        check(expected in out.decode(), "counts", out)
        print("%d KiB, %d bytes a connection" % (server.peak_kib(),
                                                 server.peak_kib() * 1024 // count))
        said = server.end()
        check("%d connections, " % count in said and " 0 with an error" in said, "counts", said)
    if count < 10000:
        print("no more than %d descriptors here" % most)


main({f.__name__: f for f in (sockets, netcat, half_close, resets, slow_peer, ends_by_signal,
                              out_of_descriptors, port_taken, wrong_usage, nobody_there,
                              ten_thousand)})
