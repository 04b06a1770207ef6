#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every mail that is built to cost memory or time, the large ones too. Prints TAP, and what each cost.
cd "$(dirname "$0")/../.." && exec "${PYTHON:-python3}" tests/cli/bombs.py all
