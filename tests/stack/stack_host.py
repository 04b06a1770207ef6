# SPDX-License-Identifier: GPL-2.0-or-later
"""The private mail host does what the other stack tests rely on."""
import os
import smtplib
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import tap  # noqa: E402
from mailhost import MAILBOX, MailHost, password_of, session_members  # noqa: E402
from mails import STAFF, header, parse, staff_mail  # noqa: E402

EVE = "eve@elsewhere.example"
host = MailHost()


def above_own_received(raw):
    """Names and values of the fields above the first Received that mx.desk.example wrote."""
    fields = []
    for name, value in parse(raw).items():
        if name == "Received" and "by mx.desk.example" in " ".join(str(value).split()):
            return fields
        fields.append((name, " ".join(str(value).split())))
    raise AssertionError("no Received by mx.desk.example")


def arrived(subject):
    return host.wait_for_mail(MAILBOX, lambda raw: header(raw, "Subject") == subject, 10)


def submission_proves_the_login():
    host.submit(STAFF, MAILBOX, staff_mail("by submission", proof="mike.chen@northwind.example"))
    raw = arrived("by submission")
    tap.check(("Authentication-Results", "mx.desk.example; auth=pass smtp.auth=" + STAFF) in above_own_received(raw), raw)
    tap.check(raw.count(b"Authentication-Results:") == 1, raw)


def strangers_get_no_proof():
    host.deliver_mx(EVE, MAILBOX, staff_mail("by mx", sender=EVE, proof=STAFF))
    raw = arrived("by mx")
    tap.check(("Authentication-Results", "mx.desk.example; none") in above_own_received(raw), raw)
    tap.check(b"auth=pass" not in raw, raw)


def delivery_keeps_bytes_and_order():
    sent = [staff_mail("direct %d" % i, "line\r\n" * i) for i in range(5)]
    host.deliver(MAILBOX, *sent)
    got = [raw for raw in host.mails(MAILBOX) if b"Subject: direct" in raw]
    tap.check([raw.replace(b"\r\n", b"\n")[-len(s.replace(b"\r\n", b"\n")):] for raw, s in zip(got, sent)] ==
              [s.replace(b"\r\n", b"\n") for s in sent], "mails differ from what was delivered")


def folders_and_clear():
    with host.imap(MAILBOX) as box:
        box.create("Done")
        box.select()
        box.uid("MOVE", "1", "Done")
        tap.check(host.folders(MAILBOX)["Done"] == 1, host.folders(MAILBOX))
        host.clear(MAILBOX)
        tap.check(box.select() == ("OK", [b"0"]), "cleared mail is still there")
    tap.check(host.folders(MAILBOX) == {"INBOX": 0, "Done": 0}, host.folders(MAILBOX))


def refused(function, kind):
    try:
        function()
    except kind as why:
        return why
    raise AssertionError("was not refused")


def certificates():
    for last, words in ((2, "mismatch"), (3, "expired"), (4, "self")):
        def shake(port_name="submission", address="127.0.0.%d" % last):
            with smtplib.SMTP(address, host.ports[port_name], timeout=10) as smtp:
                smtp.starttls(context=host.tls())
        tap.check(words in str(refused(shake, ssl.SSLError)).lower(), "127.0.0.%d" % last)


def passwords_and_recipients():
    def login(password):
        with smtplib.SMTP("127.0.0.1", host.ports["submission"], timeout=10) as smtp:
            smtp.starttls(context=host.tls())
            smtp.login(STAFF, password)
            smtp.mail(STAFF)
            return smtp.rcpt("nobody@desk.example")[0], smtp.rcpt("a@far.example")[0], smtp.rcpt(MAILBOX)[0]
    refused(lambda: login("wrong"), smtplib.SMTPAuthenticationError)
    tap.check(login(password_of(STAFF)) == (550, 550, 250), "recipients")
    host.refuse(MAILBOX)
    tap.check(login(password_of(STAFF))[2] == 550, "refuse()")
    host.refuse()
    host.defer(MAILBOX)
    tap.check(login(password_of(STAFF))[2] in (450, 451), "defer()")
    host.defer()

    def unauthenticated():
        with smtplib.SMTP("127.0.0.1", host.ports["submission"], timeout=10) as smtp:
            smtp.starttls(context=host.tls())
            smtp.sendmail(STAFF, MAILBOX, staff_mail())
    refused(unauthenticated, smtplib.SMTPSenderRefused)


def restart():
    host.stop_imap()
    host.submit(STAFF, MAILBOX, staff_mail("while down"))
    host.restart_imap()
    arrived("while down")


def nothing_is_left():
    sessions = [host.imap_server.pid, host.smtp_server.pid]
    host.stop()
    tap.check(not any(session_members(s) for s in sessions), "processes are left")
    tap.check(not os.path.exists(host.dir), "the folder is left")


def main():
    try:
        tap.run([("starts", host.start),
                 ("submission proves the login, above its own Received, alone", submission_proves_the_login),
                 ("strangers get no proof", strangers_get_no_proof),
                 ("direct delivery keeps bytes and order", delivery_keeps_bytes_and_order),
                 ("folders are seen, clear() empties them in an open session", folders_and_clear),
                 ("bad certificates on 127.0.0.2 to .4", certificates),
                 ("passwords, recipients, refuse() and defer()", passwords_and_recipients),
                 ("mail waits while IMAP is down", restart),
                 ("stop() leaves nothing", nothing_is_left)])
    finally:
        host.stop()


if __name__ == "__main__":
    main()
