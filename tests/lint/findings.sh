# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the lint scripts: sourced, not run. Sets src and build, and prints TAP.
#   ok NAME FILE   passes when FILE is empty; its lines are the findings
#   end            the plan; a script that ran no test fails
set -u
export LC_ALL=C
src=${FRONTDESK_SRC:-$(pwd)} build=${FRONTDESK_BUILD:-$src/build}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
found=$work/found
lint_n=0 lint_bad=0
cd "$src" || exit 99

ok() {
    lint_n=$((lint_n + 1))
    if [ -s "$2" ]; then
        lint_bad=$((lint_bad + 1))
        echo "not ok $lint_n - $1"
        sed 's/^/# /' "$2" | head -n 100
    else
        echo "ok $lint_n - $1"
    fi
}

skip() {
    lint_n=$((lint_n + 1))
    echo "ok $lint_n - $1 # SKIP $2"
}

end() {
    echo "1..$lint_n"
    [ "$lint_n" -gt 0 ] && [ "$lint_bad" = 0 ]
    exit
}

# files FOLDER... -- PATTERN...: files by name, sorted, without what a build may have put into the tree
files() {
    folders=
    while [ "$1" != -- ]; do
        [ ! -e "$1" ] || folders="$folders $1"
        shift
    done
    shift
    match=
    for pattern in "$@"; do
        match="$match${match:+|}$pattern"
    done
    [ -z "$folders" ] || find $folders -type f ! -path '*/.deps/*' ! -path '*/__pycache__/*' | grep -E "($match)\$" | sort
}
