#!/bin/sh
# diagnostics.sh [--update] [CASE...]: compiles each mistake of this directory with gcc and clang (those
# that are installed; it takes both to pass) and asserts of what they print, include chains and
# error counts aside, that
#
#   - the first diagnostic is at the line of the case that is marked HERE (or, where the compiler's
#     own "expected ;" will do, at the next one), and is complete within ten lines;
#   - it says what the head of the case promises, "says: REGULAR EXPRESSION";
#   - for cases marked "lists", of interface and implementation lists, that is all: the whole output
#     has at most ten lines.
#
# A case that says "clang: N" may take N lines with that compiler: Clang tells the macros around what
# it has a guess for ("did you mean"), and where the guess was declared.
#
# --update writes README.md, the page that shows each mistake with its message.
set -u
here=$(cd "$(dirname "$0")" && pwd)
include=${BIDE_INCLUDE:-$here/../../include}
cd "$here" || exit 2
update=
if [ "${1-}" = --update ]; then
    update=yes
    shift
fi
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C
if [ $# -eq 0 ]; then
    set -- *.c
fi
cases=0 bad=0

complain() {
    echo "$source with $cc: $1"
    bad=$((bad + 1))
}

# What the compiler says, without include chains and counts; and the first diagnostic of it.
compile() {
    "$cc" -std=c11 -Wall -Wextra -I "$include" -fno-diagnostics-show-option -c "$source" \
        -o "$scratch/o" > "$scratch/raw" 2>&1
    grep -vE '^(In file included from | +from )|^[0-9]+ (warning|error)s?.* generated\.$' \
        "$scratch/raw" | sed "s|$include/||g" > "$scratch/said"
    awk '/: (fatal error|error|warning): / && ++n > 1 { exit } { print }' "$scratch/said" \
        > "$scratch/first"
}

check() {
    compile
    [ -s "$scratch/said" ] || { complain "nothing is said"; return; }
    at=$(sed -n -E 's/^([^ :]+:[0-9]+):[0-9]+: (fatal error|error|warning): .*/\1/p' \
        "$scratch/first")
    sed -n '/HERE/=' "$source" | grep -qx "${at#"$source":}" ||
        [ "$says:$at" = "expected:$source:$((line + 1))" ] ||
        complain "the first diagnostic is at $at, not at line $line"
    lines=$(wc -l < "$scratch/first")
    [ "$lines" -le "$most" ] || complain "the first diagnostic has $lines lines"
    tr '\n' ' ' < "$scratch/first" | grep -qE -- "$says" || complain "it does not say: $says"
    if [ -n "$lists" ]; then
        lines=$(wc -l < "$scratch/said")
        [ "$lines" -le "$most" ] || complain "the whole output has $lines lines"
    fi
}

# Those that tests/cases.txt names must be among them: a mistake taken away is a case not covered.
for name in method_missing parameter_surplus parameter_missing default_without_body self_type \
    not_send method_twice frame_over_budget defaults_misspelt stream_chunks_of_none; do
    [ -s "$name.c" ] || { echo "$name.c is missing"; exit 1; }
done

for cc in gcc clang; do
    command -v "$cc" > /dev/null || { echo "no $cc: these diagnostics are not tested"; exit 77; }
done
for source; do
    says=$(sed -n 's/^ \* says: //p' "$source")
    line=$(sed -n '/HERE/=' "$source" | tail -n 1)
    lists=$(grep '^ \* lists$' "$source")
    cases=$((cases + 1))
    for cc in gcc clang; do
        before=$bad
        most=$(sed -n "s/^ \\* $cc: //p" "$source")
        most=${most:-10}
        check
        [ "$bad" -eq "$before" ] || [ -z "${VERBOSE-}" ] || cat "$scratch/said"
        cp "$scratch/first" "$scratch/${source%.c}.$cc"
    done
done

# The page: each mistake as far as the marked line and what is said about it.
page() {
    echo '# Mistakes, and what the compilers say'
    echo
    echo 'Made by `sh tests/diagnostics/diagnostics.sh --update`; the test of that name asserts what it shows:'
    echo 'the first diagnostic, with gcc and with clang. Each title is a file of this directory.'
    for source; do
        name=${source%.c}
        printf '\n## %s\n\n[%s](%s)\n\n```c\n' "$(sed -n '1s|^/\* ||p' "$source")" "$source" "$source"
        grep HERE "$source" | sed 's| *// HERE||; s| */\* HERE \*/ *\\*||'
        for cc in gcc clang; do
            printf '```\n\n%s:\n\n```text\n' "$cc"
            sed 's/[ ]*$//' "$scratch/$name.$cc"
        done
        echo '```'
    done
}
[ -z "$update" ] || page "$@" > README.md
if [ "$#" -eq "$(ls ./*.c | wc -l)" ]; then
    # Compilers of other versions say it in other words: only what is shown must be there.
    [ "$(grep -c '^## ' README.md)" -eq "$cases" ] ||
        { echo "README.md is out of date: sh $0 --update"; bad=$((bad + 1)); }
fi
echo "$cases mistakes, $bad complaints"
[ "$cases" -gt 0 ] && [ "$bad" -eq 0 ]
