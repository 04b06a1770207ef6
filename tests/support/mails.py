# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails as bytes, for tests and the demo."""
import email
import email.message
import email.policy
import email.utils

SERVER_ID = "mx.desk.example"
MAILBOX = "newticket@desk.example"
STAFF = "dana.reed@northwind.example"


def staff_mail(subject="Sarah: reset MFA", text="", sender=STAFF, proof=True, message_id=None, headers=None, html=None,
               attachments=(), to=MAILBOX, date=None):
    """One mail. `sender` is an address or `Name <address>`. proof=True puts on top what our server would have
    written about a mail with AUTH (for delivery past it, by LMTP); "auth@other.example" writes that login instead.
    headers: dict of further fields. attachments: (name, type, bytes) each."""
    mail = email.message.EmailMessage(policy=email.policy.SMTP.clone(max_line_length=900))
    address = email.utils.parseaddr(sender)[1]
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = date or email.utils.formatdate(localtime=True)
    mail["Message-ID"] = message_id or email.utils.make_msgid(domain=address.rsplit("@", 1)[-1])
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text or "\n")
    if html is not None:
        mail.add_alternative(html, subtype="html")
    for name, kind, data in attachments:
        mail.add_attachment(data, *kind.split("/"), filename=name)
    raw = mail.as_bytes()
    return (proof_lines(proof if isinstance(proof, str) else address) + raw) if proof else raw


def proof_lines(login):
    """The two fields that the submission server sets above all others."""
    return ("Authentication-Results: %s; auth=pass smtp.auth=%s\r\n"
            "Received: from client.example ([127.0.0.1]) by %s with esmtpsa; %s\r\n"
            % (SERVER_ID, login, SERVER_ID, email.utils.formatdate(localtime=True))).encode()


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def text_of(raw):
    """The plain text of a letter."""
    part = parse(raw).get_body(preferencelist=("plain", "html"))
    return part.get_content() if part else ""


def header(raw, name):
    return str(parse(raw).get(name, ""))
