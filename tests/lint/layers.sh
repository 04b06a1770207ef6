#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The walls between the folders: which contracts and which foreign libraries each folder may include.
. "${FRONTDESK_SRC:-.}/tests/lint/lint.sh"

# contract header -> the folder that owns it; X.h and X_part.h belong to X without a row
owners='
banned base
budget net
conf base
due base
http net
json base
secret base
stream net
'

# folder -> folders whose contracts it may include; folder/part names one header only
layers='
base       -
net        base
mailbox    base net
message    base
gate       base message autotask/autotask_directory
autotask   base net
command    base message autotask/autotask_directory
reply      base message
outbox     base net
journal    base
action     base net message gate autotask command reply journal
health     base journal outbox
sandbox    base
flow       base net mailbox message gate autotask command action reply outbox journal health
cli        base net mailbox message gate autotask command action reply outbox journal health flow
'

# foreign header -> folders that may include it
libraries='
cjson/         base autotask action sandbox cli
curl/          net cli
gmime/         message reply cli
libconfig.h    base
libetpan/      mailbox outbox net cli
libxml/        message
microhttpd.h   sandbox
pcre2.h        diagnose
sqlite3.h      journal cli
systemd/       cli
idn2.h         base gate
'

# every include as: folder, file:line, " or <, path
files src include -- '\.c' '\.h' | while read -r file; do
    case $file in
    include/frontdesk/*) folder=$(basename "$file" .h) ;;
    src/*/*) folder=${file#src/} folder=${folder%%/*} ;;
    src/main.c) folder=cli ;;
    src/sandbox_main.c) folder=sandbox ;;
    *) folder=flow ;;
    esac
    sed -n 's/^ *# *include *\(["<]\)\([^">]*\).*/\1 \2/p' "$file" | sed "s|^|$folder $file |"
done >"$work/includes"

awk -v owners="$owners" -v layers="$layers" -v libraries="$libraries" '
    function owner(stem) { if (stem in own) return own[stem]; sub(/_.*/, "", stem); return stem }
    function may(folder, header,   list, n, i, o) {
        o = owner(header)
        if (o == folder) return 1
        n = split(allow[folder], list, " ")
        for (i = 1; i <= n; i++) if (list[i] == o || list[i] == o "/" header) return 1
        return 0
    }
    BEGIN {
        n = split(owners, row, "\n"); for (i = 1; i <= n; i++) if (split(row[i], f, " ")) own[f[1]] = f[2]
        n = split(layers, row, "\n")
        for (i = 1; i <= n; i++) if (split(row[i], f, " ")) { allow[f[1]] = substr(row[i], length(f[1]) + 1); known[f[1]] }
        n = split(libraries, row, "\n")
        for (i = 1; i <= n; i++) if (split(row[i], f, " ")) { name[++libs] = f[1]; where[libs] = row[i] " " }
    }
    {
        folder = $2 ~ /^include/ ? owner($1) : $1
        if (!(folder in known)) { print folder, $2 ": the folder " folder " has no row in layers.sh"; next }
        if ($3 == "<") {
            for (i = 1; i <= libs; i++)
                if (index($4, name[i]) == 1 && index(where[i], " " folder " ") == 0)
                    print folder, $2 ": <" $4 "> is not for " folder
        } else if ($4 ~ /^frontdesk\//) {
            stem = $4; sub(/.*\//, "", stem); sub(/\.h$/, "", stem)
            if (!may(folder, stem)) print folder, $2 ": " folder " may not include " $4
        } else if ($4 ~ /\//) {
            if (!(folder == "cli" && ($4 == "../desk.h" || $4 == "cli/cli.h")) && index($4, folder "/") != 1)
                print folder, $2 ": private header of another folder: " $4
        }
    }' "$work/includes" >"$work/all"

for folder in $(echo "$layers" | awk 'NF { print $1 }'); do
    awk -v f="$folder" '$1 == f { $1 = ""; print substr($0, 2) }' "$work/all" >"$found"
    ok "$folder includes only what it may" "$found"
    sed -i "/^$folder /d" "$work/all"
done
ok "every folder has a row" "$work/all"
[ -s "$work/includes" ] || echo "no include was found at all" >"$work/none"
touch "$work/none"
ok "there is something to look at" "$work/none"
end
