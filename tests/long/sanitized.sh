# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of the whole program once more with one that is built with AddressSanitizer and UBSan: its readers have no limits then
# (sanitizers need more of the kernel than a reader may ask), so what measures those is left out. Prints TAP.
. "${FRONTDESK_SRC:-.}/tests/lint/findings.sh"
tree=$build/sanitized
mkdir -p "$tree"
(cd "$tree" && { [ -f Makefile ] || "$src/configure" -q --enable-sanitizers CC=clang; } && make -s -j2 && make -s -j2 check TESTS=) \
    >"$work/build" 2>&1 && : >"$found" || tail -n 30 "$work/build" >"$found"
ok "the program is built with AddressSanitizer and UBSan" "$found"

export FRONTDESK_SRC="$src" FRONTDESK_BUILD="$tree" FRONTDESK_SLOW=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
for test in flow/flow flow/followups flow/reports flow/diagnosis flow/watches flow/faults session/session session/smtp_session \
    cli/words cli/mail cli/life cli/doctor cli/setup cli/repair cli/mailtokens cli/quickbooks cli/checks cli/confirming cli/poison \
    cli/prove cli/hostile cli/servers cli/legs cli/ways cli/canary cli/degraded cli/degraded_clock cli/degraded_disk \
    cli/degraded_journal; do
    "${PYTHON:-python3}" "$src/tests/$test.py" >"$work/out" 2>&1 </dev/null
    status=$?
    : >"$found"
    [ $status = 0 ] && grep -q '^ok ' "$work/out" || { echo "ended with $status"; grep -v '^ok ' "$work/out"; } >"$found"
    ok "$test: $(grep -c '^ok ' "$work/out") tests" "$found"
done
end
