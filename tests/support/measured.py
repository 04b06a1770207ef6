# SPDX-License-Identifier: GPL-2.0-or-later
"""Where and when something was measured, for the tables of doc/."""
import datetime
import os
import platform
import re


def here():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = re.search(r"model name\s*: (.*)", info.read())
    return "on %s (%s, %d processors, %s; load %.0f, of other work for the most part)" % (
        datetime.date.today(), model.group(1) if model else platform.machine(), os.cpu_count(),
        platform.freedesktop_os_release()["PRETTY_NAME"], os.getloadavg()[2])
