#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every fault at every call of the ticket flow, the dialogue and the start, and at every call of a check by mail. Prints TAP, twice.
cd "$(dirname "$0")/../.." && export FRONTDESK_FAULTS_STRIDE=1 && "${PYTHON:-python3}" tests/flow/faults.py &&
    exec "${PYTHON:-python3}" tests/flow/report_faults.py
