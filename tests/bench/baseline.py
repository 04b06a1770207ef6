#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plain program that the throughput benchmark compares with: imaplib with one fetch command, keep-alive
http.client, one smtplib connection, no journal. baseline.py IMAP-PORT SMTP-PORT HTTP-PORT; prints mails, seconds and
CPU seconds."""
import email
import email.message
import email.policy
import http.client
import imaplib
import json
import smtplib
import sys
import time


def main():
    imap_port, smtp_port, http_port = map(int, sys.argv[1:4])
    begin, cpu = time.monotonic(), time.process_time()
    box = imaplib.IMAP4("127.0.0.1", imap_port)
    box.login("newticket@desk.example", "x")
    box.select("INBOX")
    raws = [part[1] for part in box.uid("FETCH", "1:*", "(UID BODY.PEEK[])")[1] if isinstance(part, tuple)]
    api = http.client.HTTPConnection("127.0.0.1", http_port)
    smtp = smtplib.SMTP("127.0.0.1", smtp_port)
    for number, raw in enumerate(raws):
        mail = email.message_from_bytes(raw)
        _, _, title = mail["Subject"].partition(": ")
        text = next((p.get_payload(decode=True) for p in mail.walk() if p.get_content_type() == "text/plain"), b"")
        api.request("POST", "/ATServicesRest/V1.0/Tickets", json.dumps(
            {"title": title, "description": text.decode()[:8000], "externalID": "py-%d" % number}),
            {"Content-Type": "application/json"})
        ticket = json.loads(api.getresponse().read())["itemId"]
        api.request("GET", "/ATServicesRest/V1.0/Tickets/%d" % ticket)
        name = json.loads(api.getresponse().read())["item"]["ticketNumber"]
        reply = email.message.EmailMessage()
        reply["From"], reply["To"] = "newticket@desk.example", mail["From"]
        reply["Subject"] = "Re: " + mail["Subject"]
        reply["In-Reply-To"], reply["Message-ID"] = mail["Message-ID"], "<py-%d@desk.example>" % number
        reply.set_content("Created %s: %s\n" % (name, title))
        smtp.send_message(reply)
    box.uid("MOVE", "1:*", "Done")
    smtp.quit()
    box.logout()
    seconds = time.monotonic() - begin
    print("python mails %d seconds %.3f cpu %.3f rate %.0f" % (
        len(raws), seconds, time.process_time() - cpu, len(raws) / seconds))


if __name__ == "__main__":
    main()
