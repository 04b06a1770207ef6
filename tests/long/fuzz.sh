#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fuzz target for FRONTDESK_FUZZ_SECONDS (600), FRONTDESK_FUZZ_JOBS (2) at a time, from the committed corpus, in a
# tree of its own: fuzz.sh [TARGET ...]. What a run finds that is new stays in BUILD/fuzz/new/TARGET; into the corpus goes
# the best of it: BUILD/fuzz/tests/fuzz/fuzz_X -merge=1 EMPTY tests/fuzz/corpus/X BUILD/fuzz/new/X.
. "${FRONTDESK_SRC:-.}/tests/lint/findings.sh"
tree=$build/fuzz seconds=${FRONTDESK_FUZZ_SECONDS:-600}
[ $# -gt 0 ] || set -- $(ls "$src/tests/fuzz/corpus")
mkdir -p "$tree/new" "$tree/artifacts"
(cd "$tree" && "$src/configure" -q --enable-fuzz --enable-sanitizers CC=clang && make -s -j2) >"$work/build" 2>&1 && : >"$found" ||
    tail -n 30 "$work/build" >"$found"
ok "the targets are built with libFuzzer, AddressSanitizer and UBSan" "$found"

cat >"$work/one" <<'END'
target=$1
mkdir -p "new/$target"
tests/fuzz/fuzz_"$target" "new/$target" "$FRONTDESK_SRC/tests/fuzz/corpus/$target" -max_total_time="$FRONTDESK_FUZZ_SECONDS" \
    -max_len=8192 -timeout=25 -rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix="artifacts/$target-" \
    >"new/$target.log" 2>&1 </dev/null
echo "ended with $?" >>"new/$target.log"
END
export FRONTDESK_SRC="$src" FRONTDESK_FUZZ_SECONDS="$seconds" UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
(cd "$tree" && printf '%s\n' "$@" | nice xargs -P "${FRONTDESK_FUZZ_JOBS:-2}" -n 1 sh "$work/one")
for target in "$@"; do
    log=$tree/new/$target.log
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    last=$(sed -n 's/^#.* \(cov: .*\) exec.*/\1/p' "$log" | tail -n 1)
    : >"$found"
    grep -q '^ended with 0$' "$log" && [ "${runs:-0}" -gt 0 ] || tail -n 40 "$log" >"$found"
    ok "$target: ${runs:-0} executions in $seconds s, $last" "$found"
done
end
