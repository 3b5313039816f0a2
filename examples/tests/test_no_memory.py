"""Each example with each of its requests for memory failing in turn: it ends by itself, with a word
about memory and its exit code, or goes on as if nothing had been; and gives everything back.

    FAILING_MALLOC=libfailing_malloc.so test_no_memory.py PROGRAM CASE
"""
import os
import signal
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from peers import Nobody, Peer, SECONDS, check, main, read_to_end  # noqa: E402

FIGURES = b"allocations of"  # what the calculator counts, behind its results
EXAMPLES = os.path.join(HERE, "..")


class Run:
    """A process whose nth request fails (0: none)."""

    def __init__(self, command, nth, folder, stdin=subprocess.DEVNULL):
        self.nth = nth
        self.report = os.path.join(folder, "report")
        if os.path.exists(self.report):
            os.unlink(self.report)
        env = dict(os.environ, LD_PRELOAD=os.environ["FAILING_MALLOC"], FAILING_NTH=str(nth),
                   FAILING_REPORT=self.report)
        self.process = subprocess.Popen(command, env=env, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def end(self, *codes):
        """Waits for its end with one of these codes."""
        try:
            self.out, self.err = self.process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError("it does not end: request %d" % self.nth)
        self.code = self.process.returncode
        said = self.out + self.err
        check(self.code in codes, "exit code", self.code, "request", self.nth, said[-500:])
        check(os.path.exists(self.report), "no report: request", self.nth)
        with open(self.report) as report:
            self.requests, self.failures, self.left = map(int, report.read().split())
        if self.failures and self.code != 0:
            check(b"memory" in said, "it does not say why: request", self.nth, said[-500:])


def each_failure(once, leaves=False):
    """once(nth, folder) -> Run. `leaves`: the end of the process is what gives back on failure."""
    with tempfile.TemporaryDirectory() as folder:
        whole = once(0, folder)
        check(whole.code == 0, "it does not even work with memory", whole.out, whole.err)
        nth = told = 0
        while True:
            nth += 1
            ended = once(nth, folder)
            if not ended.failures:
                break
            told += ended.code != 0
            check(ended.left <= whole.left or leaves and ended.code != 0,
                  "blocks left: request", nth, ended.left, whole.left, ended.err)
            check(nth < 5000, "there is no end to it")
    check(nth > 1, "it asks for no memory")
    print("%d requests failed, %d times the program ended by that; %d blocks stay in any case" %
          (nth - 1, told, whole.left))


def program(command, *codes, stdin=None, leaves=False, prepare=None, afterwards=None):
    """It says the same as with memory, or ends with one of the codes."""
    said = []

    def once(nth, folder):
        if prepare:
            prepare(folder)
        words = [word.replace("FOLDER", folder) for word in command]
        source = open(stdin, "rb") if stdin else subprocess.DEVNULL
        with Run(words, nth, folder, source) as run:
            run.end(0, *codes)
            if nth == 0:
                said.append(run.out)
            check(run.code != 0 or run.out.split(FIGURES)[0] == said[0].split(FIGURES)[0],
                  "another output: request", nth, run.out, run.err)
        if stdin:
            source.close()
        if afterwards:
            afterwards(folder, run)
        return run

    each_failure(once, leaves)


def first(path):
    program([path], 1)


def tee(path):
    program([path], 1)


def callback(path):
    program([path], 1, leaves=True)


def calculator(path):
    sums = os.path.join(EXAMPLES, "calculator", "sums.txt")
    for impl in ("slow", "shared"):
        program([path, "--impl", impl, sums], 1)


def http(path):
    recorded = os.path.join(EXAMPLES, "http", "tests", "recorded", "chunked.txt")
    program([path, "GET", "http://example.org:8080?all=1", "--recorded", recorded], 1)


def glib_clock(path):
    program([path, "2", "1"], 1)


def kv(path):
    """And nothing that was there before is lost."""
    def put(folder):
        db = os.path.join(folder, "db")
        if os.path.exists(db):
            os.unlink(db)
        subprocess.run([path, "put", "before", "1", "--db", db], check=True)
        with open(os.path.join(folder, "text"), "w") as text:
            text.write("one two three, two three, three\n" * 10)

    def look(folder, run):
        def get(key):
            return subprocess.run([path, "get", key, "--db", os.path.join(folder, "db")],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

        check(get("before").stdout == b"1\n", "what was there is lost: request", run.nth)
        if run.code == 0 and b"put" in run.process.args[1].encode():
            check(get("key").stdout == b"value\n", "what was put is not there: request", run.nth)

    program([path, "put", "key", "value", "--db", "FOLDER/db"], 3, prepare=put, afterwards=look)
    program([path, "get", "before", "--db", "FOLDER/db"], 3, prepare=put, afterwards=look)
    program([path, "load", "FOLDER/text", "--db", "FOLDER/db"], 3, prepare=put, afterwards=look)
    program([path, "load", "FOLDER/text", "--memory"], 3, prepare=put)


def http_get(path):
    def talk(s):
        while b"\r\n\r\n" not in s.recv(4096):
            pass
        s.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")

    with Peer(talk) as peer:
        for options in ([], ["--dyn"]):
            program([path, "http://127.0.0.1:%d/" % peer.port] + options, 1)
    with Nobody() as nobody:
        url = "http://127.0.0.1:%d/" % nobody.port

        def refused(nth, folder):
            with Run([path, url], nth, folder) as run:
                run.end(1)
                check(b"memory" in run.err or b"refused" in run.err, "it says", run.err)
            run.code = 0 if nth == 0 else 1
            return run

        each_failure(refused)


def echo(s):
    while True:
        piece = s.recv(1 << 16)
        if not piece:
            break
        s.sendall(piece)


def tcp_echo_client(path):
    with Peer(echo) as peer:
        program([path, "--client", str(peer.port), "--connections", "3", "--messages", "2",
                 "--seconds", "30"], 1)


def server(command, talk):
    """One that goes on when a connection had to do without; talk(port) is False if it was that."""
    def is_served(port):
        try:
            return talk(port)
        except OSError:
            return False

    def once(nth, folder):
        line = [word.replace("FRESH", os.path.join(folder, "db%d" % nth)) for word in command]
        with Run(line, nth, folder) as run:
            words = run.process.stdout.readline().split(b"port ")
            if len(words) > 1 and any(is_served(int(words[1].split()[0])) for _ in range(3)):
                run.process.send_signal(signal.SIGTERM)
            run.end(0, 1)  # by itself, if nobody is served
        return run

    each_failure(once)


def ask(port, question, answer):
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as s:
        s.sendall(question)
        s.shutdown(socket.SHUT_WR)
        return read_to_end(s) == answer


def tcp_echo(path):
    data = bytes(range(256)) * 400
    server([path, "0"], lambda port: ask(port, data, data))


def chat(path):
    answer = b"* your name?\n* welcome, ann; here: nobody else; /quit ends\n* goodbye\n"
    server([path, "0"], lambda port: ask(port, b"ann\nhello\n/quit\n", answer))


def kv_server(path):
    question = b"PUT key 5\nvalue\nGET key\nCOUNT\n"

    def talk(port):
        return ask(port, question, b"OK\nVALUE 5\nvalue\nCOUNT 1\n")

    server([path, "0", "--memory"], talk)
    server([path, "0", "--db", "FRESH"], talk)


def proxy(path):
    def talk(s):
        s.sendall(b"answer to " + read_to_end(s))

    with Peer(talk) as peer:
        server([path, "0", "127.0.0.1", str(peer.port)],
               lambda port: ask(port, b"question", b"answer to question"))


main({f.__name__: f for f in (first, tee, callback, calculator, http, glib_clock, kv, http_get,
                              tcp_echo_client, tcp_echo, chat, kv_server, proxy)})
