#!/bin/sh
# in_readme.sh SOURCE README: the first C block of the README is that source, word for word.
awk '/^```c$/ { on = 1; next } /^```$/ { if (on) exit } on' "$2" | diff -u "$1" - && echo same
