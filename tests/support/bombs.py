# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails that are built to cost a reader memory or time. Each is made anew, from a table; nothing of it is kept.

BOMBS: name -> (light, function, words, cut). The function gives pieces of bytes, which joined are header fields and body behind the usual
fields of a mail (From, To, Subject, Date, Message-ID). `light`: small and cheap enough for every run of the tests. `words`: which of
templates/en/words.txt its sender gets as the reason why it is not taken; "": it is taken. `cut`: words in
the letter or the ticket that tell what does not go along, "": nothing is cut, or nothing of what was said."""
import base64
import struct

STAFF = "dana.reed@northwind.example"
SERVER_ID = "mx.desk.example"
MAILBOX = "newticket@desk.example"
TYPE = "Content-Type: "
BASE64 = "Content-Transfer-Encoding: base64\r\n"
MIXED = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
HTML = TYPE + "text/html; charset=utf-8\r\n\r\n"
PLAIN = TYPE + "text/plain; charset=utf-8\r\n\r\n"
LINE = "some words of an ordinary text, seventy bytes with the end of the line\r\n"
ENTITIES = "".join("&%s;" % name for name in ("amp", "Eacute", "CounterClockwiseContourIntegral", "#65", "#x1F600", "nbsp", "no", "zwnj"))


def times(unit, n):
    """n units, in pieces of about a megabyte."""
    unit = unit.encode() if isinstance(unit, str) else unit
    piece = max(1, min(n, (1 << 20) // len(unit)))
    for _ in range(n // piece):
        yield unit * piece
    yield unit * (n % piece)


def chain(*pieces):
    """Texts, bytes and generators, one behind the other."""
    for piece in pieces:
        if isinstance(piece, (str, bytes)):
            yield piece.encode() if isinstance(piece, str) else piece
        else:
            yield from piece


def each(n, make):
    """make(0) .. make(n - 1), in pieces of 1000."""
    for start in range(0, n, 1000):
        yield "".join(make(i) for i in range(start, min(n, start + 1000))).encode()


def levels_of_multipart(n):
    top = "MIME-Version: 1.0\r\n" + TYPE + "multipart/mixed; boundary=b0\r\n\r\n"
    return chain(top, each(n - 1, lambda i: "--b%d\r\n%smultipart/mixed; boundary=b%d\r\n\r\n" % (i, TYPE, i + 1)))


def levels_and_lines(n, lines):
    """Every line that may be a boundary is compared with that of every level."""
    return chain(levels_of_multipart(n), "--b%d\r\n\r\n" % (n - 1), times("--\r\n", lines))


def prefixes(n, lines):
    """Boundaries that begin with each other: each is told from all the others only at its end."""
    name = lambda i: "x" * (i + 1)
    top = "MIME-Version: 1.0\r\n" + TYPE + "multipart/mixed; boundary=%s\r\n\r\n" % name(0)
    inner = each(n - 1, lambda i: "--%s\r\n%smultipart/mixed; boundary=%s\r\n\r\n" % (name(i), TYPE, name(i + 1)))
    return chain(top, inner, "--%s\r\n\r\n" % name(n - 1), times("--" + "x" * (n + 5) + "\r\n", lines))


def mail_in_mail(depth, copies):
    """Each mail holds `copies` copies of one that holds as many: what a packer does not pack, small bombs do not multiply. The bytes
    grow as its parts do, so that all of it is in the mail."""
    inside = "Subject: innermost\r\n\r\nSome words.\r\n"
    for level in range(depth):
        parts = "".join("--n%d\r\n%smessage/rfc822\r\n\r\n%s\r\n" % (level, TYPE, inside) for _ in range(copies))
        inside = "Subject: level %d\r\nMIME-Version: 1.0\r\n%smultipart/mixed; boundary=n%d\r\n\r\n%s--n%d--\r\n" % (level, TYPE, level, parts, level)
    return chain(inside.split("\r\n", 1)[1])


def encoded_mails(depth, size):
    """A mail in base64 in a mail in base64 ..."""
    inside = b"Subject: innermost\r\n\r\n" + b"words " * (size // 6)
    for _ in range(depth):
        inside = (MIXED + "--b\r\n" + TYPE + "message/rfc822\r\nContent-Disposition: attachment; filename=m.eml\r\n" + BASE64 +
                  "\r\n").encode() + base64.encodebytes(inside).replace(b"\n", b"\r\n") + b"\r\n--b--\r\n"
    return chain(inside)


def tnef(lengths):
    """winmail.dat whose attributes say that they are longer, and of a length that is no length."""
    data = struct.pack("<IH", 0x223e9f78, 1)
    for attribute, said, held in lengths:
        data += struct.pack("<BII", 2, attribute, said) + b"\0" * held + struct.pack("<H", 0)
    return data


def lying_tnef():
    rend, title, file, props = 0x69002, 0x18010, 0x6800f, 0x69005
    files = [(rend, 14, 14), (title, 5, 5), (file, 100, 100)] * 3000
    lie = tnef(files + [(rend, 14, 14), (file, 0xffffffff, 10)])
    nested = tnef([(props, 4000, 4000)] * 500 + [(0x69003, 0x7fffffff, 100)])
    return chain(MIXED, *("--b\r\n%sapplication/ms-tnef; name=winmail.dat\r\n%s\r\n%s\r\n" % (
        TYPE, BASE64, base64.encodebytes(t).decode().replace("\n", "\r\n")) for t in (lie, nested, lie)), "--b--\r\n")


def tnef_properties():
    """One list of properties that says it has four thousand million, each without a value."""
    many = struct.pack("<I", 0xffffffff) + struct.pack("<HHI", 0x1e, 0x3707, 0) * 120000
    data = struct.pack("<IH", 0x223e9f78, 1) + struct.pack("<BII", 1, 0x69003, len(many)) + many + b"\0\0"
    return chain(MIXED, "--b\r\n%sapplication/ms-tnef; name=winmail.dat\r\n%s\r\n" % (TYPE, BASE64),
                 base64.encodebytes(data).replace(b"\n", b"\r\n"), "--b--\r\n")


def base64_of(size, name):
    line = base64.b64encode(b"\x00\xffbytes of a file that is not a text, and long one"[:57].ljust(57)).decode() + "\r\n"
    return chain(MIXED, "--b\r\n", PLAIN, "Sarah: look at this\r\n--b\r\n%sapplication/octet-stream; name=%s\r\n%s\r\n" % (TYPE, name, BASE64),
                 times(line, size // 57), "--b--\r\n")


def attachments(n):
    one = lambda i: "--b\r\n%sapplication/octet-stream; name=f%d.bin\r\n\r\n%d\r\n" % (TYPE, i, i)
    return chain(MIXED, "--b\r\n", PLAIN, "Sarah: look at these\r\n", each(n, one), "--b--\r\n")


def errors_almost(size):
    """Words with which known errors begin, which then go on otherwise."""
    lines = ("Error: Object Not Found : Something you're trying to use has been made in", "QuickBooks error 6240: Duplicate Name Exists Err",
             "Business Validation Error: the account period has clos", "QBXML Error Parsing String 3100 3140 3170 There is an invalid refer",
             "Sync failed: invoice 10233 customer \"A B C D\" could not be", "Required param missing, need to supply the required value for the A P I")
    text = "".join("%s %d\r\n" % (line, i) for i, line in enumerate(lines * 40))
    return chain(MIXED, "--b\r\n", PLAIN, "the quickbooks sync of autotask invoices says:\r\n",
                 *("--b\r\n%stext/plain; name=sync%d.log\r\n\r\n%s" % (TYPE, k, text * (size // 8 // len(text))) for k in range(8)), "--b--\r\n")


def inner_headers(n):
    return chain(MIXED, "--b\r\n", each(n, lambda i: "X-%d: y\r\n" % i), "\r\nx\r\n--b--\r\n")


def one_inner_header(n):
    return chain(MIXED, "--b\r\nX-Long: ", times("0123456789abcde\r\n ", n // 18), "\r\n\r\nx\r\n--b--\r\n")


BOMBS = {
    "100 MB of text": (False, lambda: chain(PLAIN, times(LINE, 100 * (1 << 20) // len(LINE))), "mail-too-large", ""),
    "34 MB of text": (False, lambda: chain(PLAIN, times(LINE, 34 * (1 << 20) // len(LINE))), "", "ticket-cut"),
    "100,000 parts": (True, lambda: chain(MIXED, times("--b\r\n\r\nx\r\n", 100000), "--b--\r\n"), "mail-parts", ""),
    "3,000,000 parts": (False, lambda: chain(MIXED, times("--b\r\n\r\nx\r\n", 3000000), "--b--\r\n"), "mail-parts", ""),
    "1,000 levels of multipart": (True, lambda: levels_of_multipart(1000), "mail-parts", ""),
    "1,000 levels of message/rfc822": (True, lambda: chain(TYPE + "message/rfc822\r\n\r\n", times(TYPE + "message/rfc822\r\n\r\n", 1000), "\r\nx\r\n"), "mail-parts", ""),
    "1,000 levels, 8,000,000 lines like boundaries": (False, lambda: levels_and_lines(1000, 8000000), "mail-inside", ""),
    "18 levels, 8,000,000 lines like boundaries": (False, lambda: levels_and_lines(18, 8000000), "", ""),
    "1,000 boundaries that begin with each other": (False, lambda: prefixes(1000, 20000), "mail-parts", ""),
    "18 boundaries that begin with each other": (True, lambda: prefixes(18, 20000), "", ""),
    "1 MB header line": (True, lambda: chain("X-Long: ", times("0123456789", 100000), "\r\n", PLAIN, "Sarah: words\r\n"), "mail-header", ""),
    "5 MB header line": (False, lambda: chain("X-Long: ", times("0123456789", 500000), "\r\n", PLAIN, "Sarah: words\r\n"), "mail-header", ""),
    "a mail of 40 MB with a header of 5 MB": (True, lambda: chain("X-Long: ", times("0123456789", 500000), "\r\n", PLAIN, times(LINE, 500000)), "mail-too-large", ""),
    "100 MB of header": (False, lambda: chain("X-Long: ", times("0123456789", 10 << 20), "\r\n"), "mail-too-large", ""),
    "100,000 header fields": (True, lambda: chain(each(100000, lambda i: "X-%d: y\r\n" % i), PLAIN, "Sarah: words\r\n"), "mail-header", ""),
    "100,000 header fields inside": (True, lambda: inner_headers(100000), "mail-inside", ""),
    "2,000,000 header fields inside": (False, lambda: inner_headers(2000000), "mail-inside", ""),
    "34 MB header field inside": (False, lambda: one_inner_header(34 * (1 << 20)), "mail-inside", ""),
    "34 MB before the first part": (False, lambda: chain(MIXED, times(LINE, 34 * (1 << 20) // len(LINE)), "--b\r\n\r\nx\r\n--b--\r\n"), "mail-inside", ""),
    "1 MB of parameters inside": (True, lambda: chain(MIXED, "--b\r\nContent-Type: text/plain", each(60000, lambda i: "; a%d=b" % i), "\r\n\r\nx\r\n--b--\r\n"), "mail-inside", ""),
    "10 MB of parameters inside": (False, lambda: chain(MIXED, "--b\r\nContent-Type: text/plain", each(1000000, lambda i: "; a%d=b" % i), "\r\n\r\nx\r\n--b--\r\n"), "mail-inside", ""),
    "5 MB of <": (True, lambda: chain(HTML, times("<", 5 << 20)), "", "ticket-cut"),
    "1,000,000 nested div": (False, lambda: chain(HTML, times("<div>", 1000000)), "", ""),
    "1,000,000 nested blockquote": (False, lambda: chain(HTML, times("<blockquote>x", 1000000)), "", "ticket-cut"),
    "34 MB of tags that do not end": (False, lambda: chain(HTML, times("<a b='", 5700000)), "", ""),
    "10,000 open comments": (False, lambda: chain(HTML, times("<!-- <script> <p>x", 10000)), "", ""),
    "5 MB of entities": (True, lambda: chain(HTML, times(ENTITIES, (5 << 20) // len(ENTITIES))), "", "ticket-cut"),
    "base64 of 24 MB": (False, lambda: base64_of(24 << 20, "file.bin"), "", "file-too-large"),
    "base64 of 50 MB": (False, lambda: base64_of(50 << 20, "file.bin"), "mail-too-large", ""),
    "mails in mails: 4 deep, 3 of each": (True, lambda: mail_in_mail(4, 3), "mail-parts", ""),
    "mails in mails: 6 deep, 6 of each": (False, lambda: mail_in_mail(6, 6), "mail-parts", ""),
    "mails in base64, 10 deep": (True, lambda: encoded_mails(10, 100000), "", ""),
    "winmail.dat with lying lengths": (True, lying_tnef, "", ""),
    "winmail.dat with 4,000,000,000 properties": (True, tnef_properties, "", ""),
    "10,000 recipients": (True, lambda: chain("Cc: ", each(10000, lambda i: "p%d@northwind.example,\r\n " % i), "z@northwind.example\r\n", PLAIN, "Sarah: words\r\n"), "mail-header", ""),
    "100 recipients in each of 100 fields": (False, lambda: chain(each(100, lambda k: "Cc: " + ", ".join("p%d@n.example" % i for i in range(100)) + "\r\n"),
                                                               PLAIN, "Sarah: words\r\n"), "", ""),
    "450 recipients with names": (False, lambda: chain("Cc: ", each(450, lambda i: "P %d <p%d@northwind.example>,\r\n " % (i, i)), "z@northwind.example\r\n",
                                                       PLAIN, "Sarah: words\r\n"), "", ""),
    "900 recipients in one field": (True, lambda: chain("Cc: ", each(900, lambda i: "Person %d <person%d@northwind.example>,\r\n " % (i, i)), "z@northwind.example\r\n",
                                                      PLAIN, "Sarah: words\r\n"), "mail-addresses", ""),
    "10,000 attachments": (True, lambda: attachments(10000), "mail-parts", ""),
    "150 attachments": (True, lambda: attachments(150), "", "file-too-many"),
    "20 MB in one line without an end": (False, lambda: chain(PLAIN, times("0123456789", 2000000)), "", "ticket-cut"),
    "1 MB of encoded words in one field": (False, lambda: chain("X-Words: ", times("=?utf-8?q?=41=42?= ", 55000), "\r\n", PLAIN, "x\r\n"), "mail-header", ""),
    "30 KB of encoded words in the subject": (True, lambda: chain(PLAIN, "x\r\n"), "", ""),
    "10,000 continuations of a file name": (True, lambda: chain(MIXED, "--b\r\nContent-Type: application/octet-stream;\r\n", each(
        10000, lambda i: " name*%d*=%%41%%42;\r\n" % (9999 - i)), " x=y\r\n\r\nx\r\n--b--\r\n"), "mail-inside", ""),
    "1 MB of references": (True, lambda: chain("References: ", each(30000, lambda i: "<%d.a@client.test>\r\n " % i), "<x@y.example>\r\n", PLAIN, "Sarah: words\r\n"), "mail-header", ""),
    "30 KB of references": (False, lambda: chain("References: ", each(1000, lambda i: "<%d.a@client.test>\r\n " % i), "<x@y.example>\r\n", PLAIN, "Sarah: words\r\n"), "", ""),
    "5 MB of UTF-7": (True, lambda: chain(TYPE + "text/plain; charset=utf-7\r\n\r\n", times("+2D3YPQ- +AGEAYgBj-", 260000)), "", "ticket-cut"),
    "5 MB of ISO-2022-JP": (True, lambda: chain(TYPE + "text/plain; charset=iso-2022-jp\r\n\r\n", times(b"\x1b$B0!0!\x1b(Ba", 450000)), "", "ticket-cut"),
    "5 MB of GB18030": (False, lambda: chain(TYPE + "text/plain; charset=gb18030\r\n\r\n", times(b"\x81\x30\x81\x30\x90\x30\x81\x30", 650000)), "", "ticket-cut"),
    "1,000,000 quoted lines": (True, lambda: chain(PLAIN, times("> x\r\n", 1000000)), "", "ticket-cut"),
    "1,000,000 lines of > alone, flowed": (False, lambda: chain(TYPE + "text/plain; format=flowed\r\n\r\n", times(">>>>>>>>> \r\n", 1000000)), "", "ticket-cut"),
    "1 MB of names almost right": (True, lambda: chain(PLAIN, each(50000, lambda i: "%s %s: please\r\n" % (
        ("Sara", "Sahra", "Mik", "Mika", "Sarah Klei", "Mike Che", "Dana Red", "Saarah")[i % 8], ("Kleni", "Chenn", "Klain", "Rede")[i % 4]))), "", "ticket-cut"),
    "5 MB of errors almost right": (True, lambda: errors_almost(5 << 20), "", ""),
    "1 MB of almost due dates": (False, lambda: chain(PLAIN, "Sarah: words\r\ndue ", each(60000, lambda i: "by next monda %d " % i), "\r\n"), "", "ticket-cut"),
}


def write(name, path, subject="Sarah: a bomb", sender=STAFF, proof=True):
    """The mail as it lies in the mailbox: stamped by the mailbox's server. Returns its size."""
    top = "Authentication-Results: %s; auth=pass smtp.auth=%s\r\n" % (SERVER_ID, sender) if proof else ""
    number = list(BOMBS).index(name)
    subject += "\r\n =?utf-8?q?=41=42?=" * 1400 if name.endswith("in the subject") else ""
    top += "Received: from client.test by %s with ESMTPSA; Tue, 24 Nov 2026 16:00:00 +0000\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\n" % (
        SERVER_ID, sender, MAILBOX, subject)
    top += "Date: Tue, 24 Nov 2026 16:00:00 +0000\r\nMessage-ID: <bomb.%d.%d@client.test>\r\n" % (number, proof)
    size = 0
    with open(path, "wb") as out:
        for piece in chain(top, BOMBS[name][1]()):
            size += out.write(piece)
    return size
