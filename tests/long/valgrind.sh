#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# memcheck over every unit program, over the replayed fuzz corpora of the mail protocols (their libetpan is not built with
# a sanitizer) and over the flow cases, where the program runs under valgrind behind a wrapper. Errors and definite leaks fail.
# A reader in its cage is /proc/self/exe, which is valgrind here: the flow cases run with the reader inside the program (the one
# that measures what the cage costs), so that it is looked at too, and the cage's own tests are left out.
. "${FRONTDESK_SRC:-.}/tests/lint/findings.sh"
command -v valgrind >/dev/null || { skip memcheck "no valgrind"; end; }
export FRONTDESK_SRC="$src" FRONTDESK_BUILD="$build" CMOCKA_MESSAGE_OUTPUT=TAP FRONTDESK_SLOW=1 G_SLICE=always-malloc
# posix_spawn is told there that it could start what it could not
export FRONTDESK_MEMCHECK=1
check="valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --num-callers=25
    --suppressions=$src/tests/long/valgrind.supp"

for program in "$build"/tests/unit/test_* "$build"/tests/fuzz/fuzz_imap "$build"/tests/fuzz/fuzz_smtp; do
    case $program in *.*) continue ;; esac
    case $program in */test_cage*) skip "$(basename "$program")" "its readers cannot be started under valgrind"; continue ;; esac
    $check "$program" >"$work/out" 2>&1 </dev/null
    status=$?
    : >"$found"
    [ $status = 0 ] && grep -q '^ok ' "$work/out" || { echo "ended with $status"; grep -v '^ok ' "$work/out"; } >"$found"
    ok "$(basename "$program"): $(grep -c '^ok ' "$work/out") tests" "$found"
done

mkdir "$work/build" "$work/logs"
cat >"$work/build/frontdesk" <<END
#!/bin/sh
exec $(echo "$check" | tr -d "\n") --log-file=$work/logs/%p "$build/tests/bench/uncaged" "\$@"
END
chmod +x "$work/build/frontdesk"
ln -s "$build/frontdesk-sandbox" "$work/build/frontdesk-sandbox"
FRONTDESK_BUILD=$work/build "${PYTHON:-python3}" "$src/tests/flow/flow.py" >"$work/out" 2>&1 </dev/null
status=$?
: >"$found"
[ $status = 0 ] && grep -q '^ok ' "$work/out" || { echo "ended with $status"; grep -v '^ok ' "$work/out"; } >"$found"
ok "flow: $(grep -c '^ok ' "$work/out") cases pass under memcheck" "$found"
runs=$(find "$work/logs" -type f | wc -l)
find "$work/logs" -type f -size +0 -exec cat {} + >"$found"
[ "$runs" -gt 0 ] || echo "the program never ran under valgrind" >"$found"
ok "flow: $runs runs of the program without an error or a definite leak" "$found"
end
