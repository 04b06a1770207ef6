#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A file's stem names it in the whole tree, so that talk, logs and searches need no path. A header may share the stem
# of its source; contracts in include/frontdesk are named after their folder.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

files src tests -- '\.c' '\.py' '\.sh' | grep -v '/corpus/' | awk '
    { stem = $0; sub(/.*\//, "", stem); sub(/\.[a-z]+$/, "", stem)
      if (stem in first) print stem ": " first[stem] " and " $0; else first[stem] = $0 }' >"$found"
ok "stems of sources are unique" "$found"
files src -- '\.h' | awk '
    { stem = $0; sub(/.*\//, "", stem)
      if (stem in first) print stem ": " first[stem] " and " $0; else first[stem] = $0 }' >"$found"
ok "private headers are unique" "$found"
end
