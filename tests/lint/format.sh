#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# clang-format decides the layout. Versions differ, so only the one of Debian 12 judges.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p')
for folder in src include tests; do
    if [ "$version" != 14 ] || [ ! -e .clang-format ]; then
        skip "layout of $folder" "needs clang-format 14 and .clang-format"
        continue
    fi
    files "$folder" -- '\.[ch]' | grep -v '/corpus/' | xargs -r clang-format --dry-run -Werror 2>&1 |
        sed -n 's/^\([^ ]*\): error: .*/\1/p' | sed 's/:[0-9]*$//' | sort | uniq -c |
        awk '{ print $2 ": " $1 " places; clang-format -i cures them" }' >"$found"
    ok "layout of $folder" "$found"
done
end
