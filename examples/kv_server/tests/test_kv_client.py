"""kv_client with servers that are real: kv_server, and sockets of Python."""
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from peers import Nobody, Peer, Serving, check, main, read_to_end, reset, run  # noqa: E402

ABSENT, USAGE, FAILED = 1, 2, 3


def serve(program, *options):
    return Serving([os.path.join(os.path.dirname(program), "kv_server"), "0", "--memory"] +
                   list(options))


def client(program, server, *words):
    return [program, str(server.port)] + list(words)


def ask(program, server, *words, code=0, **options):
    return run(client(program, server, *words), code, **options)


def commands(program):
    """One command as arguments: what it prints, and how it exits."""
    with serve(program) as server:
        for words, wanted in (
                (["put", "colour", "dark blue"], (b"", b"", 0)),
                (["get", "colour"], (b"dark blue\n", b"", 0)), (["count"], (b"1\n", b"", 0)),
                (["put", "empty", ""], (b"", b"", 0)), (["get", "empty"], (b"\n", b"", 0)),
                (["--", "put", "--x", "--y"], (b"", b"", 0)),
                (["--", "get", "--x"], (b"--y\n", b"", 0)),
                (["--host", "localhost", "get", "colour"], (b"dark blue\n", b"", 0)),
                (["delete", "colour"], (b"", b"", 0)),
                (["delete", "colour"], (b"", b"kv_client: no such key\n", ABSENT)),
                (["get", "colour"], (b"", b"kv_client: no such key\n", ABSENT))):
            got = ask(program, server, *words, code=wanted[2])
            check(got == wanted[:2], "what it said", words, got)
        server.end()


def lines(program):
    """Many, from a pipe and from a file; those that are wrong are told, with their line."""
    text, wanted = [], []
    for i in range(5000):
        text.append(b"put k%d value %d" % (i % 700, i))
        if i % 3 == 0:
            text.append(b"get k%d" % (i % 700))
            wanted.append(b"value %d\n" % i)
    text += [b"", b"fly", b"get nothing", b"put x", b"count"]
    wanted.append(b"700\n")
    last = len(text)
    with serve(program) as server:
        out, err = ask(program, server, code=USAGE, input=b"\n".join(text))
        check(out == b"".join(wanted), "values", len(out))
        right = b"no command: right is get KEY, put KEY VALUE, delete KEY or count\n"
        check(sorted(err.splitlines(True)) == sorted([
            b"kv_client: line %d: " % (last - 3) + right,
            b"kv_client: line %d: no such key\n" % (last - 2),
            b"kv_client: line %d: " % (last - 1) + right]), "told", err)
        with tempfile.TemporaryFile() as file:
            file.write(b"not for it\ncount\nget k1\n")
            file.flush()
            file.seek(len("not for it\n"))
            out, _ = ask(program, server, stdin=file)
            check(out == b"700\nvalue 4901\n", "from a file", out)
        out, _ = ask(program, server, stdin=subprocess.DEVNULL)
        check(out == b"", "from nothing", out)
        server.end()


def one_by_one(program):
    """Who asks by and by is answered at once."""
    with serve(program) as server:
        c = subprocess.Popen(client(program, server, "--timeout", "2000"), stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, bufsize=0)
        for i in range(20):
            c.stdin.write(b"put k %d\nget k\n" % i)
            got = c.stdout.readline()
            check(got == b"%d\n" % i, "an answer", got, i)
            if i == 3:
                time.sleep(4)  # a person thinks for longer than the time limit
        c.stdin.close()
        check(c.wait(60) == 0, "exit code", c.returncode)
        server.end()


def binary(program):
    """Any bytes, from standard input and back."""
    value = random.Random(1).randbytes(1 << 20) + b"\n"
    with serve(program, "--value", "2000000") as server:
        ask(program, server, "put", "k", "-", input=value)
        out, _ = ask(program, server, "get", "k")
        check(out == value + b"\n", "the value", len(out))
        _, err = ask(program, server, "put", "k", "-", input=value * 2, code=FAILED)
        check(err == b"kv_client: the server: too large: a value has at most 2000000 bytes\n",
              "told", err)
        _, err = ask(program, server, "put", "k", "-", input=value * 17, code=FAILED)
        check(err == b"kv_client: standard input: more than was allowed\n", "told", err)
        server.end()


def nobody_there(program):
    with Nobody() as nobody:
        _, err = ask(program, nobody, "count", code=FAILED)
        check(err == b"kv_client: 127.0.0.1: connection refused\n", "told", err)


def silence(program):
    """A server that does not answer, or stops in an answer, or does not read, is not waited for
    for ever."""
    def talk(s):
        said = s.recv(4096)
        if said == b"GET half\n":
            s.sendall(b"VALUE 10\nhalf")
        time.sleep(60)

    with Peer(talk) as peer:
        for words, options in ((["count"], {}), (["get", "half"], {}),
                               (["put", "k", "-"], {"input": b"v" * (16 << 20)})):
            began = time.monotonic()
            _, err = ask(program, peer, "--timeout", "400", *words, code=FAILED, **options)
            check(err == b"kv_client: 127.0.0.1: connection timed out\n", "told", err)
            check(0.3 < time.monotonic() - began < 50, "when", time.monotonic() - began)


