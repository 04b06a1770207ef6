#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/crash/kills.py with more of both: 600 mails, SIGKILL at 200 random moments, twice with different seeds.
. "${FRONTDESK_SRC:-.}/tests/lint/findings.sh"
export FRONTDESK_SRC="$src" FRONTDESK_BUILD="$build"
export FRONTDESK_KILL_MAILS="${FRONTDESK_KILL_MAILS:-600}" FRONTDESK_KILLS="${FRONTDESK_KILLS:-200}"
for seed in ${FRONTDESK_SEED:-1 2}; do
    : >"$found"
    FRONTDESK_SEED=$seed "${PYTHON:-python3}" tests/crash/kills.py >"$work/out" 2>&1 </dev/null && grep -q '^ok ' "$work/out" ||
        grep -v '^ok ' "$work/out" >"$found"
    ok "seed $seed:$(sed -n 's/^#//p' "$work/out" | tail -n 1)" "$found"
done
end
