#!/bin/sh
# The command line of bidec: what it accepts, says, writes, leaves alone, and its exit codes.
# Usage: cli.sh <bidec> [C compiler]
set -eu
bidec=$1
cc=${2:-cc}
. "$(dirname "$0")/lib.sh"
include=$root/include
cd "$scratch"

# ---- questions -------------------------------------------------------------------------------

run 0 "$bidec" --help
for option in --output-dir --depfile --no-lines --line-root --check --layout --graph --probe \
    --version --budget --compile-commands --args-file --libclang --resource-dir 'Exit codes'; do
    says "$option"
done
ok "help names every option and the exit codes"

run 0 "$bidec" --version
says "bidec $(sed -n 's/^#define BIDE_VERSION_STRING "\(.*\)"/\1/p' "$include/bide/config.h")"
run 0 "$bidec" --probe
says "clang version"
ok "versions"

run 3 "$bidec" --probe --libclang "$scratch/nowhere.so"
says "libclang"
run 3 env BIDEC_LIBCLANG="$scratch/nowhere.so" "$bidec" --probe
sample a one
run 3 env BIDEC_LIBCLANG="$scratch/nowhere.so" "$bidec" -I"$include" a/one.async.c
says "install"
[ ! -e a/one.gen.c ] && [ ! -e a/one.gen.h ] || fail "files without libclang"
run 0 env BIDEC_LIBCLANG="$scratch/nowhere.so" "$bidec" --version
ok "no libclang: 3, and what to install"

# ---- wrong calls -----------------------------------------------------------------------------

wrong() { # <what it says> <argument...>
    text=$1
    shift
    run 2 "$bidec" "$@"
    says "$text"
}
wrong "no input"
wrong "not named like" a/one.h
wrong "not named like" .async.c
wrong "is no option" --nonsense a/one.async.c
wrong "needs an argument" a/one.async.c -o
wrong "needs an argument" a/one.async.c -I
wrong "number of bytes" --budget x a/one.async.c
wrong "number of bytes" --budget 0 a/one.async.c
wrong "takes no argument" --check=1 a/one.async.c
wrong "only one of" --check --layout a/one.async.c
wrong "--depfile" --depfile d --graph a/one.async.c
run 3 "$bidec" a/missing.async.c
says "missing.async.c: cannot be read"
ok "wrong calls"

# ---- writing ---------------------------------------------------------------------------------

run 0 "$bidec" -I"$include" a/one.async.c
[ -s a/one.gen.c ] && [ -s a/one.gen.h ] || fail "no output"
"$cc" -std=c11 -I"$include" -c a/one.gen.c -o one.o || fail "the output does not compile"
touch -t 200001010000 a/one.gen.c a/one.gen.h
run 0 "$bidec" -I"$include" a/one.async.c
[ -z "$(find a -name 'one.gen.*' -newermt 2001-01-01)" ] || fail "same text, new time"
ok "output beside the input; left alone when it is the same"

mkdir out
run 0 "$bidec" -I "$include" -o out a/one.async.c
grep -q '"a/one.async.c"' out/one.gen.c || fail "#line does not name the source from here"
run 0 "$bidec" -I "$include" --output-dir=out --line-root a "$scratch/a/one.async.c"
grep -q '"one.async.c"' out/one.gen.c || fail "--line-root"
grep -qF "$scratch" out/one.gen.c out/one.gen.h && fail "a path of this machine in the output"
(cd a && "$bidec" -I "$include" --check -o ../out one.async.c) || fail "depends on where it runs"
run 0 "$bidec" -I "$include" -o out --no-lines a/one.async.c
grep -q '^#line' out/one.gen.c && fail "--no-lines"
ok "#line"

sample "with space" "a b"
mkdir "out dir"
run 0 "$bidec" -I"$include" -o "out dir" --depfile "out dir/d" "with space/a b.async.c"
[ -s "out dir/a b.gen.h" ] || fail "names with spaces"
grep -qF 'out\ dir/a\ b.gen.c out\ dir/a\ b.gen.h:' "out dir/d" || fail "spaces in the depfile"
grep -qF 'with\ space/a\ b.h' "out dir/d" || fail "the header is not in the depfile"
for word in class new namespace int; do
    sample words $word
    run 0 "$bidec" -I"$include" words/$word.async.c
    "$cc" -std=c11 -I"$include" -c words/$word.gen.c -o word.o || fail "file named $word"
done
ok "names with spaces, and words of C and C++"

sample several x
sample several y
run 0 "$bidec" -I"$include" --depfile several/d several/x.async.c several/y.async.c
for file in x.gen.c x.gen.h y.gen.c y.gen.h; do
    [ -s several/$file ] || fail "several inputs: $file"
    grep -qF "several/$file" several/d || fail "several inputs: $file is not in the depfile"
