#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What of a letter's looks can be measured: every template with every sample. Language, headings, table headers, nothing from outside,
nothing that Outlook's Word engine or a mail program without style sheets cannot do, contrast of each text in light and dark, and a text
part that stands alone."""
import html.parser
import os
import re
import shutil
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk  # noqa: E402
from daemon import SETTINGS  # noqa: E402
from sandbox import ROOT  # noqa: E402
import tap  # noqa: E402

WORK = tempfile.mkdtemp(prefix="frontdesk-letters-")
CONF = os.path.join(WORK, "frontdesk.conf")
EMPTY = {"meta", "br", "hr", "img", "link", "input", "base", "col"}  # elements without an end
LEAST = 4.5  # WCAG 2 AA, for text of any size
WIDEST = 100  # columns of a line of text that was not cut off by the sender's own words
ALLOWED_STYLES = {"margin", "padding", "background", "color", "border", "border-top", "border-bottom", "border-radius", "border-left", "border-color", "font-family", "font-size",
                  "font-weight", "font-style", "line-height", "text-align", "text-decoration", "vertical-align", "width", "min-width", "max-width", "height", "display", "word-break",
                  "overflow-wrap", "white-space", "color-scheme", "supported-color-schemes", "mso-padding-alt", "letter-spacing", "padding-left", "margin-top", "list-style"}


class Node:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children, self.text = [], ""
        self.classes = (self.attributes.get("class") or "").split()
        self.style = declarations(self.attributes.get("style") or "")

    def all(self):
        yield self
        for child in self.children:
            yield from child.all()

    def up(self):
        node = self
        while node:
            yield node
            node = node.parent

    def whole_text(self):
        return "".join(node.text for node in self.all())


class Page(html.parser.HTMLParser):
    """The tree of elements; an end that does not fit is an error."""

    def __init__(self, text):
        super().__init__()
        self.root = self.at = Node("", {}, None)
        self.faults = []
        self.feed(text)
        self.close()
        if self.at is not self.root:
            self.faults.append("<%s> is not closed" % self.at.tag)

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs, self.at)
        self.at.children.append(node)
        if tag not in EMPTY:
            self.at = node

    def handle_endtag(self, tag):
        if tag != self.at.tag:
            self.faults.append("</%s> closes <%s>" % (tag, self.at.tag))
        else:
            self.at = self.at.parent

    def handle_data(self, data):
        self.at.text += data


def declarations(text):
    return {name.strip(): value.strip() for name, _, value in (part.partition(":") for part in text.split(";")) if name.strip()}


def dark_rules(page):
    """(selector as a list of simple ones, declarations) of the style sheet for dark programs."""
    sheet = "".join(node.text for node in page.root.all() if node.tag == "style")
    inside = re.search(r"@media \(prefers-color-scheme:dark\)\{((?:[^{}]*\{[^{}]*\})*)", sheet).group(1)
    return [(selector.split(), declarations(body)) for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", inside) for selector in selectors.strip().split(",")]


def fits_one(simple, node):
    tag, *classes = simple.split(".")
    return (not tag or tag == node.tag) and all(c in node.classes for c in classes)


def fits(selector, node):
    if not fits_one(selector[-1], node):
        return False
    return len(selector) == 1 or any(fits(selector[:-1], around) for around in node.up() if around is not node)


def dark_value(rules, node, name):
    """Of the most specific rule, the last one of those; None: no rule."""
    found = [((sum(s.count(".") for s in selector), sum(bool(s.split(".")[0]) for s in selector), n), body[name])
             for n, (selector, body) in enumerate(rules) if name in body and fits(selector, node)]
    return max(found)[1].replace("!important", "").strip() if found else None


def colour(text):
    match = re.fullmatch(r"#([0-9a-f]{6})", text)
    tap.check(match, "a colour that is no #rrggbb: %r" % text)
    return tuple(int(match.group(1)[i:i + 2], 16) / 255 for i in (0, 2, 4))


def luminance(rgb):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(colour(a)), luminance(colour(b))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def shown(node, name, rules):
    """The colour that counts for a node's text or ground."""
    for around in node.up():
        value = dark_value(rules, around, name) or around.style.get(name)
        if value:
            return value
    return None


def letters():
    """(template, case, text part, page)."""
    for row in expect(0, frontdesk("render", "--samples", "-c", CONF)).out.splitlines():
        name, *cases = row.split()
        for case in cases:
            expect(0, frontdesk("render", name, "--sample", case, "--output", WORK, "-c", CONF))
            read = []
            for ending in ("txt", "html"):
                with open(os.path.join(WORK, "%s.%s" % (name, ending)), encoding="utf-8") as part:
                    read.append(part.read())
            yield name, case, read[0].split("\n\n", 1)[1], read[1]


def each(check):
    def test():
        faults, n = [], 0
        for name, case, text, source in LETTERS:
            page = Page(source)
            faults += ["%s (%s): %s" % (name, case, fault) for fault in check(text, source, page)]
            n += 1
        tap.check(n >= 40 and not faults, "%d letters\n%s" % (n, "\n".join(faults[:30])))
    return test


