"""http_get from servers that are real: Python's HTTP server, and sockets of Python that go wrong.
Each case runs twice: on types that are known, and through handles."""
import functools
import http.server
import os
import random
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from peers import Nobody, Peer, check, main, reset, run, skip, until_read  # noqa: E402


def random_bytes(size):
    return random.Random(size).randbytes(size)


def read_request(s):
    got = b""
    while b"\r\n\r\n" not in got:
        piece = s.recv(4096)
        if not piece:
            break
        got += piece
    return got


def get(program, port, path="/", options=(), code=0, **more):
    """The output by both ways, which must agree; and the messages."""
    command = [program, "http://127.0.0.1:%d%s" % (port, path)] + list(options)
    plain = run(command, code, **more)
    dyn = run(command + ["--dyn"], code, **more)
    undated = [[re.sub(rb"\nDate: .*", b"", said) for said in way] for way in (plain, dyn)]
    check(undated[0] == undated[1], "static and dyn differ", plain, dyn)
    return plain


def answers(program, answer, body, options=()):
    """A server that says this, and then ends."""
    def talk(s):
        read_request(s)
        s.sendall(answer)

    with Peer(talk) as peer:
        out, err = get(program, peer.port, options=options)
        check(out == body, "the body", out[:200])
        check(err == b"", "messages", err)


def fails(program, talk, message, options=()):
    with Peer(talk) as peer:
        began = time.monotonic()
        _, err = get(program, peer.port, options=options, code=1)
        check(message in err, "the message", err)
        return time.monotonic() - began


def says(answer):
    def talk(s):
        read_request(s)
        s.sendall(answer)
    return talk


def python_server(program):
    """A file, a folder's page, and what is not there; by address and by name."""
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
            out, _ = get(program, server.server_port, "/data")
            check(out == data, "another file", len(out))
            out, _ = get(program, server.server_port)
            check(b'<a href="data">' in out, "the page", out)
            out, _ = get(program, server.server_port, "/nothing", ["--head"])
            check(out.startswith(b"HTTP/1.0 404 File not found\n"), "the head", out[:100])
            out, _ = run([program, "http://localhost:%d/data" % server.server_port])
            check(out == data, "another file by name", len(out))
            server.shutdown()


def by_length(program):
    answers(program, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellobeyond", b"hello")
    answers(program, b"HTTP/1.1 204 No Content\r\n\r\n", b"")


def to_the_end(program):
    data = random_bytes(300000)
    answers(program, b"HTTP/1.0 200 OK\r\n\r\n" + data, data)


def in_chunks(program):
    answers(program, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
            b"\r\n\r\n5\r\nhello\r\n1;x=y\r\n,\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n",
            b"hello, world")


def byte_by_byte(program):
    """A slow peer."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"

    def talk(s):
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        read_request(s)
        for at in range(len(answer)):
            s.sendall(answer[at:at + 1])
            time.sleep(0.003)

    with Peer(talk) as peer:
        out, _ = get(program, peer.port, options=["--head"])
        check(out == b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nabc", "all of it", out)


def request(program):
    """What is sent."""
    seen = []

    def talk(s):
        seen.append(read_request(s))
        s.sendall(b"HTTP/1.1 204 -\r\n\r\n")

    with Peer(talk) as peer:
        get(program, peer.port, "/a?b=c")
        expected = ("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n"
                    "Accept: */*\r\n\r\n" % peer.port).encode()
        check(seen == [expected, expected], "the request", seen)


def half_close(program):
    """The server ends its side, and waits for the client to end."""
    ended = []

    def talk(s):
        read_request(s)
        s.sendall(b"HTTP/1.0 200 OK\r\n\r\nbody")
        s.shutdown(socket.SHUT_WR)
        ended.append(s.recv(1))

    with Peer(talk) as peer:
        out, _ = get(program, peer.port)
        check(out == b"body", "the body", out)


def cut(program):
    fails(program, says(b""), b"cut answer: line 1: the answer ends here")
    fails(program, says(b"HTTP/1.1 200 OK\r\nA: b\r\n"), b"cut answer: line 3: the answer ends")
    fails(program, says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour"),
          b"the answer ends within the body")


def resets(program):
    def talk(s):
        read_request(s)
        s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour")
        until_read(s)  # the reset is an event of its own
        reset(s)

    fails(program, talk, b"broken connection: line 4: connection reset by peer")


def garbage(program):
    def talk(s):
        read_request(s)
        s.sendall(random_bytes(100000).replace(b"\n", b"") + b"\n")

    fails(program, talk, b"line 1: the line is longer than 8192 bytes")
    fails(program, says(b"\0\1\2\3\n\4\5\6\n"), b"malformed answer: line 1: a zero byte")
    fails(program, says(b"SSH-2.0-OpenSSH_9.2\r\n"), b"line 1: no status line of HTTP/1")
    fails(program, says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
          b"line 4: no size of a chunk")


def too_much(program):
    fails(program, says(b"HTTP/1.0 200 OK\r\n\r\n0123456789x"), b"the body is longer than was",
          ["--most", "10"])
    fails(program, says(b"HTTP/1.0 200 OK\r\n" + b"A: %s\r\n" % (b"x" * 4000) * 20 + b"\r\n"),
          b"too many fields")


def gigabyte_on_one_line(program):
    """An error at once, and a bounded amount of memory."""
    def talk(s):
        read_request(s)
        s.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        piece = b"x" * (1 << 20)
        sent = 0
        while sent < 1 << 30:
            sent += s.send(piece)

    fails(program, talk, b"too large an answer: line 2: the line is longer than 8192 bytes")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check(peak < 30 * 1024, "KiB of memory", peak)


def silence(program):
    """A peer that says nothing, or stops within the answer, costs no more than the limit."""
    def stop(s):
        read_request(s)
        s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour")
        s.recv(1)

    for talk in (lambda s: s.recv(1 << 16) and s.recv(1), stop):
        took = fails(program, talk, b"timed out: the time limit is over", ["--limit", "300"])
        check(0.55 < took < 20, "seconds for both", took)


def nobody_there(program):
    with Nobody() as nobody:
        _, err = get(program, nobody.port, code=1)
    check(b"unreachable: connection refused: '127.0.0.1'" in err, "the message", err)


def full_output(program):
    """Output that cannot be written is an error."""
    if not os.path.exists("/dev/full"):
        skip("/dev/full is not there")
    with Peer(says(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 100000)) as peer:
        with open("/dev/full", "wb") as full:
            done = subprocess.run([program, "http://127.0.0.1:%d" % peer.port], stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        check(done.returncode == 1 and b"writing" in done.stderr, "it says", done)


def wrong_usage(program):
    for args, word in (([], b"usage:"), (["https://localhost/"], b"does not begin with http://"),
                       (["http://:80/"], b"no host"), (["http://h:99999/"], b"port"),
                       (["http://a", "http://b"], b"more than one URL: 'http://b'"),
                       (["http://a", "--x"], b"no such option: '--x'"),
                       (["http://a", "--limit"], b"a value is missing: '--limit'"),
                       (["http://a", "--most", "z"], b"no number, or too large a one: 'z'")):
        _, err = run([program] + args, code=2)
        check(word in err, "the message", args, err)


main({f.__name__: f for f in (python_server, by_length, to_the_end, in_chunks, byte_by_byte,
                              request, half_close, cut, resets, garbage, too_much,
                              gigabyte_on_one_line, silence, nobody_there, full_output,
                              wrong_usage)})