done
sample other x
wrong "another input" -I"$include" -o out several/x.async.c other/x.async.c
ok "several inputs"

# ---- errors leave nothing --------------------------------------------------------------------

sample bad good
sample bad wrong 'int broken = ;'
run 1 "$bidec" -I"$include" --depfile bad/d bad/good.async.c bad/wrong.async.c
says "wrong.async.c:3:"
[ "$(ls bad | wc -l)" -eq 4 ] || fail "something was written: $(ls -A bad)"
sample bad wrong
run 0 "$bidec" -I"$include" bad/wrong.async.c
cp bad/wrong.gen.c before.c
sample bad wrong 'int broken = ;'
run 1 "$bidec" -I"$include" bad/wrong.async.c
cmp -s before.c bad/wrong.gen.c || fail "old output was touched"
ok "errors: nothing is written, old output stays"

sample place p
mkdir place/p.gen.c
run 3 "$bidec" -I"$include" place/p.async.c
says "p.gen.c: cannot be read: Is a directory"
[ ! -e place/p.gen.h ] || fail "one file of two was written"
run 3 "$bidec" -I"$include" -o nowhere several/x.async.c
says "cannot be"
run 3 "$bidec" -I"$include" -o a/one.h several/x.async.c
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked
    chmod 555 locked
    run 3 "$bidec" -I"$include" -o locked several/x.async.c
    [ -z "$(ls -A locked)" ] || fail "something is in a locked directory"
fi
# A disk that is full in the middle of a file.
sample full x
code=$( (
    trap "" XFSZ
    ulimit -f 0
    "$bidec" -I"$include" full/x.async.c 2>&1 || echo "code $?"
) | cat)
case $code in *"cannot be written"*"code 3") ;; *) fail "a full disk: $code" ;; esac
[ "$(ls -A full | wc -l)" -eq 2 ] || fail "a part was left: $(ls -A full)"
if [ -e /dev/full ]; then
    code=0
    "$bidec" --help > /dev/full 2> said || code=$?
    [ "$code" -eq 3 ] || fail "a full standard output is no success: $code"
fi
[ -z "$(find . -name '.*.tmp')" ] || fail "temporary files are left"
ok "what cannot be written: 3, all or nothing"

mkdir real linked
run 0 "$bidec" -I"$include" -o real several/x.async.c
echo stale > real/x.gen.c
chmod 640 real/x.gen.c
ln -s ../real/x.gen.c linked/x.gen.c
run 0 "$bidec" -I"$include" -o linked several/x.async.c
[ -L linked/x.gen.c ] || fail "a link was replaced by a file"
grep -q stale real/x.gen.c && fail "the file behind the link is old"
[ "$(ls -l real/x.gen.c | cut -c1-10)" = -rw-r----- ] || fail "the mode changed"
ok "links and modes stay"

# ---- --check ---------------------------------------------------------------------------------

run 0 "$bidec" -I"$include" --check several/x.async.c several/y.async.c
rm several/y.gen.h
run 1 "$bidec" -I"$include" --check several/x.async.c several/y.async.c
says "several/y.gen.h: missing"
[ ! -e several/y.gen.h ] || fail "--check wrote a file"
echo "/* by hand */" >> several/x.gen.c
run 1 "$bidec" -I"$include" --check several/x.async.c
says "several/x.gen.c:$(wc -l < several/x.gen.c): out of date"
grep -q "by hand" several/x.gen.c || fail "--check wrote a file"
mv several/x.gen.c several/kept
mkdir several/x.gen.c
run 3 "$bidec" -I"$include" --check several/x.async.c
rmdir several/x.gen.c
mv several/kept several/x.gen.c
ok "--check"

# ---- options of the compiler -----------------------------------------------------------------

sample flags needs '#ifndef NEEDED
#error not defined
#endif
#include "extra dir.h"'
mkdir "flags/inc dir"
echo 'extern int extra;' > "flags/inc dir/extra dir.h"
run 1 "$bidec" -I"$include" flags/needs.async.c
says "not defined"
run 0 "$bidec" -I"$include" -DNEEDED -I "flags/inc dir" flags/needs.async.c
run 0 "$bidec" flags/needs.async.c -- -I"$include" -DNEEDED=1 "-Iflags/inc dir"
printf '%s\n' "-Wnonsense" "-fno-such-option" "-DNEEDED" "SHELL:-I '$scratch/flags/inc dir'" \
    "-I$include" > args
run 0 "$bidec" --args-file args flags/needs.async.c
run 3 "$bidec" --args-file nowhere flags/needs.async.c
says "nowhere: cannot be read"
ok "options in the call, behind --, in a file"

