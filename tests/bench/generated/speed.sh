#!/bin/sh
# How long bidec takes for a file of 2,000 lines with 190 async functions and 12 system headers:
# processor time in user mode, the best of five runs. Usage:
#     speed.sh <bidec> <include directory> [<build type> | keep]
# With `keep` the file is left in the current directory, to be looked at.
#
# Exit: 0 within the limit, 1 not, 77 not measurable here (no libclang, an unoptimised bidec;
# ctest's "skipped").
set -eu

bidec=$1
include=$2
limit=300 # milliseconds
if [ "${3-}" = Debug ]; then
    echo "skipped: the limit is for an optimised bidec"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each function awaits some of those before it, by four patterns in turn.
awk 'BEGIN {
    split("assert ctype errno fcntl limits signal stdio stdlib string sys/stat time unistd", h, " ")
    for (i = 1; i <= 12; i++)
        print "#include <" h[i] ".h>"
    print "#include <bide/bide.h>\n"
    print "typedef struct reply {\n    int32_t code;\n    uint32_t bytes;\n    char text[24];\n} reply;\n"
    print "#include <bide/async_source.h>\n"
    print "static void give_back(char **p)\n{\n    free(*p);\n}\n"
    print "static async int32_t work_0(int32_t a, int32_t b)\n{\n    await(bide_yield());\n    return a + b;\n}\n"
    for (i = 1; i < 190; i++) {
        below = "work_" int(i * 5 / 7)
        if (i % 6 == 0)
            print "/* Awaits " below ". */"
        print "static async int32_t work_" i "(int32_t a, int32_t b)\n{"
        if (i % 4 == 0) {
            print "    int32_t sum = 0;"
            print "    for (int32_t k = 0; k < a; k++) {"
            print "        reply r = {k, sizeof r, \"loop\"};"
            print "        await(bide_yield());"
            print "        sum += await(" below "(k, r.code)) * b;"
            print "    }"
            print "    return sum;"
        } else if (i % 4 == 1) {
            print "    char text[32];"
            print "    int length = snprintf(text, sizeof text, \"%d\", (int)a);"
            print "    if (a > b && await(" below "(a, b)) != 0)"
            print "        return await(" below "(a, length));"
            print "    await(bide_yield());"
            print "    return (int32_t)strlen(text);"
        } else if (i % 4 == 2) {
            print "    scoped(give_back) char *p = malloc(16);"
            print "    if (!p)"
            print "        return -ENOMEM;"
            print "    p[0] = (char)await(" below "(a, b));"
            print "    return await_try(" below "(p[0], b)) + a;"
        } else {
            print "    switch (a) {"
            print "    case 0:"
            print "        return await(work_0(a, b));"
            print "    default:"
            print "        a = isdigit(b) ? await(" below "(a, b)) : b;"
            print "    }"
            print "    return a + (errno == EAGAIN);"
        }
        print "}\n"
    }
}' > "$work/speed.async.c"
[ "${3-}" != keep ] || cp "$work/speed.async.c" .
lines=$(wc -l < "$work/speed.async.c")
functions=$(grep -c '^static async ' "$work/speed.async.c")
if [ "$lines" -lt 2000 ] || [ "$functions" -ne 190 ]; then
    echo "FAILED: the file has $lines lines and $functions functions"
    exit 1
fi
if ! "$bidec" --probe > "$work/probe" 2>&1; then
    echo "skipped: $(head -1 "$work/probe")"
    exit 77
fi

# The second line of `times` is the processor time of the children: 0m0.12s 0m0.03s. Each run is in
# a shell of its own, whose only child it is.
best=
for run in 1 2 3 4 5; do
    if ! ("$bidec" -o "$work" "$work/speed.async.c" -- -I"$include" > "$work/said" 2>&1 &&
        times > "$work/times"); then
        echo "FAILED: bidec does not compile the file"
        head -20 "$work/said"
        exit 1
    fi
    taken=$(sed -n '2s/^\([0-9]*\)m\([0-9.]*\)s.*/\1 \2/p' "$work/times" |
        awk '{printf "%d", ($1 * 60 + $2) * 1000 + 0.5}')
    if [ -z "$best" ] || [ "$taken" -lt "$best" ]; then
        best=$taken
    fi
done
[ -s "$work/speed.gen.c" ] && [ -s "$work/speed.gen.h" ] || {
    echo "FAILED: bidec wrote nothing"
    exit 1
}
echo "$lines lines, $functions async functions: $best ms, limit $limit ms"
[ "$best" -le "$limit" ]
