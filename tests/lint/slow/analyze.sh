#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Static analysis: clang-tidy, cppcheck, gcc -fanalyzer. Minutes, so scripts/test calls it, not make check.
set -u
src=$(cd "${FRONTDESK_SRC:-.}" && pwd) build=${FRONTDESK_BUILD:-build}
cd "$src" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
flags="-std=gnu17 -D_GNU_SOURCE -DHAVE_CONFIG_H -Iinclude -I$build -DFD_TEMPLATE_DIR=\"\" -DFD_SYSCONF_DIR=\"\" -DFD_STATE_DIR=\"\""
flags="$flags $(pkg-config --cflags libcurl gnutls gmime-3.0 libcjson libconfig sqlite3 libpcre2-8 libxml-2.0 libidn2 libmicrohttpd)"
number=0 status=0
result() { # NAME STATUS
    number=$((number + 1))
    if [ "$2" = 0 ]; then echo "ok $number - $1"; else
        echo "not ok $number - $1"
        sed 's/^/# /' "$work/out" | head -n 60
        status=1
    fi
}
echo 1..3
find src -name '*.c' -print0 | sort -z |
    xargs -0 -P 2 -n 4 sh -c 'flags=$1; shift; clang-tidy --quiet "$@" -- $flags' sh "$flags" >"$work/all" 2>/dev/null
tidy=$?
grep -E '(warning|error):' "$work/all" | sort -u >"$work/out"
result clang-tidy $tidy
# unknownEvaluationOrder is false on compound literals; gcc's -Wsequence-point looks for the real thing
cppcheck -q -j 2 --std=c11 --enable=warning,portability --inline-suppr --suppress=missingInclude \
    --suppress=unknownEvaluationOrder \
    --error-exitcode=1 -Iinclude -D_GNU_SOURCE src >"$work/out" 2>&1
result cppcheck $?
(mkdir "$work/gcc" && cd "$work/gcc" && "$src/configure" -q CC=gcc --enable-analyzer && make -s -j2 frontdesk frontdesk-sandbox) >"$work/all" 2>&1
analyzer=$?
grep -E '(warning|error):' "$work/all" >"$work/out" || tail -n 20 "$work/all" >"$work/out"
result "gcc -fanalyzer" $analyzer
exit $status
