#!/bin/sh
# mutate.sh [-n COUNT] [-s SEED] [NAME...]: does a test notice when a line of the output is missing?
#
# Takes what bidec writes for the corpus files NAME (default: all), removes one save, one restore or
# one cleanup at a time, rebuilds that file alone, and runs its corpus program, which must fail.
# COUNT mutants are drawn at random (default: all). Prints those that nobody noticed; exits 1 if
# there are any, but for lines that no test can reach (a trap there is not noticed, either): code
# behind a return, or a wait that has always ended before. From the environment: BIDEC, LIBS, INCLUDE, CC and DIR as for ../fuzz/run.sh.
set -u
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/../corpus
: "${BIDEC:?names the generator}" "${LIBS:?names the libraries to link}"
INCLUDE=${INCLUDE:-$here/../../../include}
CC=${CC:-cc}
count=0 draw=1
while getopts n:s: option; do
    case $option in
    n) count=$OPTARG ;;
    s) draw=$OPTARG ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- $(cd "$corpus" && ls *.async.c | sed 's/\.async\.c$//')
if [ -n "${DIR:-}" ]; then mkdir -p "$DIR"; else DIR=$(mktemp -d); trap 'rm -rf "$DIR"' EXIT; fi
flags="-w -O0 -D_POSIX_C_SOURCE=200809L -I$INCLUDE -I$corpus -I$DIR"
export CORPUS_INPUTS=${CORPUS_INPUTS:-4}

for file in run test_corpus books leaves_async; do
    $CC $flags -std=c11 -c "$corpus/$file.c" -o "$DIR/$file.o" || exit 2
done
$CC $flags -std=gnu11 -DBIDE_BLOCKING=1 -c "$corpus/leaves_blocking.c" -o "$DIR/blocking.o" || exit 2

start() {
    (ulimit -c 0; exec timeout 60 "$@") >"$DIR/log" 2>&1
}

# The program of $1 with the generated source $2, first the tests of function $3 alone, if it has
# one; the output goes to the log.
try() {
    $CC $flags -DBIDE_POISON_FRAMES=1 -std=c11 -c "$2" -o "$DIR/$1.g.o" >"$DIR/log" 2>&1 &&
        $CC "$DIR/$1".[geb].o "$DIR"/run.o "$DIR"/test_corpus.o "$DIR"/books.o \
            "$DIR"/leaves_async.o "$DIR"/blocking.o $LIBS -lcmocka -lpthread -o "$DIR/$1.run" \
            >"$DIR/log" 2>&1 || return 2
    ! grep -q "ROW($3," "$corpus/$1.entries.c" || start "$DIR/$1.run" "$3" || return 1
    start "$DIR/$1.run"
}

for name in "$@"; do
    "$BIDEC" --no-lines -o "$DIR" "$corpus/$name.async.c" -- -I"$INCLUDE" -I"$corpus" || exit 2
    $CC $flags -std=gnu11 -DBIDE_BLOCKING=1 -c "$corpus/$name.async.c" -o "$DIR/$name.b.o" || exit 2
    $CC $flags -std=c11 -c "$corpus/$name.entries.c" -o "$DIR/$name.e.o" || exit 2
    if ! try "$name" "$DIR/$name.gen.c" ""; then
        echo "$name fails as it is:" >&2
        grep -m5 rror "$DIR/log" >&2
        exit 2
    fi
    awk -v name="$name" -f "$here/find.awk" "$DIR/$name.gen.c"
done >"$DIR/found"

awk -v seed="$draw" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' "$DIR/found" | sort -n |
    cut -f2- | if [ "$count" -gt 0 ]; then head -n "$count"; else cat; fi >"$DIR/drawn"

# A line of the list: name, line, first column, length, kind, function, text.
tab=$(printf '\t')
tried=0 missed=0 refused=0 unreached=0

# mutant STATEMENT: in the place of the one that was drawn.
mutant() {
    awk -v l="$line" -v c="$column" -v n="$length" -v new="$1" \
        'NR == l { $0 = substr($0, 1, c - 1) new substr($0, c + n) } { print }' \
        "$DIR/$name.gen.c" >"$DIR/$name.mutant.c"
}

while IFS="$tab" read -r name line column length kind within text; do
    mutant ";"
    tried=$((tried + 1))
    try "$name" "$DIR/$name.mutant.c" "$within"
    case $? in
    0)
        mutant "__builtin_trap();"
        if try "$name" "$DIR/$name.mutant.c" "$within"; then
            unreached=$((unreached + 1))
            [ -z "${VERBOSE:-}" ] || echo "nobody comes here: $name.gen.c:$line: $kind: $text"
        else
            missed=$((missed + 1))
            echo "nobody noticed: $name.gen.c:$line: $kind: $text"
        fi
        ;;
    2) refused=$((refused + 1)) ;;
    esac
done <"$DIR/drawn"
echo "$tried of $(wc -l <"$DIR/found") mutants: $missed not noticed, $refused did not compile," \
    "$unreached where nobody comes"
[ "$tried" -gt 0 ] && [ "$missed" -eq 0 ]
