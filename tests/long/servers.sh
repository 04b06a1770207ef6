#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every failure of mail servers with the settings that ship (about 15 minutes): the table of doc/failures.md.
export FRONTDESK_SRC="${FRONTDESK_SRC:-$(pwd)}"
export FRONTDESK_BUILD="${FRONTDESK_BUILD:-$FRONTDESK_SRC/build}"
export FRONTDESK_SERVERS="${FRONTDESK_SERVERS:-all}"
exec "${PYTHON:-python3}" "$FRONTDESK_SRC/tests/cli/servers.py" "$@"
