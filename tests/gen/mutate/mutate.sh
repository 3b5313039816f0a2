#!/bin/sh
# mutate.sh [-n COUNT] [-s SEED] [NAME...]: does a test notice when a line of the output is missing?
#
# Takes what bidec writes for the corpus files NAME (default: all), and leaves out one save, one
# restore or one cleanup at a time; then the corpus program must fail. Each file is compiled once,
# with all of its mutants (mutants.h), and mutants.c runs it once for each. COUNT mutants are drawn
# at random with SEED (default: all; about a minute of one core). Prints those that nobody noticed.
# Exits 1 if exempt.txt does not explain one of them, or explains one that was noticed, or if none
# was noticed at all. Statements that no run reaches (behind a return, or a wait that has always
# ended before) are counted; VERBOSE=1 lists them.
#
# From the environment: BIDEC, LIBS, INCLUDE, CC and DIR as for ../fuzz/run.sh; CORPUS_INPUTS as for
# ../corpus/test_corpus.c; EXEMPT, another list.
set -u
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/../corpus
: "${BIDEC:?names the generator}" "${LIBS:?names the libraries to link}"
INCLUDE=${INCLUDE:-$here/../../../include}
EXEMPT=${EXEMPT:-$here/exempt.txt}
CC=${CC:-cc}
count=0 draw=1
while getopts n:s: option; do
    case $option in
    n) count=$OPTARG ;;
    s) draw=$OPTARG ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- $(cd "$corpus" && ls *.async.c | sed 's/\.async\.c$//')
if [ -n "${DIR:-}" ]; then mkdir -p "$DIR"; else DIR=$(mktemp -d); trap 'rm -rf "$DIR"' EXIT; fi
flags="-w -O1 -D_POSIX_C_SOURCE=200809L -I$INCLUDE -I$corpus -I$DIR"

compile() {
    $CC $flags "$@" || exit 2
}
for file in run books leaves_async; do
    compile -std=c11 -c "$corpus/$file.c" -o "$DIR/$file.o"
done
compile -std=c11 -Dmain=corpus_main -c "$corpus/test_corpus.c" -o "$DIR/test_corpus.o"
compile -std=c11 -c "$here/mutants.c" -o "$DIR/mutants.o"
compile -std=gnu11 -DBIDE_BLOCKING=1 -c "$corpus/leaves_blocking.c" -o "$DIR/blocking.o"

for name in "$@"; do
    "$BIDEC" --no-lines -o "$DIR" "$corpus/$name.async.c" -- -I"$INCLUDE" -I"$corpus" || exit 2
    awk -v name="$name" -v list=1 -f "$here/find.awk" "$DIR/$name.gen.c"
done >"$DIR/found"
awk -v seed="$draw" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' "$DIR/found" | sort -n |
    cut -f2- | if [ "$count" -gt 0 ]; then head -n "$count"; else cat; fi >"$DIR/drawn"

# The verdicts on the mutants of one file: its name, their numbers, and the word.
verdicts() {
    awk -F'\t' -v name="$1" '$2 == name { print $1, $5 }' "$DIR/drawn" >"$DIR/$1.drawn"
    [ -s "$DIR/$1.drawn" ] || return 0
    awk -f "$here/find.awk" "$DIR/$1.gen.c" >"$DIR/$1.mutants.c"
    compile -O0 -std=c11 -DBIDE_POISON_FRAMES=1 -Dregister= -include "$here/mutants.h" \
        -c "$DIR/$1.mutants.c" -o "$DIR/$1.g.o"
    compile -O0 -std=gnu11 -DBIDE_BLOCKING=1 -c "$corpus/$1.async.c" -o "$DIR/$1.b.o"
    compile -O0 -std=c11 -c "$corpus/$1.entries.c" -o "$DIR/$1.e.o"
    compile "$DIR/$1".[geb].o "$DIR"/run.o "$DIR"/test_corpus.o "$DIR"/mutants.o "$DIR"/books.o \
        "$DIR"/leaves_async.o "$DIR"/blocking.o $LIBS -lcmocka -lpthread -o "$DIR/$1.run"
    count_all=$(awk -F'\t' -v name="$1" '$2 == name' "$DIR/found" | wc -l)
    if ! xargs "$DIR/$1.run" "$DIR/$1.log" "$count_all" <"$DIR/$1.drawn" >"$DIR/$1.verdicts"; then
        echo "$1 fails as it is:" >&2
        cat "$DIR/$1.log" >&2
        exit 2
    fi
    sed "s/^/$1 /" "$DIR/$1.verdicts"
}
for name in "$@"; do
    verdicts "$name" || exit 2
done >"$DIR/verdicts" || exit 2

cp "$EXEMPT" "$DIR/exempt" || exit 2

# The list of mutants with their verdicts, against those that exempt.txt explains.
awk -F'\t' -v names=" $* " -v all=$((count == 0)) -v verbose="${VERBOSE:-}" '
    FILENAME ~ /verdicts$/ { split($0, w, " "); verdict[w[1], w[2]] = w[3]; next }
    FILENAME ~ /exempt$/ {
        split($0, w, " ")
        if ($0 ~ /^[^#]/ && index(names, " " w[1] " ")) {
            sub(/^[^ ]+ [^ ]+ [^ ]+ /, "")
            expected[w[1] " " w[2] " " $0] += w[3]
        }
        next
    }
    {
        v = verdict[$2, $1]
        count[v]++
        site = $2 " " $5 " " $6
        where = $2 ".gen.c:" $3 ": " $5 ": " $4 ": " $6
        if (v == "unnoticed" && ++unnoticed[site] > expected[site]) {
            print "nobody noticed: " where
            bad++
        }
        if (v == "unreached" && verbose)
            print "nobody comes here: " where
    }
    END {
        for (site in expected)
            if (all && unnoticed[site] + 0 < expected[site]) {
                print "exempt.txt explains " expected[site] ", but of these are unnoticed " \
                    unnoticed[site] + 0 ": " site
                bad++
            }
        tried = count["noticed"] + count["unnoticed"] + count["unreached"]
        print tried " of " FNR " mutants: " count["noticed"] + 0 " noticed, " \
            count["unnoticed"] + 0 " not (" bad + 0 " of them unexplained), " \
            count["unreached"] + 0 " where nobody comes"
        exit tried == 0 || bad > 0 || count["noticed"] == 0
    }' "$DIR/verdicts" "$DIR/exempt" "$DIR/found"
