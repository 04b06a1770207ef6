#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Killed behind every effect of every flow case. Prints TAP. FRONTDESK_CRASH_STRIDE=1: at every passage of every crash point, for hours.
cd "$(dirname "$0")/../.." && FRONTDESK_CRASH_STRIDE="${FRONTDESK_CRASH_STRIDE:-states}" exec "${PYTHON:-python3}" tests/crash/crash.py
