#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An hour with bad mail servers in FRONTDESK_SOAK_MINUTES (5): servers_soak.py says what must hold.
export FRONTDESK_SRC="${FRONTDESK_SRC:-$(pwd)}"
export FRONTDESK_BUILD="${FRONTDESK_BUILD:-$FRONTDESK_SRC/build}"
exec "${PYTHON:-python3}" "$FRONTDESK_SRC/tests/long/servers_soak.py"
