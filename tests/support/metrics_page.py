# SPDX-License-Identifier: GPL-2.0-or-later
"""The metrics of a frontdesk that runs, as it gives them to Prometheus."""
import http.client
import re

import markers
import tap

SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="[^"\\]*",?)*)\})? (-?[0-9.e+]+|\+Inf)')


def ask(port, path="/metrics", method="GET", body=None):
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    door.request(method, path, body)
    answer = door.getresponse()
    text = answer.read().decode()
    door.close()
    markers.check("the metrics", text)
    return answer.status, answer.getheader("Content-Type"), text


def numbers(port):
    """{name: {labels: number}}; every line is understood, every family has its help and kind."""
    status, kind, text = ask(port)
    tap.check(status == 200 and kind.startswith("text/plain; version=0.0.4"), "%d %s %s" % (status, kind, text))
    found, families = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            families[line.split()[2]] = line.split()[3]
        elif not line.startswith("# HELP "):
            sample = SAMPLE.fullmatch(line)
            tap.check(sample, "no sample: %r" % line)
            name, labels, n = sample.groups()
            found.setdefault(name, {})[labels or ""] = float(n)
    for name in found:
        family = re.sub("_(bucket|sum|count)$", "", name)
        tap.check(families.get(name) or families.get(family) == "histogram", "no TYPE for " + name)
    return found
