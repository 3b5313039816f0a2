"""The benchmark programs: built, named, and asked what they can do."""
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# What a program's figures are filed under, and its name for readers.
KINDS = {
    "bide": "bide, macros",
    "generated": "bide, async C",
    "hand": "C by hand",
    "rust": "Rust, async_trait",
    "boxed": "Rust, boxed by hand",
    "futures": "Rust, futures",
    "tokio": "Rust, tokio",
    "g++": "C++20, g++",
    "clang++": "C++20, clang++",
    "vala": "Vala",
}

STARTED = time.monotonic()


def say(text):
    """Progress: on standard error, with the seconds that have passed."""
    print(f"[{time.monotonic() - STARTED:4.0f} s] {text}", file=sys.stderr, flush=True)


def output(command, **kw):
    """Standard output and error of a command; the end, with its last words, if it fails."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=900, check=False, **kw)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                 f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout, done.stderr


def works(command, **kw):
    """Whether a command ends well; what it said goes with the answer."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=900, check=False, **kw)
    return done.returncode == 0, done.stdout


class Program:
    """An executable, its kind, and the library to preload that counts its allocations."""

    def __init__(self, kind, path):
        self.kind, self.path = kind, pathlib.Path(path)

    def rows(self):
        """(workload, placement), each that the program has."""
        return [tuple(line.split()) for line in output([self.path, "list"])[0].splitlines()]


def configure(root, build):
    """A tree's build folder, for releases; the list of its targets."""
    output(["cmake", "-S", root, "-B", build, "-G", "Ninja", "-DCMAKE_C_COMPILER=gcc",
            "-DCMAKE_BUILD_TYPE=Release", "-DBIDE_TESTS=OFF", "-DBIDE_EXAMPLES=ON",
            "-DBIDE_BENCH=ON"])
    return output(["cmake", "--build", build, "--target", "help"])[0]


def c_programs(root, build):
    """The C programs of a tree, built into a folder: (programs, where the helpers are)."""
    listed = configure(root, build)
    names = ["bench_hand", "bench_hand_mimalloc", "bench_bide", "bench_bide_mimalloc",
             "bench_generated", "bench_generated_mimalloc", "bench_bide_flow",
             "bench_generated_flow", "bench_bide_around"]
    there = [n for n in names if f"{n}:" in listed]
    if "bench_bide_mimalloc" not in there:
        say("mimalloc: skipped (missing)")
    if "bench_generated" not in there:
        say("async C: skipped (bidec does not run here)")
    helpers = [n for n in ("bench_count", "bench_frames") if f"{n}:" in listed]
    output(["cmake", "--build", build, "--target", *there, *helpers])
    where = pathlib.Path(build) / "tests" / "bench"
    return [Program(n.split("_")[1], where / n) for n in there], where


def rust_programs(build):
    """The Rust programs, from a copy, so that cargo writes nothing into the source tree."""
    if not shutil.which("cargo"):
        say("Rust: skipped (cargo is missing)")
        return []
    shutil.rmtree(build / "source", ignore_errors=True)
    shutil.copytree(HERE / "rust", build / "source")
    names = {"async_trait": "rust", "boxed": "boxed", "many_futures": "futures",
             "many_tokio": "tokio", "around_futures": "futures", "around_tokio": "tokio"}
    programs = []
    for place, extra in (("heap", []), ("mimalloc", ["--features", "mimalloc"])):
        done, said = works(["cargo", "build", "--release", "--offline", "--quiet", "--target-dir",
                            build / place, *extra], cwd=build / "source")
        if done:
            programs += [Program(kind, build / place / "release" / name)
                         for name, kind in names.items()]
        else:
            say(f"Rust with {place}: skipped (does not build; sh .ci/setup bench)\n{said[-600:]}")
    return programs


def cpp_programs(build):
    """The coroutines. clang older than 15 has them without saying so to the library."""
    programs = []
    build.mkdir(parents=True, exist_ok=True)
    for compiler in ("g++", "clang++"):
        if not shutil.which(compiler):
            say(f"C++20 by {compiler}: skipped (missing)")
            continue
        path = build / f"bench-{compiler}"
        command = [compiler, "-std=c++20", "-O3", "-DNDEBUG", "-o", path, HERE / "cpp/bench.cpp"]
        if works(command)[0] or works([*command, "-D__cpp_impl_coroutine=201902L"])[0]:
            programs.append(Program(compiler, path))
        else:
            say(f"C++20 by {compiler}: skipped (does not build)")
    return programs


def vala_programs(build):
    if not shutil.which("valac"):
        say("Vala: skipped (valac is missing)")
        return []
    build.mkdir(parents=True, exist_ok=True)
    sources = [HERE / "vala" / name for name in ("bench.vala", "opaque.c")]
    done, said = works(["valac", "--pkg", "gio-2.0", "--cc=gcc", "-X", "-O3", "-X", "-w", "-d",
                        build, "-o", "bench-vala", *sources])
    if not done:
        say(f"Vala: skipped (does not build)\n{said[-600:]}")
        return []
    return [Program("vala", build / "bench-vala")]


def peers(build):
    """What bide is measured beside, as far as the toolchains are here."""
    say("building the peers: Rust")
    programs = rust_programs(build / "rust")
    say("building the peers: C++20, Vala")
    return programs + cpp_programs(build / "cpp") + vala_programs(build / "vala")
