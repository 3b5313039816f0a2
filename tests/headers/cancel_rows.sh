#!/bin/sh
# Each row of the table in bide/cancel.h has a test of its name.
set -u
cd "$(dirname "$0")/../.." || exit 2
tests='tests/unit/test_cancel.c tests/unit/test_cancel_tasks.c tests/unit/test_checked_cancel.c
    tests/gen/runtime/test_cancel.c'
rows=$(sed -n 's/^ \*   \([a-z]*_[a-z_]*\)  .*/\1/p' include/bide/cancel.h)
bad=0
for row in $rows; do
    # shellcheck disable=SC2086
    if ! cat $tests | grep -Eq "(cmocka_unit_test|TEST)\($row\)"; then
        echo "cancel.h: row $row has no test of its name"
        bad=1
    fi
done
[ "$(echo "$rows" | wc -l)" -ge 20 ] || { echo "cancel.h: where are the rows?"; bad=1; }
exit $bad
