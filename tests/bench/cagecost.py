#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the reader's cage costs: the backlog of throughput.py with it, and with the reader inside the process
(tests/bench/uncaged.c), in turn. cagecost.py [ROUNDS] [MAILS]; FRONTDESK_BUILD names the build folder."""
import os
import shutil
import statistics
import sys
import tempfile

import throughput


def one(program, mails):
    folder = tempfile.mkdtemp(prefix="frontdesk-bench-", dir=os.environ.get("FRONTDESK_BENCH_DIR"))
    try:
        took, cpu, _, _ = throughput.backlog(os.path.join(throughput.BUILD, program), mails, folder)
        return mails / took, cpu * 1000 / mails
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    rounds, mails = (int(a) for a in (sys.argv[1:3] + ["5", "4000"][len(sys.argv[1:3]):]))
    throughput.build_peers()
    speed, cpu = [], []
    for number in range(rounds):
        order = ["frontdesk", "tests/bench/uncaged"]
        got = {p: one(p, mails) for p in (order if number % 2 else order[::-1])}
        caged, bare = got[order[0]], got[order[1]]
        speed.append(caged[0] / bare[0])
        cpu.append(caged[1] / bare[1])
        print("round %d: with the cage %.0f mails/s, %.3f CPU s a 1,000; without %.0f, %.3f" % (number + 1, *caged, *bare), flush=True)
    print("median: throughput with / without %.3f; CPU with / without %.3f" % (statistics.median(speed), statistics.median(cpu)))


if __name__ == "__main__":
    main()
