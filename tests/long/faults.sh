#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every fault at every call of the ticket flow, the dialogue and the start. Prints TAP.
cd "$(dirname "$0")/../.." && FRONTDESK_FAULTS_STRIDE=1 exec "${PYTHON:-python3}" tests/flow/faults.py
