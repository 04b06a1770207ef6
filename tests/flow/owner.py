#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two installations at one mailbox: the second one notices and takes nothing (invariant 10), until the operator says that the
first is gone."""
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import LIMITS, Lab  # noqa: E402
from daemon import Daemon  # noqa: E402
import tap  # noqa: E402


def subjects():
    return sorted(ticket["title"] for ticket in LAB.sandbox.tickets())


def first_files_its_mail():
    LAB.deliver(dict(subject="Sarah: first", text="x"))
    tap.check(LAB.daemon.once(None, ("--since", "2020-01-01")) == 0, LAB.daemon.log())
    tap.check(subjects() == ["first"], subjects())


def second_takes_nothing():
    LAB.deliver(dict(subject="Sarah: second", text="x"))
    tap.check(OTHER.once(None, ("--since", "2020-01-01")) != 0, "it did not notice")
    tap.check("another frontdesk (instance " in OTHER.log(), OTHER.log())
    tap.check(subjects() == ["first"], subjects())


def first_goes_on():
    tap.check(LAB.daemon.once() == 0, LAB.daemon.log())
    tap.check(subjects() == ["first", "second"], subjects())


def second_may_take_over():
    LAB.deliver(dict(subject="Sarah: third", text="x"))
    setting = re.search(r'former_instances = "[0-9a-f]{16}"', OTHER.log())
    tap.check(setting, OTHER.log())
    with open(OTHER.conf, encoding="utf-8") as conf:
        text = conf.read()
    with open(OTHER.conf, "w", encoding="utf-8") as conf:
        conf.write(text.replace('name = "desk";', 'name = "desk"; %s;' % setting.group(0)))
    tap.check(OTHER.once(None, ("--since", "2020-01-01")) == 0, OTHER.log())
    tap.check(subjects() == ["first", "second", "third"], subjects())


with Lab() as LAB:
    LAB.clean()
    OTHER = Daemon(LAB.host, LAB.sandbox, extra=LIMITS % ("", ""))
    try:
        tap.run([("one installation files its mail", first_files_its_mail), ("another one takes nothing", second_takes_nothing),
                 ("the first goes on", first_goes_on), ("the second may take over", second_may_take_over)])
    finally:
        OTHER.kill()
        OTHER.remove()
