#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the linked archives export: no function that nobody calls, no writable global, no name twice, and nothing of
# the clients in the sandbox (which must not share their faults).
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

main=$build/libfrontdesk.a sandbox=$build/libsandbox.a
if [ ! -e "$main" ] || nm "$main" 2>/dev/null | grep -q __asan_init; then
    skip "exported symbols" "needs the archives of a build without sanitizers"
    end
fi

# object, type, name
list() {
    nm -A -P "$1" 2>/dev/null | sed 's/^.*\[\(.*\)\]: /\1 /' | awk '{ print $1, $3, $2 }'
}
list "$main" >"$work/main"
list "$sandbox" >"$work/sandbox"

# Calls inside one object count too: a public function used only there is a matter of taste, not a dead one.
files src include tests -- '\.[ch]' | xargs cat | grep -oE '[A-Za-z_][A-Za-z0-9_]*' | sort | uniq -c |
    awk '{ print $2, $1 }' >"$work/words"
awk '$2 == "T" { print $3 }' "$work/main" | sort -u >"$work/defined"
# a definition and a prototype are two mentions; a function that is used has a third
awk 'NR == FNR { count[$1] = $2; next } count[$1] < 3 { print $1 }' "$work/words" "$work/defined" >"$found"
ok "every public function is called" "$found"

awk '$2 == "T" { print $3 }' "$work/main" "$work/sandbox" | sort | uniq -d >"$found"
ok "no public name twice" "$found"

find "$build/src" -name '*.o' | xargs -r objdump -t 2>/dev/null | awk '
    /file format/ { file = $1 }
    # by contract: armed once at start; the empty text that buffers begin with
    $NF == "crash_armed" || $NF == "buf_nothing" { next }
    / g +O +(\.data|\.bss|\*COM\*)[ \t]/ { print file " " $NF }' >"$found"
ok "no writable global" "$found"

awk '$2 == "T" || $2 == "R" || $2 == "D" { print $3, $1 }' "$work/main" | sort -u >"$work/where"
awk '$2 == "U" { print $3 }' "$work/sandbox" | sort -u | join - "$work/where" >"$work/shared"
base=$(files src/base -- '\.c' | sed 's|.*/||; s|\.c$|.o|' | tr '\n' ' ')
awk -v base=" $base " 'index(base, " " $2 " ") == 0 { print $1 " of " $2 }' "$work/shared" >"$found"
ok "the sandbox uses nothing of frontdesk but base" "$found"
end