def slow_server(program):
    """One that is slow is waited for, as long as something comes."""
    def talk(s):
        s.recv(4096)
        s.sendall(b"VALUE 60\n")
        for i in range(60):
            s.sendall(b"%d" % (i % 10))
            time.sleep(0.1)
        s.sendall(b"\n")

    with Peer(talk) as peer:
        out, _ = ask(program, peer, "--timeout", "4000", "get", "k")
        check(out == b"0123456789" * 6 + b"\n", "the value", out)


def cut(program):
    """An answer that does not come to its end is an error."""
    for said in (b"", b"VAL", b"VALUE 10\n", b"VALUE 10\n12345", b"VALUE 10\n1234567890"):
        def talk(s):
            s.recv(4096)
            s.sendall(said)

        with Peer(talk) as peer:
            _, err = ask(program, peer, "get", "k", code=FAILED)
            check(err == b"kv_client: 127.0.0.1: the connection ended before the answers did\n",
                  "told", said, err)


def resets(program):
    def talk(s):
        read_to_end(s)
        reset(s)

    with Peer(talk) as peer:
        _, err = ask(program, peer, "get", "k", code=FAILED)
        check(err == b"kv_client: 127.0.0.1: connection reset by peer\n", "told", err)


def garbage(program):
    """What is no answer to this request is told as that."""
    for said in (b"HTTP/1.1 400 Bad Request\r\n", b"\n", b"VALUE\n", b"VALUE x\n", b"OK\n",
                 b"COUNT 3\n", b"VALUE 3\nabcd\n", b"NOT_FOUND at all\n", b"\x00\xff\n",
                 b"VALUE 9999999999999999999999\n"):
        def talk(s):
            s.recv(4096)
            s.sendall(said)
            time.sleep(0.3)

        with Peer(talk) as peer:
            _, err = ask(program, peer, "get", "k", code=FAILED)
            check(err == b"kv_client: 127.0.0.1: an answer that is none of the protocol\n", "told",
                  said, err)


def gigabyte_on_one_line(program):
    """Is given up early."""
    sent = []

    def talk(s):
        s.recv(4096)
        try:
            for _ in range(1 << 10):
                s.sendall(b"x" * (1 << 20))
                sent.append(1)
        except OSError:
            pass

    with Peer(talk) as peer:
        _, err = ask(program, peer, "get", "k", code=FAILED)
        check(err == b"kv_client: 127.0.0.1: more than was allowed\n", "told", err)
        check(len(sent) < 100, "MiB were taken", len(sent))


def server_ends(program):
    """Its last words are passed on."""
    with serve(program, "--idle", "2000") as server:
        c = subprocess.Popen(client(program, server), stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        c.stdin.write(b"put k v\nget k\n")
        check(c.stdout.readline() == b"v\n", "the value")
        server.wait_for("ended: nothing moved")
        out, err = c.communicate(b"get k\n", timeout=60)
        check(c.returncode == FAILED and out == b"", "exit code", c.returncode, out)
        check(err == b"kv_client: line 3: the server: nothing moved for 2000 ms\n", "told", err)
        server.end()
    with serve(program, "--most", "1") as server:
        with server.connect() as s:
            s.sendall(b"COUNT\n")
            s.recv(100)
            _, err = ask(program, server, "count", code=FAILED)
            check(err == b"kv_client: the server: at most 1 connections at a time\n", "told", err)
        server.end()


def full_output(program):
    if not os.path.exists("/dev/full"):
        print("skipped: no /dev/full")
        sys.exit(77)
    with serve(program) as server, open("/dev/full", "wb") as full:
        ask(program, server, "put", "k", "v")
        done = subprocess.run(client(program, server, "get", "k"), stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
        check(done.returncode == FAILED, "exit code", done.returncode)
        check(done.stderr == b"kv_client: standard output: No space left on device\n", "told",
              done.stderr)
        server.end()


def wrong_usage(program):
    for args, word in ((["1", "--timeout", "x"], b"not a number that is allowed here: 'x'"),
                       (["1", "--timeout", "0"], b"not a number that is allowed here: '0'"),
                       (["1", "--siz", "3"], b"no such option: '--siz'"), ([], b"usage:"),
                       (["1", "put", "a", "b", "c"], b"one word too many: 'c'"),
                       (["1", "--host"], b"a value is missing")):
        _, err = run([program] + args, code=USAGE)
        check(word in err, "the message", args, err)
    with serve(program) as server:
        for words, right in ((["fly"], b"get KEY, put KEY VALUE, delete KEY or count"),
                             (["get"], b"get KEY, put KEY VALUE, delete KEY or count"),
                             (["put", "a"], b"get KEY, put KEY VALUE, delete KEY or count"),
                             (["count", "a"], b"get KEY, put KEY VALUE, delete KEY or count"),
                             (["get", "a b"], b"a key without spaces and control characters"),
                             (["get", "a\nb"], b"a key without spaces and control characters"),
                             (["get", ""], b"a key without spaces and control characters")):
            _, err = ask(program, server, *words, code=USAGE)
            check(err == b"kv_client: no command: right is " + right + b"\n", "told", words, err)
        server.end()


main({f.__name__: f for f in (commands, lines, one_by_one, binary, nobody_there, silence,
                              slow_server, cut, resets, garbage, gigabyte_on_one_line,
                              server_ends, full_output, wrong_usage)})
