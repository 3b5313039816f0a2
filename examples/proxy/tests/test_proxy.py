"""proxy between peers that are real: curl and Python's HTTP server, and sockets of Python."""
import functools
import http.server
import os
import random
import re
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from peers import (Nobody, Peer, Serving, check, main, need, read_to_end, reset, run,  # noqa: E402
                   until, until_read)


def random_bytes(size):
    return random.Random(size).randbytes(size)


def start(program, to, *options):
    return Serving([program, "0", "127.0.0.1", str(to.port)] + list(options))


def echo(s):
    while True:
        piece = s.recv(1 << 16)
        if not piece:
            break
        s.sendall(piece)
    s.shutdown(socket.SHUT_WR)


def there_and_back(proxy, data):
    s = proxy.connect()
    got = bytearray()

    def read():
        got.extend(read_to_end(s))

    reader = threading.Thread(target=read)
    reader.start()
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)
    reader.join(60)
    s.close()
    check(bytes(got) == data, "not what was sent", len(got), len(data))


def curl(program):
    """A file from Python's HTTP server, by name and address."""
    tool = need("curl")
    data = random_bytes(3 << 20)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "data"), "wb") as file:
            file.write(data)

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        handler = functools.partial(Quiet, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with Serving([program, "0", "localhost", str(server.server_port)]) as proxy:
                for _ in range(3):
                    out, _ = run([tool, "-sS", "--noproxy", "*",
                                  "http://127.0.0.1:%d/data" % proxy.port])
                    check(out == data, "another file", len(out))
                proxy.wait_for(r"#3: closed: \d+ bytes up, 3\d{6} bytes down")
                proxy.end()
            server.shutdown()


def both_ways(program):
    with Peer(echo) as peer, start(program, peer) as proxy:
        threads = [threading.Thread(target=there_and_back, args=(proxy, random_bytes(1 << 20)))
                   for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for number in range(1, 9):
            proxy.wait_for("#%d: closed: 1048576 bytes up, 1048576 bytes down" % number)
        proxy.end()


def client_half_closes(program):
    """The server sees the end, and its answer still comes."""
    def talk(s):
        s.sendall(b"answer to " + read_to_end(s))

    with Peer(talk) as peer, start(program, peer) as proxy:
        s = proxy.connect()
        s.sendall(b"question")
        s.shutdown(socket.SHUT_WR)
        check(read_to_end(s) == b"answer to question", "the answer")
        proxy.wait_for("#1: closed: 8 bytes up, 18 bytes down")
        proxy.end()


def server_half_closes(program):
    """And reads what the client still says only when all of it has left the proxy: the orderly end
    of a connection loses nothing that the system has not delivered."""
    got = []
    go = threading.Event()

    def talk(s):
        s.sendall(b"that is all")
        s.shutdown(socket.SHUT_WR)
        go.wait(60)
        got.append(read_to_end(s))

    with Peer(talk) as peer, start(program, peer) as proxy:
        s = proxy.connect()
        check(read_to_end(s) == b"that is all", "what came")
        s.sendall(random_bytes(300000))
        s.close()
        proxy.wait_for("#1: closed: 300000 bytes up, 11 bytes down")
        go.set()
        until(lambda: got, "nothing arrived")
        check(got == [random_bytes(300000)], "what arrived behind it")
        proxy.end()


def client_resets(program):
    seen = []

    def talk(s):
        try:
            s.recv(5, socket.MSG_WAITALL)
            s.recv(1)
            seen.append("end")
        except ConnectionResetError:
            seen.append("reset")

    with Peer(talk) as peer, start(program, peer) as proxy:
        s = proxy.connect()
        s.sendall(b"hello")
        proxy.wait_for("#1: open")
        until_read(s)  # the reset is an event of its own
        reset(s)
        proxy.wait_for("#1: ended: the client: connection reset by peer")
        until(lambda: seen, "the server sees nothing")
        check(seen == ["reset"], "the server sees", seen)
        proxy.end()


def server_resets(program):
    def talk(s):
        s.recv(5, socket.MSG_WAITALL)
        reset(s)

    with Peer(talk) as peer, start(program, peer) as proxy:
        s = proxy.connect()
        s.sendall(b"hello")
        try:
            check(s.recv(1) == b"?", "an end that is no reset")
        except ConnectionResetError:
            pass
        proxy.wait_for("#1: ended: the server: connection reset by peer")
        proxy.end()


def idle(program):
    """Something moves all the time, twice as long as the limit; then it does not."""
    limit = 1.6

    def one_connection():
        """No less than: the longest time between two movements, and the last one's to the end."""
        longest = 0
        began = moved = time.monotonic()
        s = proxy.connect()
        try:
            while moved < began + 2 * limit:
                before, moved = moved, time.monotonic()
                s.sendall(b"x")
                check(s.recv(1) == b"x", "echo")
                longest = max(longest, time.monotonic() - before)
                time.sleep(0.2)
        except (ConnectionResetError, BrokenPipeError):
            return max(longest, time.monotonic() - before), None
        try:
            check(s.recv(1) == b"?", "an end that is no reset")
        except ConnectionResetError:
            pass
        return longest, time.monotonic() - moved

    with Peer(echo) as peer, start(program, peer, "--idle", "%d" % (limit * 1000)) as proxy:
        for number in range(1, 11):
            longest, quiet = one_connection()
            if quiet is not None:
                break  # or this machine held us for so long that it was idle indeed
            check(longest > limit * 0.9, "ended too early: after", longest)
        check(quiet is not None and quiet > limit * 0.9, "ended too early: after", quiet)
        proxy.wait_for("#%d: ended: nothing moved for 1600 ms" % number)
        proxy.end()


def bytes_limit(program):
    """So many may come, and then the end; one more is too many."""
    with Peer(echo) as peer, start(program, peer, "--bytes", "100000") as proxy:
        there_and_back(proxy, random_bytes(100000))
        proxy.wait_for("#1: closed: 100000 bytes up, 100000 bytes down")
        s = proxy.connect()
        try:
            s.sendall(random_bytes(100001))
            read_to_end(s)
            check(False, "no reset")
        except (ConnectionResetError, BrokenPipeError):
            pass
        proxy.wait_for("#2: ended: the client sent more than 100000 bytes")
        proxy.wait_for("#2: closed: 100000 bytes up")
        proxy.end()


def gigabyte_on_one_line(program):
    """It is cut off at the limit, as an error, and takes a bounded amount of memory."""
    with Peer(echo) as peer, start(program, peer, "--bytes", "50000000") as proxy:
        s = proxy.connect()
        threading.Thread(target=lambda: swallow(s), daemon=True).start()
        piece = b"x" * (1 << 20)
        sent = 0
        try:
            while sent < 1 << 30:
                sent += s.send(piece)
            check(False, "all of it was taken")
        except (ConnectionResetError, BrokenPipeError):
            pass
        proxy.wait_for("#1: ended: the client sent more than 50000000 bytes")
        peak = proxy.peak_kib()
        check(peak < 30 * 1024, "KiB of memory", peak)
        there_and_back(proxy, b"others go on")
        proxy.end()


def swallow(s):
    try:
        read_to_end(s)
    except OSError:
        pass


def slow_peer(program):
    """A server that does not read stops the client, and nothing is kept."""
    go = threading.Event()
    got = []

    def talk(s):
        go.wait(60)
        got.append(read_to_end(s))

    with Peer(talk) as peer, start(program, peer) as proxy:
        data = random_bytes(48 << 20)
        s = proxy.connect()
        s.setblocking(False)
        sent, still = 0, 0
        while still < 30 and sent < len(data):
            try:
                sent += s.send(data[sent:sent + (1 << 16)])
                still = 0
            except BlockingIOError:
                still += 1
                time.sleep(0.01)
        check(sent < len(data), "everything was taken for a peer that does not read")
        check(proxy.peak_kib() < 30 * 1024, "KiB of memory", proxy.peak_kib())
        go.set()
        s.setblocking(True)
        s.sendall(data[sent:])
        s.shutdown(socket.SHUT_WR)
        check(read_to_end(s) == b"", "an answer")
        proxy.wait_for("#1: closed: %d bytes up, 0 bytes down" % len(data))
        until(lambda: got, "nothing arrived")
        check(got == [data], "what arrived")
        proxy.end()


def garbage(program):
    """Bytes are bytes."""
    with Peer(echo) as peer, start(program, peer) as proxy:
        for seed in range(30):
            there_and_back(proxy, random_bytes(seed * 97))
        proxy.end()


def most(program):
    with Peer(echo) as peer, start(program, peer, "--most", "2") as proxy:
        first, second = proxy.connect(), proxy.connect()
        for s in (first, second):
            s.sendall(b"x")
            check(s.recv(1) == b"x", "echo")
        proxy.refuses()
        proxy.wait_for("#3: refused: 2 are open")
        first.close()
        proxy.wait_for("#1: closed")
        there_and_back(proxy, b"in its place")
        proxy.end()


def nobody_there(program):
    with Nobody() as nobody, start(program, nobody) as proxy:
        proxy.refuses()
        proxy.wait_for("#1: no connection to 127.0.0.1 port %d: connection refused" % nobody.port)
        proxy.end()


def ends_by_signal(program):
    with Peer(echo) as peer, start(program, peer) as proxy:
        crowd = [proxy.connect() for _ in range(50)]
        for s in crowd:
            s.sendall(b"x")
            check(s.recv(1) == b"x", "echo")
        said = proxy.end()
        check("ended by a signal, 50 are open" in said, "log", said)


def wrong_usage(program):
    for args, word in ((["0", "localhost"], b"usage:"), (["0", "a", "b", "c"], b"'c'"),
                       (["0", "a", "b", "--most", "0"], b"not a number that is allowed here: '0'"),
                       (["99999", "a", "b"], b"'99999'"), (["0", "a", "--x", "1"], b"'--x'")):
        _, err = run([program] + args, code=2)
        check(word in err, "the message", args, err)


main({f.__name__: f for f in (curl, both_ways, client_half_closes, server_half_closes,
                              client_resets, server_resets, idle, bytes_limit,
                              gigabyte_on_one_line, slow_peer, garbage, most, nobody_there,
                              ends_by_signal, wrong_usage)})
