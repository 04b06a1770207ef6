#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each lint, run on a small tree with one fault for each of its rules, must see them all: a lint that cannot fail is
# worth nothing.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

tree=$work/tree
mkdir -p "$tree/include/frontdesk" "$tree/tests" "$tree/src/gate" "$tree/src/net"
cp -R tests/lint "$tree/tests/lint"
cp include/frontdesk/banned.h "$tree/include/frontdesk/"
[ ! -e .clang-format ] || cp .clang-format "$tree/"
printf 'src/gone.c\n' >"$tree/Makefile.am"
printf 'include/frontdesk/gone.h include/frontdesk/gone.h\n' >"$tree/headers.am"
printf 'tests/gone.c\n' >"$tree/tests/tests.am"
printf 'struct x;\nvoid wrong_name(undefined_t x);\n' >"$tree/include/frontdesk/gate.h"
place=/wo
{
    printf '#include "frontdesk/journal.h"\n#include <sqlite3.h>\n#include "../net/x.h"\n#undef strcpy\n'
    printf 'static _Thread_local int x;\nint f(void)\n{\n    strcpy(a, b);\n    getenv(a);\n    printf(a);\n'
    printf '    sqlite3_open(a);\n  b ();\n    return 0; /* TODO: %srk/x */\n}\nint g(void)\n{\n' "$place"
    awk 'BEGIN { for (i = 0; i < 601; i++) print "    a++;" }'
    printf '}\n'
} >"$tree/src/gate/Bad-name.c"
cp "$tree/src/gate/Bad-name.c" "$tree/src/net/Bad-name.c"
: >"$tree/src/gate/x.h"
: >"$tree/src/net/x.h"
: >"$tree/src/gate/a!b.c"

# sees LINT NUMBER: that many of its tests fail on the wrong tree
sees() {
    if [ "$1" = format ] && ! clang-format --version 2>/dev/null | grep -q 'version 14'; then
        skip "$1" "needs clang-format 14"
        return
    fi
    FRONTDESK_SRC=$tree FRONTDESK_BUILD=$tree sh "tests/lint/$1.sh" >"$work/out" 2>&1
    status=$?
    seen=$(grep -c '^not ok' "$work/out")
    : >"$found"
    [ "$seen" = "$2" ] && [ $status != 0 ] || {
        echo "$seen rules saw a fault, expected $2; exit status $status"
        cat "$work/out"
    } >"$found"
    ok "$1 sees what is wrong" "$found"
}
sees banned 7
sees format 1
sees headers 5
sees layers 2
sees length 3
sees naming 4
sees spdx 1
sees stems 2
end
