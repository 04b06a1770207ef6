#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The layout of every C file is what clang-format makes of it.
set -u
cd "${FRONTDESK_SRC:-.}" || exit 99
echo 1..1
command -v clang-format >/dev/null || { echo "ok 1 - layout # SKIP no clang-format"; exit 0; }
if out=$(find src include tests -name '*.[ch]' -exec clang-format --dry-run -Werror {} + 2>&1); then
    echo "ok 1 - layout"
else
    echo "not ok 1 - layout"
    echo "$out" | grep ': error' | sed 's/^/# /' | head -n 50
    exit 1
fi
