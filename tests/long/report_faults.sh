#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every fault at every QuickBooks call of a check by mail, and QuickBooks that hangs. Prints TAP.
cd "$(dirname "$0")/../.." && FRONTDESK_FAULTS_STRIDE=1 exec "${PYTHON:-python3}" tests/flow/report_faults.py