# database <entries>: the entries of a compile_commands.json
database() {
    printf '%s' "$1" > compile_commands.json
}
opts="\"-I$include\", \"-DNEEDED\", \"-Iinc dir\", \"-fconserve-stack\", \"-c\", \"-o\", \"x.o\""
database "[{\"directory\": \"$scratch/flags\", \"file\": \"needs.async.c\", \"output\": \"x.o\",
  \"arguments\": [\"cc\", $opts, \"needs.async.c\"]}]"
run 0 "$bidec" -p . flags/needs.async.c
database "[{\"file\": \"/else/where.c\", \"directory\": \"/\", \"command\": \"cc where.c\"},
 {\"directory\": \"$scratch/flags\", \"file\": \"/b/needs.gen.c\",
  \"command\": \"cc -I$include -DNEEDED=\\\\\\\"x\\\\\\\" -I'inc dir' -O2 -MF d -c needs.gen.c\"}]"
run 0 "$bidec" --compile-commands . flags/needs.async.c
database "[{\"directory\": \"$scratch/flags\", \"file\": \"ne\\u0069ghbour.c\", \"x\": [1.5e3, null],
  \"arguments\": [\"cc\", $opts]}]"
run 0 "$bidec" -p . flags/needs.async.c
database "[{\"directory\": \"/\", \"file\": \"/else/where.c\", \"command\": \"cc\"}]"
wrong "no command for it" -p . flags/needs.async.c
ok "compile_commands.json: the file, what is generated from it, a neighbour"

refused() {
    database "$1"
    run 3 "$bidec" -p . flags/needs.async.c
    says "compile_commands.json:$2: not a compilation database"
}
refused '' 1
refused '{}' 1
refused '[{"directory": "/", "file": "x.c"}]' 1
refused '[] []' 1
refused '[
{"directory": "/", "file": "x' 2
refused '[{"directory": "/", "file": "\q", "command": "cc"}]' 1
refused '[{"directory": "/", "file": "\ud800", "command": "cc"}]' 1
refused '[{"a": 01, "directory": "/", "file": "x", "command": "cc"}]' 1
refused '[{"a": tru}]' 1
refused "$(awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }')" 1
refused "[{\"a\": $(awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }')" 1
run 3 "$bidec" -p nowhere flags/needs.async.c
ok "compile_commands.json: what is wrong in it is refused"

# ---- reports ---------------------------------------------------------------------------------

rm -f a/*.gen.*
run 0 "$bidec" -I"$include" --layout a/one.async.c
for text in 'struct f_one {' 'char big[200]' 'line 7: await bide_sleep' 'line 9: await bide_sleep' \
    'frames 1, bytes'; do
    says "$text"
done
size=$(sed -n 's/.*: size \([0-9]*\),.*/\1/p' said)
cat > size.c <<END
#include "one.gen.h"
#include "a/one.h"
_Static_assert(sizeof(struct f_one) == $size, "--layout says the size");
END
sed -i 1d size.c
[ -z "$(find a -name '*.gen.*')" ] || fail "--layout wrote a file"
run 0 "$bidec" -I"$include" a/one.async.c
"$cc" -std=c11 -I"$include" -I. -c size.c -o size.o || fail "--layout tells another size: $size"
ok "--layout: the compiler's numbers"

run 0 "$bidec" -I"$include" --budget "$size" a/one.async.c
rm a/*.gen.*
run 1 "$bidec" -I"$include" --budget $((size - 1)) a/one.async.c
says "one.async.c:4:"
says "the frame of 'f_one' has $size bytes, and the budget is $((size - 1))"
says "char big[200] has 200 bytes"
[ ! -e a/one.gen.c ] || fail "over the budget, and written"
ok "--budget names the culprit"

run 0 "$bidec" -I"$include" --graph a/one.async.c
for text in 'digraph "f_one"' 's1 [label = "1: line 7' 'start -> s1' 's1 -> s2' 's2 -> end'; do
    says "$text"
done
grep -q 's1 -> end' said && fail "an edge that is not there"
if command -v dot > /dev/null; then
    dot -Tsvg said > graph.svg || fail "Graphviz refuses the graph"
fi
ok "--graph"

# ---- editors ---------------------------------------------------------------------------------

if command -v clangd > /dev/null; then
    mkdir editor
    sample editor one
    printf '%s\n' "-I$include" -DBIDE_VIEW=1 > editor/compile_flags.txt
    run 0 clangd --check=editor/one.async.c
    says "All checks completed, 0 errors"
    # Behind a build, without BIDE_VIEW.
    echo "-I$include" > editor/compile_flags.txt
    run 0 "$bidec" -I"$include" editor/one.async.c
    run 0 clangd --check=editor/one.async.c
    says "All checks completed, 0 errors"
    ok "clangd has nothing against a source"
else
    echo "not checked: clangd is not installed"
fi

echo "command line: $cases groups passed"
