#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Names: public functions start with the subject of their contract, files are plain, texts name no place of work.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

# contract -> beginnings of its functions, where it is not the stem itself or the part behind base_
beginnings='
action facts perform plan
autotask_directory directory
base_clock clock deadline
base_err err mem
base_slice slice scan
command command names
journal journal job
message message reader
reply templates view compose letter reply
'
files include -- '\.h' | xargs awk -v rows="$beginnings" '
    BEGIN { n = split(rows, row, "\n"); for (i = 1; i <= n; i++) if (split(row[i], f, " ")) begin[f[1]] = row[i] " " }
    FNR == 1 { stem = FILENAME; sub(/.*\//, "", stem); sub(/\.h$/, "", stem); subject = stem; sub(/^base_/, "", subject) }
    /^[a-z][a-z0-9_ *]*[ *][a-z0-9_]+\(/ {
        name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
        first = name; sub(/_.*/, "", first)
        if (first != subject && index(name, subject "_") != 1 && index(begin[stem], " " first " ") == 0)
            print FILENAME ":" FNR ": " name
    }' >"$found"
ok "public functions start with their subject" "$found"

files src include tests scripts man templates dist -- '.*' | grep -v '/corpus/' |
    grep -E '[^A-Za-z0-9_./@-]' >"$found"
ok "file names hold letters, digits, _ - . @" "$found"
files src include -- '.*' | grep -E '/[^/]*[A-Z-][^/]*$' >"$found"
ok "sources are in small letters with _" "$found"
files src include tests scripts man templates dist doc -- '.*' | grep -v 'lint/naming\.sh' |
    xargs grep -nIE '(^|[^A-Za-z0-9_.])/(work|tmp/wt|tmp/bld)/' >"$found"
ok "no path of a workplace" "$found"
end
