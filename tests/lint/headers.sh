#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is in the tree is in the makefiles, and the other way round: else the tarball lacks it.
. "${FRONTDESK_SRC:-.}/tests/lint/findings.sh"

both() {
    comm -23 "$work/tree" "$work/listed" | sed "s|\$|: not in $1|"
    comm -13 "$work/tree" "$work/listed" | sed "s|\$|: in $1, but does not exist|"
}

files include -- '\.h' >"$work/tree"
grep -oE 'include/frontdesk/[a-z0-9_]+\.h' headers.am | sort >"$work/listed"
both headers.am >"$found"
ok "headers.am lists every contract" "$found"
uniq -d "$work/listed" >"$found"
ok "and none twice" "$found"

files src -- '\.c' '\.h' >"$work/tree"
grep -hoE 'src/[a-z0-9_/]+\.[ch]' Makefile.am headers.am | sort -u >"$work/listed"
both Makefile.am >"$found"
ok "Makefile.am lists every source and private header" "$found"

files tests -- '\.c' '\.h' '\.py' '\.sh' | grep -v '/corpus/' >"$work/tree"
grep -oE 'tests/[a-z0-9_/]+\.(c|h|py|sh)' tests/tests.am | sort -u >"$work/listed"
both tests/tests.am >"$found"
ok "tests.am lists every test file" "$found"

# each contract stands on its own; the parts of base are read through base.h only
cc=$(sed -n 's/^CC = //p' "$build/Makefile" 2>/dev/null)
: >"$found"
for header in $(files include -- '\.h' | grep -v /base_); do
    printf '#include "%s"\n' "${header#include/}" |
        ${cc:-cc} -std=gnu17 -D_GNU_SOURCE -Iinclude -fsyntax-only -x c - 2>"$work/cc" || {
        echo "$header does not compile alone:"
        head -n 5 "$work/cc"
    } >>"$found"
done
ok "each contract compiles alone" "$found"
end
