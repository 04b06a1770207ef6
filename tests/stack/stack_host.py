#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The test mail host itself: what the other tests rely on must be true of it."""
import base64
import os
import smtplib
import socket
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from mailhost import MAILBOX, MailHost, make_mail  # noqa: E402

SARAH = "sarah@northwind.example"
HOST = MailHost()


def stamped(subject):
    raw = HOST.wait_for_mail(MAILBOX, lambda raw: subject.encode() in raw)
    return raw.replace(b"\r\n ", b" ").split(b"\r\n\r\n")[0].decode()


def submission():
    HOST.submit(SARAH, [MAILBOX], make_mail(SARAH, MAILBOX, "by-submission"))
    head = stamped("by-submission")
    tap.check("auth=pass (plain) smtp.auth=" + SARAH in head, head)
    field, received = head.index("Authentication-Results:"), head.index("by mx.desk.example")
    tap.check(field < received, "the stamp must stand above the server's own Received:\n" + head)


def plain_in_two_steps():
    """AUTH PLAIN without the words behind it, as curl does it."""
    with smtplib.SMTP("127.0.0.1", HOST.ports["submission"], timeout=tap.PATIENCE) as smtp:
        smtp.starttls(context=HOST.tls())
        smtp.ehlo()
        code, said = smtp.docmd("AUTH", "PLAIN")
        tap.check(code == 334, "%d %r" % (code, said))
        code, said = smtp.docmd(base64.b64encode(("\0%s\0%s" % (SARAH, HOST.password)).encode()).decode())
        tap.check(code == 235, "%d %r" % (code, said))


def forged():
    mail = make_mail(SARAH, MAILBOX, "by-forger",
                     headers=[("Authentication-Results", "mx.desk.example; dmarc=pass header.from=northwind.example")])
    HOST.deliver_mx("x@elsewhere.example", [MAILBOX], mail)
    head = stamped("by-forger")
    tap.check("dmarc=pass" not in head and "dmarc=fail" in head, head)


def vouched():
    HOST.deliver_mx(SARAH, [MAILBOX], make_mail(SARAH, MAILBOX, "by-mx"), dmarc_pass=True)
    tap.check("dmarc=pass header.from=northwind.example" in stamped("by-mx"), "no stamp")


def direct():
    HOST.deliver_lmtp("", [MAILBOX], make_mail(SARAH, MAILBOX, "by-lmtp"))
    tap.check("Authentication-Results" not in stamped("by-lmtp"), "stamped")


def appended():
    HOST.append(MAILBOX, make_mail(SARAH, MAILBOX, "by-append"))
    stamped("by-append")
    tap.check(HOST.folders(MAILBOX)["INBOX"] >= 1, "folders")


def refused():
    with smtplib.SMTP("127.0.0.1", HOST.ports["submission"], timeout=tap.PATIENCE) as smtp:
        smtp.ehlo()
        tap.check(not smtp.has_extn("auth"), "AUTH is offered before TLS")
        smtp.starttls(context=HOST.tls())
        try:
            smtp.login(SARAH, "wrong")
        except smtplib.SMTPAuthenticationError:
            pass
        else:
            raise AssertionError("a wrong password was taken")
        tap.check(smtp.mail(SARAH)[0] == 550, "mail without AUTH was taken")
    with smtplib.SMTP("127.0.0.1", HOST.ports["mx"], timeout=tap.PATIENCE) as smtp:
        smtp.ehlo()
        smtp.mail(SARAH)
        tap.check(smtp.rcpt("nobody@desk.example")[0] == 550, "an unknown user was taken")
        tap.check(smtp.rcpt("a@outside.example")[0] == 550, "mail would leave the host")


def certificates():
    wanted = {"127.0.0.1": None, "127.0.0.2": "mismatch", "127.0.0.3": "expired", "127.0.0.4": "self"}
    for address, reason in wanted.items():
        try:
            with socket.create_connection((address, HOST.ports["imaps"]), 5) as plain:
                HOST.tls().wrap_socket(plain, server_hostname=address).close()
            found = None
        except ssl.SSLCertVerificationError as error:
            found = error.verify_message
        tap.check((found is None) if reason is None else (found and reason in found), "%s: %s" % (address, found))


def stopped():
    groups = [child.pid for child in HOST.children]
    folder = HOST.dir
    HOST.stop()
    tap.check(not os.path.exists(folder), "the folder is still there")
    for group in groups:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            continue
        raise AssertionError("a process of group %d is left" % group)


if __name__ == "__main__":
    HOST.start()
    try:
        tap.run([("submission is stamped auth=pass", submission), ("AUTH PLAIN in two steps", plain_in_two_steps), ("a forged stamp goes", forged),
                 ("the MX stamps dmarc=pass on demand", vouched), ("LMTP is not stamped", direct),
                 ("append and folders", appended), ("refusals", refused),
                 ("certificates are good, misnamed, expired, self-signed", certificates),
                 ("stop leaves nothing", stopped)])
    finally:
        HOST.stop()
