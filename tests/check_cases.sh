#!/bin/sh
# Checks tests/cases.txt against tests/cases_ids.txt and the test sources.
#
#     ID | program:test            covered by this test function of this program's source
#     ID | program:test, p2:t2     by several
#     ID | - reason                not covered here, and why
#
# Each id of the list has at least one line, no line has an unknown id, each named program has a
# source somewhere under tests/ or examples/, and each named test is a function registered there.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cases=${1:-$here/cases.txt}
ids=${2:-$here/cases_ids.txt}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# One "line id program test" a reference; "line id - -" for what is not covered; "bad" for what
# cannot be read.
awk -F'|' '
    function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
    /^[ \t]*(#|$)/ { next }
    NF < 2 { print NR, "bad", "-", "-"; next }
    {
        id = trim($1); what = trim($2)
        if (what ~ /^-/) {
            sub(/^-[ \t]*/, "", what)
            print NR, (what == "" ? "bad" : id), "-", "-"
            next
        }
        n = split(what, refs, ",")
        for (i = 1; i <= n; i++) {
            k = split(trim(refs[i]), part, ":")
            if (k == 2) print NR, id, trim(part[1]), trim(part[2])
            else print NR, "bad", "-", "-"
        }
    }' "$cases" > "$scratch/refs"
grep -v '^#' "$ids" | sort -u > "$scratch/ids"

errors=0
complain() {
    echo "$1"
    errors=$((errors + 1))
}

cut -d' ' -f2 "$scratch/refs" | sort -u > "$scratch/named"
for id in $(comm -23 "$scratch/ids" "$scratch/named"); do
    complain "$(basename "$ids"): $id has no line in $(basename "$cases")"
done

while read -r line id program test; do
    at="$cases:$line"
    if [ "$id" = bad ]; then
        complain "$at: cannot be read (ID | program:test, ... or ID | - reason)"
        continue
    fi
    # Ids with a section's letter but not in the list are free names for cases of our own.
    if ! grep -qx "$id" "$scratch/ids" && echo "$id" | grep -qE '^[A-Z][0-9]+$'; then
        complain "$at: $id is not in $(basename "$ids")"
    fi
    [ "$program" = - ] && continue
    source=$(find "$here" "$here/../examples" \( -name "$program.c" -o -name "$program.sh" \
        -o -name "$program.py" \) 2>/dev/null | head -1)
    if [ -z "$source" ]; then
        complain "$at: $id: no source of $program"
    elif ! grep -qE "(^|[^A-Za-z0-9_])$test([^A-Za-z0-9_]|$)" "$source"; then
        complain "$at: $id: no test $test in $(basename "$source")"
    elif [ "${source##*.}" = c ] && [ "$(grep -cE "(^|[^A-Za-z0-9_])$test([^A-Za-z0-9_]|$)" "$source")" -lt 2 ]; then
        complain "$at: $id: $test in $(basename "$source") is written but not registered"
    fi
done < "$scratch/refs"

covered=$(awk '$3 != "-" { print $2 }' "$scratch/refs" | sort -u | comm -12 - "$scratch/ids" | wc -l)
echo "$(wc -l < "$scratch/ids") ids, $covered covered by tests, $errors errors"
[ "$errors" -eq 0 ]
