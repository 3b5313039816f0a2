#!/bin/sh
# The words of a text, counted by `kv` and by tr, sort and uniq; then what the program says when
# something is wrong. Usage: word_count.sh KV SOURCE_FOLDER
set -eu
kv=$1
source=$2
LC_ALL=C
export LC_ALL
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
    echo "word_count.sh: $1" >&2
    exit 1
}

# expect <status> <text in the message> <arguments...>
expect() {
    status=$1 message=$2
    shift 2
    got=0
    "$kv" "$@" > out 2> err || got=$?
    [ "$got" -eq "$status" ] || fail "kv $*: exit $got, not $status: $(cat err)"
    [ -z "$message" ] || grep -qF -- "$message" out err ||
        fail "kv $*: \"$message\" is not in: $(cat out err)"
}

# count <file>: all words with their counts, as kv prints them.
count() {
    tr 'A-Z' 'a-z' < "$1" | tr -cs 'a-z' '\n' | grep . | sort | uniq -c |
        awk '{ printf "%7d %s\n", $1, $2 }' | sort -k1,1nr -k2,2
}

cat "$source"/include/bide/*.h "$source"/src/*.c "$source"/examples/kv/*.[ch] > text
count text > all
head -10 all > top
[ "$(wc -c < text)" -gt 100000 ] || fail "the text is too short"

"$kv" load text --db log > out 2> err || fail "load: $(cat err)"
cmp -s out top || fail "the top differs: $(diff out top)"
"$kv" load text --memory > out 2> err || fail "load --memory: $(cat err)"
cmp -s out top || fail "the top in memory differs: $(diff out top)"

# Every count, each from a process of its own for a sample of them.
[ "$("$kv" count --db log)" -eq "$(wc -l < all)" ] || fail "the number of keys differs"
awk 'NR % 40 == 1' all | while read -r n word; do
    [ "$("$kv" get "$word" --db log)" = "$n" ] || fail "the count of $word differs"
done

# A second load adds.
"$kv" load text --db log > out 2> err
awk '{ printf "%7d %s\n", $1 * 2, $2 }' top > twice
cmp -s out twice || fail "the second load does not add"

# An empty text, and one without a line end.
: > empty
"$kv" load empty --db new > out 2> err
[ ! -s out ] || fail "an empty text has words"
printf 'a B a' > short
"$kv" load short --db new > out 2> err
printf '      2 a\n      1 b\n' | cmp -s - out || fail "a short text: $(cat out)"

# A torn tail is cut and said so.
printf torn >> new
expect 0 "new: cut 4 bytes" count --db new
expect 0 2 count --db new

expect 0 '' put key 'a value' --db new
expect 0 'a value' get key --db new
expect 0 '' remove key --db new
expect 1 'key: no such key' remove key --db new
expect 1 'key: no such key' get key --db new
expect 2 'usage' put key --db new
expect 2 'usage' get a b
expect 2 'usage' frobnicate
expect 2 'usage' count --db
expect 2 'usage'
expect 3 'missing: No such file' load missing --db new
expect 3 'nowhere/log: no such file or directory' count --db nowhere/log
expect 3 'short: not a log' count --db short
expect 3 '.: not a log' count --db .
expect 3 'cannot be read' load . --db new
expect 0 '' put a 'no number' --db new
expect 3 'a value for "a" that is no count' load short --db new

# One process at a time: the first waits for the other end of a pipe, with the log open.
mkfifo pipe
"$kv" load pipe --db busy > /dev/null 2>&1 &
exec 3> pipe
expect 3 'busy: in use by another process' count --db busy
exec 3>&-
wait
expect 0 0 count --db busy

# A damaged record that had been acknowledged.
size=$(wc -c < log)
printf '\377' | dd of=log bs=1 seek=$((size / 2)) conv=notrunc 2> /dev/null
expect 3 'log: a stored record is damaged' count --db log
[ "$(wc -c < log)" -eq "$size" ] || fail "a damaged log was touched"

# A full device: the limit on file sizes makes one. What was acknowledged before is there.
expect 0 '' put 'key 1' limit --db full
(
    trap '' XFSZ
    ulimit -f 4
    expect 3 'no space left' load text --db full
) || fail "the full device"
expect 0 'limit' get 'key 1' --db full
echo "$(wc -l < all) words agree"
