#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source says its licence in its first line (after #!), the same everywhere.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

files src include tests scripts man .ci -- '\.[ch]' '\.py' '\.sh' 'scripts/[a-z]+' '\.[1578]' '\.ci/[a-z]+' |
    grep -v '/corpus/' | while read -r file; do
    head -n 2 "$file" | awk -v file="$file" '
        NR == 1 && /^#!/ { next }
        { good = /SPDX-License-Identifier: GPL-2\.0-or-later/; exit }
        END { if (!good) print file }'
done >"$found"
ok "SPDX line first" "$found"
end
