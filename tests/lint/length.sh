#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# At most 600 lines a file and 100 a function: the maxima only, the usual is far below.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

files src include tests scripts -- '\.[ch]' '\.py' '\.sh' 'scripts/[a-z]+' | grep -v '/corpus/' >"$work/files"
xargs awk 'FNR == 1 { if (n > 600) print file ": " n " lines"; file = FILENAME } { n = FNR }
    END { if (n > 600) print file ": " n " lines" }' <"$work/files" >"$found"
ok "files of at most 600 lines" "$found"

# clang-format puts both braces of a function, and nothing else that is code, into the first column
grep '\.[ch]$' "$work/files" | xargs awk '
    FNR == 1 { open = 0; name = "" }
    /^[a-zA-Z_].*[(]/ && !open { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
    /^\{/ { open = FNR }
    /^\}/ && open { print FNR - open - 1, FILENAME ":" open, name; open = 0 }' >"$work/functions"
awk '$1 > 100 { print $2 ": " $3 " has " $1 " lines" }' "$work/functions" >"$found"
ok "functions of at most 100 lines" "$found"
awk '{ n++ } $1 > 50 { long++; print } END { if (long * 10 <= n) exit 0; print long " of " n; exit 1 }' \
    "$work/functions" >"$found" && : >"$found"
ok "nine in ten functions of at most 50 lines" "$found"
end
