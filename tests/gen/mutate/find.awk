# find.awk: the statements of a generated source whose absence a test must notice, as a list or in
# an instrumented source.
#
# With list=1 prints for each its number, name (given), line, kind, the function that it is in, and
# its text, separated by tabs; else the source, with each of them as a mutant of mutants.h.

# Finds the matches of a pattern in the line, from left to right. A statement begins where one can.
function find(kind, pattern, macro,    rest, done, text) {
    rest = $0
    done = ""
    while (match(rest, pattern)) {
        text = substr(rest, RSTART, RLENGTH)
        if ((done substr(rest, 1, RSTART - 1)) !~ /(^|[;:{}]|\) ) *$/) {
            done = done substr(rest, 1, RSTART)
            rest = substr(rest, RSTART + 1)
            continue
        }
        number++
        if (list)
            printf "%d\t%s\t%d\t%s\t%s\t%s\n", number, name, NR, kind, within ? within : "-", text
        variable = ""
        if (macro == "MUTANT_RESTORE") {
            variable = text
            sub(/^BIDE_PRIV_COPY\(/, "", variable)
            sub(/[ ,].*/, "", variable)
            sub(/^&/, "", variable)
            variable = variable ", "
        }
        if (macro == "MUTANT_RESUME") { # (FAR, leaf, becomes (MUTANT, (7, FAR, leaf),
            variable = text
            sub(/\(/, "(MUTANT, (" number ", ", variable)
            sub(/,$/, "),", variable)
            done = done substr(rest, 1, RSTART - 1) variable
        } else {
            done = done substr(rest, 1, RSTART - 1) macro "(" number ", " variable \
                substr(text, 1, RLENGTH - 1) ")" substr(text, RLENGTH)
        }
        rest = substr(rest, RSTART + RLENGTH)
    }
    $0 = done rest
}

/_bide_run\(const int bide_op/ {
    within = $0
    sub(/_bide_run\(.*/, "", within)
    sub(/.*[ *]/, "", within)
}
!/^#|^ *\*|^static|^\/\*/ {
    find("save", "bide_f->[A-Za-z0-9_.]+ = [A-Za-z0-9_]+;", "MUTANT")
    find("save", "BIDE_PRIV_KEEP\\([^;]*\\);", "MUTANT_KEEP")
    find("restore", "[A-Za-z_][A-Za-z0-9_]* = bide_f->[A-Za-z0-9_.]+;", "MUTANT_RESTORE")
    find("save", "BIDE_PRIV_COPY\\([&(][^;]*\\);|BIDE_PRIV_COPY\\(bide_f->[^;]*\\);", "MUTANT")
    find("restore", "BIDE_PRIV_COPY\\(&?[A-Za-z_][A-Za-z0-9_]*, [^;]*\\);", "MUTANT_RESTORE")
    find("cleanup", "[a-z][A-Za-z0-9_]*\\(&[A-Za-z_][A-Za-z0-9_>.-]*\\);", "MUTANT")
    find("cleanup", "BIDE_PRIV_DROP_[A-Z]+\\([A-Za-z0-9_]+, &[A-Za-z_][A-Za-z0-9_>.-]*\\);", "MUTANT")
    find("cleanup", "BIDE_PRIV_RESUME(_DROP)?\\([A-Z]+, [A-Za-z0-9_]+,", "MUTANT_RESUME")
}
!list { print }