def structure(_, source, page):
    yield from page.faults
    nodes = list(page.root.all())
    html_node = next(node for node in nodes if node.tag == "html")
    if html_node.attributes.get("lang") != "en":
        yield "no language"
    if not source.startswith("<!DOCTYPE html>"):
        yield "no doctype"
    for table in (node for node in nodes if node.tag == "table"):
        own = [node for node in table.all() if node.tag == "th" and next(a for a in node.up() if a.tag == "table") is table]
        if bool(own) == (table.attributes.get("role") == "presentation"):
            yield "a table is either for layout (role) or has headers: %r" % table.whole_text().strip()[:60]
        for th in own:
            if th.attributes.get("scope") not in ("row", "col") or not th.whole_text().strip():
                yield "a header without scope or words: %r" % th.whole_text()
    if not any(node.tag in ("h1", "h2") for node in nodes):
        if "T20261124" not in source:
            yield "no heading"
    for node in nodes:
        if node.tag == "img" and not node.attributes.get("alt"):
            yield "a picture without words"
        if node.tag == "a" and not node.whole_text().strip():
            yield "a link without words"


def nothing_from_outside(_, source, page):
    for node in page.root.all():
        if node.tag in ("script", "link", "iframe", "object", "embed", "form", "input", "base", "svg", "video", "audio"):
            yield "<%s>" % node.tag
        for name, value in node.attributes.items():
            if name in ("src", "background", "srcset", "poster") or name.startswith("on"):
                yield "%s=%r" % (name, value)
            if name == "href" and not re.match(r"(https|mailto):", value or ""):
                yield "href=%r" % value
    if re.search(r"url\(|@import|@font-face|expression\(", source):
        yield "a style that fetches"


def simple_styles(_, source, page):
    """What Word and old programs know: styles inline, boxes as tables, the width told to Word besides."""
    for node in page.root.all():
        for name, value in node.style.items():
            if name not in ALLOWED_STYLES or re.search(r"flex|grid|calc|var\(|rgba|rem\b|vw\b", value):
                yield "style %s:%s" % (name, value)
        if node.tag == "a" and "display" in node.style and not (node.parent.tag == "td" and node.parent.attributes.get("bgcolor") == node.style.get("background")):
            yield "a button that Word shows as bare words"
        if node.tag == "p" and "margin" not in node.style:
            yield "a paragraph with the program's own margins: %r" % node.whole_text()[:40]
    if source.count("<!--[if mso]>") != 3 or source.count("<![endif]-->") != 3:
        yield "Word is not told the width"


def contrast_of(dark):
    def check(_, __, page):
        rules = dark_rules(page) if dark else []
        for node in page.root.all():
            if not node.text.strip() or any(a.tag in ("head", "style", "title") for a in node.up()):
                continue
            ink, ground = shown(node, "color", rules), shown(node, "background", rules)
            ratio = contrast(ink, ground)
            if ratio < LEAST:
                yield "%.2f: %s on %s: %r" % (ratio, ink, ground, node.text.strip()[:50])
    return check


def text_stands_alone(text, _, page):
    if re.search(r"\{\{|\}\}|</?[a-z]+>|&[a-z]+;", text.replace("<west>", "").replace("<Bob>", "").replace("<1>", "").replace("<north>", "")):
        yield "tags in the text"
    words = re.sub(r"\s+", " ", text).lower()
    for node in page.root.all():
        if node.tag == "a" and node.attributes["href"] not in text:
            yield "a link that the text lacks: %s" % node.attributes["href"]
        if node.tag in ("th",) and re.sub(r"\s+", " ", node.whole_text()).strip().lower() not in words:
            yield "a row that the text lacks: %s" % node.whole_text()
    if not text.endswith("\n") or "\n\n\n\n" in text or re.search(r"[ \t]+$", text.replace("-- \n", "").replace("  | \n", ""), re.M):
        yield "blanks at the end of lines, or many empty lines"
    long = [line for line in text.splitlines() if len(line) > WIDEST and "http" not in line]
    if long and not any(" " in line.strip()[:WIDEST] for line in long):
        yield "a line of %d columns" % len(long[0])


def sees_faults():
    """The checks find what they are for."""
    good = LETTERS[0][3]
    for check, old, new in [(structure, 'lang="en"', ""), (structure, 'scope="row"', ""), (structure, "</table>", ""), (nothing_from_outside, "<p ", '<p background="https://x/y.png" '),
                            (nothing_from_outside, "</body>", '<img alt="x" src="https://x/y.png"></body>'), (simple_styles, 'style="padding:24px', 'style="display:flex;padding:24px'),
                            (simple_styles, "<!--[if mso]>", ""), (contrast_of(False), "color:#647180", "color:#8a97a6"), (contrast_of(True), ".soft,.ink .soft{color:#a3afbb",
                                                                                                                        ".soft,.ink .soft{color:#5c6875")]:
        bad = good.replace(old, new, 1) if check is not contrast_of else good.replace(old, new)
        tap.check(bad != good and list(check("x\n", bad, Page(bad))), "%r is not seen" % new)
    tap.check(list(text_stands_alone("x <b>y</b>\n", good, Page(good))), "tags in the text are not seen")


if __name__ == "__main__":
    try:
        with open(CONF, "w", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(autotask="", ticket="", firm="", mailbox="newticket@desk.example", trust="server:mx.desk.example", dir=WORK, ca=WORK + "/ca.pem", imaps=9,
                                           submission=9, url="http://127.0.0.1:9/", templates=os.path.join(ROOT, "templates"), extra=""))
        LETTERS = sorted(letters(), key=lambda letter: letter[0] != "created")
        tap.run([("structure, language, headers", each(structure)), ("nothing from outside", each(nothing_from_outside)), ("styles that every program knows", each(simple_styles)),
                 ("contrast in light", each(contrast_of(False))), ("contrast in dark", each(contrast_of(True))), ("the text stands alone", each(text_stands_alone)),
                 ("the checks see faults", sees_faults)])
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
