#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The running program under mixed mail and faults for FRONTDESK_SOAK_MINUTES (10): soak.py says what must hold.
export FRONTDESK_SRC="${FRONTDESK_SRC:-$(pwd)}"
export FRONTDESK_BUILD="${FRONTDESK_BUILD:-$FRONTDESK_SRC/build}"
exec "${PYTHON:-python3}" "$FRONTDESK_SRC/tests/long/soak.py"
