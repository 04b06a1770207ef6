#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# banned.h stops a call where it is included. This finds the calls also where it is not, or was undefined.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

names=$(sed -n 's/^#define \([a-z_]*\)(\.\.\.) FRONTDESK_BANNED.*/\1/p' include/frontdesk/banned.h | tr '\n' '|')
names="${names}popen|vfork|setjmp|longjmp"
files src -- '\.c' '\.h' | xargs awk -v names="$names" '
    FNR == 1 { comment = 0 }
    {
        line = $0
        gsub(/\\./, "", line); gsub(/"[^"]*"/, "\"\"", line); gsub(/\047[^\047]*\047/, "0", line)
        if (comment) { if (line ~ /\*\//) { sub(/.*\*\//, "", line); comment = 0 } else next }
        gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
        if (line ~ /\/\*/) { sub(/\/\*.*/, "", line); comment = 1 }
        if ((" " line) ~ ("[^A-Za-z0-9_.>](" names ")[ \t]*\\("))
            print FILENAME ":" FNR ":" $0
    }' >"$found"
ok "no banned call in src" "$found"

# calls that belong to some folders only: what, and the files where it may stand
only() {
    files src -- '\.c' '\.h' | grep -vE "$2" | xargs grep -nE "$1" >"$found"
    ok "$3" "$found"
}
only '\bgetenv *\(' '^src/base/' "the environment is read in base only"
only '(^|[^a-z_])(printf|puts|putchar) *\(' '^src/(cli|sandbox)/|^src/(sandbox_)?main\.c' "only commands print"
only '\bsqlite3_[a-z]' '^src/journal/|^src/cli/cmd_status\.c' "all SQL is in the journal"

files src -- '\.c' '\.h' | xargs grep -nE '#[ \t]*undef[ \t]+(str|s?printf|system|gmtime)' >"$found"
ok "no ban is lifted" "$found"
# the log's job reference is the contract's one exception
files src -- '\.c' '\.h' | grep -v '^src/base/log\.c$' | xargs grep -nE '\b(__thread|_Thread_local|thread_local)\b' >"$found"
ok "no thread-local state" "$found"
files src include tests -- '\.c' '\.h' | xargs grep -nE '\b(TODO|FIXME|XXX)\b' >"$found"
ok "no work left in comments" "$found"
end
