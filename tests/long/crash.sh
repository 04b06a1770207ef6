#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Killed at every passage of every crash point of every flow case. Prints TAP.
cd "$(dirname "$0")/../.." && FRONTDESK_CRASH_STRIDE=1 exec "${PYTHON:-python3}" tests/crash/crash.py
