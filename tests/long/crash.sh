#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Killed at every passage of every crash point of every flow case. Prints TAP.
cd "$(dirname "$0")/../.." && exec env FRONTDESK_CRASH_STRIDE=1 python3 tests/crash/crash.py
