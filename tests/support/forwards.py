# SPDX-License-Identifier: GPL-2.0-or-later
"""How an error reaches a colleague: the mail of the sync inside another mail, in each mail program's way.

    raw = forwarded("gmail", error="Object Not Found ...", own="Please look", subject="Fwd: Sync")

WRAPPINGS is a row a way; each makes a whole mail (bytes) that a MailHost can deliver. What the sender writes, the error and the subject are
the caller's. mailers.py has the forms of the programs."""
import base64
import email.message
import email.policy
import email.utils
import html as _html
import struct
import textwrap

from mailers import PROGRAMS, written
from mailhost import MAILBOX

SYNC = "Autotask <no-reply@autotask.example>"


def _new(sender, subject):
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, MAILBOX, subject
    mail["Date"], mail["Message-ID"] = email.utils.formatdate(localtime=True), email.utils.make_msgid(domain="northwind.example")
    return mail


def sync_mail(error, subject, as_html=False):
    """The mail that the sync sent."""
    mail = _new(SYNC, subject)
    if as_html:
        mail.set_content("<html><body><p>%s</p></body></html>" % _html.escape(error).replace("\n", "<br>\n"), subtype="html")
    else:
        mail.set_content(error + "\n")
    return mail


def _inline(program, language="en", as_html=False):
    def make(sender, subject, own, error, about):
        mail = _new(sender, subject)
        letter = (error + "\n", "<html><body><p>%s</p></body></html>" % _html.escape(error).replace("\n", "<br>\n"))
        text, rich = written(PROGRAMS[program], language, own, letter, about)
        if as_html or not text:
            mail.set_content(rich, subtype="html")
        else:
            mail.set_content(text)
            if rich:
                mail.add_alternative(rich, subtype="html")
        return mail
    return make


def _plain(change=lambda text: text, **how):
    def make(sender, subject, own, error, about):
        mail = _new(sender, subject)
        mail.set_content(own + "\n\n" + change(error) + "\n", **how)
        return mail
    return make


def _attached(wrap):
    def make(sender, subject, own, error, about):
        mail = _new(sender, subject)
        mail.set_content(own + "\n")
        wrap(mail, error, about)
        return mail
    return make


def _rfc822(depth):
    def wrap(mail, error, about):
        inner = sync_mail(error, about)
        for level in range(depth - 1):
            outer = _new("boss@northwind.example", "Fwd: level %d" % level)
            outer.set_content("look\n")
            outer.add_attachment(inner)
            inner = outer
        mail.add_attachment(inner)
    return wrap


def _file(name, data, kind=("application", "octet-stream")):
    def wrap(mail, error, about):
        mail.add_attachment(data(error, about), maintype=kind[0], subtype=kind[1], filename=name)
    return wrap


def _table(sender, subject, own, error, _):
    mail = _new(sender, subject)
    cells = "".join("<tr><td>%s</td><td>%s</td></tr>" % (n, _html.escape(line)) for n, line in enumerate(error.split("\n")))
    mail.set_content("<html><body><p>%s</p><table border=1><tr><th>No</th><th>Message</th></tr>%s</table></body></html>" % (own, cells), subtype="html")
    return mail


# --- winmail.dat (MS-OXTNEF) ---

def _attribute(level, key, data):
    return struct.pack("<BII", level, key, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)


def _tnef(*properties, files=b""):
    lists = struct.pack("<I", len(properties)) + b"".join(
        struct.pack("<HHII", kind, key, 1, len(data)) + data + b"\0" * (-len(data) % 4) for kind, key, data in properties)
    return struct.pack("<IH", 0x223e9f78, 1) + _attribute(1, 0x00069007, struct.pack("<II", 1252, 0)) + _attribute(1, 0x00069003, lists) + files


def _winmail_text(error, about):
    return _tnef((0x1f, 0x37, (about + "\0").encode("utf-16le")), (0x1f, 0x1000, (error + "\0").encode("utf-16le")))


def _winmail_file(error, _):
    return _tnef(files=_attribute(2, 0x00069002, b"\1\0" + b"\0" * 12) + _attribute(2, 0x00018010, b"error.txt\0") +
                 _attribute(2, 0x0006800f, error.encode("cp1252")))


def _typographic(text):
    return text.replace("'", "’").replace('"', "“", 1).replace('"', "”").replace(" ", "\u00a0", 6)


WRAPPINGS = {
    "outlook": _inline("outlook"),
    "outlook-html": _inline("outlook-html"),
    "outlook-plain": _inline("outlook-plain"),
    "outlook-web": _inline("outlook-web"),
    "outlook-mobile": _inline("outlook-mobile"),
    "outlook-mac": _inline("outlook-mac"),
    "gmail": _inline("gmail-forward"),
    "gmail-html": _inline("gmail", as_html=True),
    "apple-mail": _inline("apple-forward"),
    "apple-html": _inline("apple-mail", as_html=True),
    "iphone": _inline("iphone"),
    "thunderbird": _inline("thunderbird-forward", "de"),
    "yahoo": _inline("yahoo"),
    "samsung": _inline("samsung", "es"),
    "lotus": _inline("lotus"),
    "zimbra": _inline("zimbra"),
    "proton": _inline("proton"),
    "em-client": _inline("em-client", "fr"),
    "german": _inline("outlook", "de"),
    "french": _inline("outlook-web", "fr"),
    "spanish": _inline("outlook", "es"),
    "italian": _inline("outlook-mac", "it"),
    "dutch": _inline("outlook", "nl"),
    "polish": _inline("outlook", "pl"),
    "swedish": _inline("outlook-web", "sv"),
    "russian": _inline("outlook", "ru"),
    "japanese": _inline("outlook", "ja"),
    "pasted": _plain(),
    "wrapped": _plain(lambda text: textwrap.fill(text, 34)),
    "quoted": _plain(lambda text: "".join("> %s\n" % line for line in textwrap.wrap(text, 60))),
    "twice-quoted": _plain(lambda text: "".join("> > %s\n" % line for line in textwrap.wrap(text, 50))),
    "typographic": _plain(_typographic),
    "base64": _plain(cte="base64"),
    "quoted-printable": _plain(cte="quoted-printable"),
    "latin1": _plain(charset="iso-8859-1", cte="quoted-printable"),
    "table": _table,
    "rfc822": _attached(_rfc822(1)),
    "rfc822-twice": _attached(_rfc822(2)),
    "rfc822-five": _attached(_rfc822(5)),
    "eml": _attached(_file("sync error.eml", lambda error, about: sync_mail(error, about).as_bytes())),
    "eml-html": _attached(_file("sync.eml", lambda error, about: sync_mail(error, about, as_html=True).as_bytes())),
    "log": _attached(_file("QWCLog.log", lambda error, _: ("20261124.16:00:01\t: started\r\n" * 50 + error + "\r\n").encode())),
    "log-utf16": _attached(_file("sync.txt", lambda error, _: error.encode("utf-16"), ("text", "plain"))),
    "winmail-text": _attached(_file("winmail.dat", _winmail_text, ("application", "ms-tnef"))),
    "winmail-file": _attached(_file("winmail.dat", _winmail_file)),
}


def forwarded(way, error, sender, own="Please have a look.", subject="FW: QuickBooks sync error", about="QuickBooks sync error"):
    """`about`: the subject of the mail that is forwarded."""
    mail = WRAPPINGS[way](sender, subject, own, error, about)
    return mail.as_bytes(policy=email.policy.SMTP)
