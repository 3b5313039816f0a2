# find.awk: the statements of a generated source whose absence a test must notice.
# Prints name, line, first column, length, kind, the function that it is in, text, separated by
# tabs.

function report(kind, pattern,    rest, at) {
    rest = $0
    at = 0
    while (match(rest, pattern)) {
        printf "%s\t%d\t%d\t%d\t%s\t%s\t%s\n", name, NR, at + RSTART, RLENGTH, kind, within,
            substr(rest, RSTART, RLENGTH)
        at += RSTART + RLENGTH - 1
        rest = substr(rest, RSTART + RLENGTH)
    }
}

/_bide_run\(const int bide_op/ {
    within = $0
    sub(/_bide_run\(.*/, "", within)
    sub(/.*[ *]/, "", within)
}
/bide_state|^#|^ *\*|^static|^\/\*/ { next }
{
    report("save", "bide_f->[A-Za-z0-9_.]+ = [A-Za-z_][A-Za-z0-9_]*;")
    report("restore", "[A-Za-z_][A-Za-z0-9_]* = bide_f->[A-Za-z0-9_.]+;")
    report("save", "BIDE_PRIV_KEEP\\([^;]*\\);")
    report("copy", "BIDE_PRIV_COPY\\([^;]*\\);")
    report("cleanup", "[a-z][A-Za-z0-9_]*\\(&[A-Za-z_][A-Za-z0-9_>.-]*\\);")
}
