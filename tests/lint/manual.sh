#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of settings and frontdesk.conf(5) are one truth: every setting stands in the manual with the same
# kind, limits, default and sentence, and nothing else stands there.
set -u
src=${FRONTDESK_SRC:-.} build=${FRONTDESK_BUILD:-.}
describe=$build/tests/unit/test_conf manual=$src/man/frontdesk.conf.5
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# both as one line a setting: key, tab, words; the manual names the folders of a packaged build
"$describe" --describe | sed 's|default /.*/lib/frontdesk$|default /var/lib/frontdesk|
    s|default /.*/etc/frontdesk/templates$|default /etc/FRONTDESK/templates|
    s|default /.*/frontdesk/templates$|default /usr/share/frontdesk/templates|
    s|/etc/FRONTDESK/|/etc/frontdesk/|' >"$work/described"
[ -s "$work/described" ] || { echo "Bail out! $describe --describe failed"; exit 99; }
awk '/^[a-z]/ { if (key) print key "\t" text; key = $0; text = ""; next }
     NF { sub(/^ +/, ""); text = text (text ? " " : "") $0 }
     END { print key "\t" text }' "$work/described" | sort >"$work/table"
awk '/^\.It Ic / { if (key) print key "\t" text; key = $3; text = ""; next }
     /^\.El/ { if (key) print key "\t" text; key = "" }
     key && !/^\./ { gsub(/\\-/, "-"); gsub(/\\&/, ""); text = text (text ? " " : "") $0 }' "$manual" | sort >"$work/manual"

cut -f1 "$work/table" >"$work/keys"
echo "1..$(($(wc -l <"$work/keys") + 1))"
n=0
while read -r key; do
    n=$((n + 1))
    want=$(awk -F'\t' -v k="$key" '$1 == k' "$work/table")
    got=$(awk -F'\t' -v k="$key" '$1 == k' "$work/manual")
    if [ "$want" = "$got" ]; then
        echo "ok $n - $key"
    else
        echo "not ok $n - $key"
        printf '# table:  %s\n# manual: %s\n' "$want" "$got"
    fi
done <"$work/keys"
extra=$(cut -f1 "$work/manual" | comm -13 "$work/keys" -)
n=$((n + 1))
if [ -z "$extra" ] && [ -s "$work/keys" ]; then
    echo "ok $n - the manual names no other setting"
else
    echo "not ok $n - the manual names settings that do not exist: $extra"
fi
