#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Login to mail by OAuth 2: the simulated token servers of Microsoft and Google, Dovecot asking them about each token, a mail server
that takes tokens on the way out; caching, renewal, refusals, and that no secret is ever told."""
import os
import re
import stat
import subprocess
import sys
import tempfile
import time
import json
import urllib.error
import urllib.request

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from console import PROGRAM, Answer, expect, frontdesk  # noqa: E402
from lab import MAILBOX, OPERATOR, Lab  # noqa: E402
import markers  # noqa: E402
from sandbox import ROOT  # noqa: E402
from remains import copies  # noqa: E402
from talkative import caught  # noqa: E402
from token_peer import TokenPeer, TokenStore  # noqa: E402
import tap  # noqa: E402

HOUR = 3600000
CLIENT, SECRET, ACCOUNT = "11111111-2222-3333-4444-555555555555", markers.MAIL_SECRET, "desk@project.example"
REDIRECT = "https://northwind.example/mail"
WAYS = {
    "secret": 'tenant = "northwind.example"; client_id = "%s"; client_secret_file = "{dir}/mail-secret";' % CLIENT,
    "certificate": 'tenant = "northwind.example"; client_id = "%s"; certificate_file = "{dir}/mail-key.pem";' % CLIENT,
    "device": 'tenant = "northwind.example"; client_id = "%s"; device_url = "{url}mail/northwind.example/oauth2/v2.0/devicecode";' % CLIENT,
    "service": 'service_account_file = "{dir}/service.json";',
    "consent": 'client_id = "%s"; client_secret_file = "{dir}/mail-secret"; redirect_url = "%s"; consent_url = "{url}mail/google/auth";'
               % (CLIENT, REDIRECT),
}
PROVIDER = {way: "google" if way in ("service", "consent") else "microsoft" for way in WAYS}


def token_file():
    return os.path.join(LAB.daemon.dir, "state", "mail-token")


def stored():
    with open(token_file(), encoding="utf-8") as file:
        return json.load(file)


def granted():
    return LAB.sandbox._talk("mailtokens")["granted"]


def asked():
    return [r for r in LAB.sandbox.log() if r["path"].startswith("/mail/") and "tokeninfo" not in r["path"]]


def settle(way="secret", smtp=None, imap=None, more="", **settings):
    """A new installation whose mail comes in by tokens; smtp, imap: peers that take tokens; more: settings of the group oauth2."""
    LAB.clean()
    LAB.sandbox.settings(**{"mail_public_key": PUBLIC, **settings})
    LAB.daemon.secret("mail-secret", SECRET)
    LAB.daemon.secret("mail-key.pem", KEY + CERTIFICATE)
    LAB.daemon.secret("service.json", json.dumps({"type": "service_account", "client_email": ACCOUNT, "private_key": KEY}))
    path = "mail/google/token" if PROVIDER[way] == "google" else "mail/northwind.example/oauth2/v2.0/token"
    group = WAYS[way].format(dir=LAB.daemon.dir, url=LAB.sandbox.url)
    text = re.sub(r'password_file = "[^"]*";', 'oauth2 = "%s";' % PROVIDER[way], ORIGINAL, count=1)
    if smtp:
        text = re.sub(r'smtp = \{ url = "[^"]*"; (user = "[^"]*";) password_file = "[^"]*";',
                      r'smtp = { url = "smtp://127.0.0.1:%d"; insecure_plain = true; \1 oauth2 = "%s";' % (smtp.port, PROVIDER[way]), text)
    if imap:
        text = re.sub(r'imap = \{ url = "[^"]*";', 'imap = { url = "imap://127.0.0.1:%d"; insecure_plain = true;' % imap.port, text)
    text = text.replace('trust = "', 'oauth2 = { %s token_file = "%s"; token_url = "%s%s"; };\n trust = "' % (
        group + more, token_file(), LAB.sandbox.url, path), 1)
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text)


def run(*words, **more):
    answer = frontdesk(*words, "-c", LAB.daemon.conf, **more)
    keep_secrets(answer.out + answer.errors)
    return answer


def keep_secrets(text):
    for stem in ("mailtoken-", "mailrefresh-", "mailgoogle-", "maildevice-", "mailcode-"):
        tap.check(stem not in text, "%s is told: %s" % (stem, text))
    markers.check("this: " + text, text)


def later(ms):
    """The clocks of both so much after the start."""
    LAB.sandbox.settings(clock_shift_ms=ms)
    return {"FRONTDESK_CLOCK_SHIFT_MS": str(ms)}


def once(env=None, code=0):
    tap.check(LAB.daemon.once(env=env, arguments=("--since", "2020-01-01")) == code, LAB.daemon.log())
    keep_secrets(LAB.daemon.log())


# --- tokens, and Dovecot that takes them ---------------------------------------------------------------------------------

def mail_by(way):
    """A mail is fetched, a ticket made, with one token that lies safely on the disk."""
    def test():
        settle(way)
        LAB.deliver(dict(subject="Sarah: reset MFA"))
        once()
        tap.check(len(LAB.sandbox.tickets()) == 1 and granted() == 1, (LAB.sandbox.tickets(), granted()))
        tap.check(stat.S_IMODE(os.stat(token_file()).st_mode) == 0o600, "mode of the token file")
        once()
        tap.check(granted() == 1 and len(asked()) == 1, "the token was not kept: %r" % asked())
    return test


def renewed_at_80_percent():
    settle()
    once()
    once(later(47 * 60000))
    tap.check(granted() == 1, "renewed too early")
    once(later(49 * 60000))
    tap.check(granted() == 2, "not renewed")
    once(later(49 * 60000))
    tap.check(granted() == 2, "renewed again")


def server_away_before_the_end():
    """The token lives on where renewing fails; when it has ended there is nothing left."""
    settle()
    once()
    LAB.sandbox.faults([dict(action="html503", path="northwind.example/*")])
    once(later(50 * 60000))
    tap.check("oauth2 not-renewed" in LAB.daemon.log(), LAB.daemon.log())
    once(later(61 * 60000), code=75)
    LAB.sandbox.faults([])
    once(later(61 * 60000))


def revoked_meanwhile():
    """The mail server refuses the stored token: exactly one new one is asked for, and taken."""
    settle()
    once()
    LAB.sandbox.settings(mail_revoked=1)
    once(later(10 * 60000))
    tap.check(granted() == 2, granted())
    # and when that is refused too there is no third
    LAB.sandbox.settings(mail_revoked=100)
    expect(69, run("doctor", env={**os.environ, **later(20 * 60000)}), "^FAIL  mailbox desk: mail in", "says: .*AUTHENTICATE|says: ", "fix: ")
    tap.check(granted() == 3, granted())


def together():
    """Six programs without a token: one request."""
    settle()
    LAB.sandbox.faults([dict(action="delay_before", path="northwind.example/*", ms=300)])
    children = [subprocess.Popen([PROGRAM, "doctor", "-c", LAB.daemon.conf], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True) for _ in range(6)]
    for child in children:
        out, _ = child.communicate(timeout=tap.PATIENCE)
        keep_secrets(out)
        tap.check(child.returncode == 0 and "All is well" in out, out)
    tap.check(granted() == 1, granted())


def other_settings():
    """Tokens of another application are not used, and nobody has to mend that by hand."""
    settle()
    once()
    LAB.sandbox.settings(mail_client_id="another")
    with open(LAB.daemon.conf, encoding="utf-8") as conf:
        text = conf.read()
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text.replace(CLIENT, "another"))
    once()
    tap.check(granted() == 2 and stored()["client_id"] == "another", stored())


# --- refusals ------------------------------------------------------------------------------------------------------------

def doctor(cause, fix):
    answer = expect(69, run("doctor"), "^FAIL  mailbox desk: mail in")
    block = re.search(r"^FAIL  mailbox desk: mail in.*\n((?: {6}.*\n)*)", answer.out, re.M).group(1)
    tap.check(re.search(cause, block) and re.search("fix: .*" + fix, block), answer)


def rows():
    """(where, words, beginning of the cause) of each row of doctor's table."""
    with open(os.path.join(ROOT, "src", "cli", "refusals.c"), encoding="utf-8") as source:
        return re.findall(r'\{REFUSED_(\w+),\s*"([^"]+)",\s*"([^"]{10,40})', source.read())


def microsoft_refuses():
    """Each error of its token server has its cause and fix; nothing is stored, and nothing is tried twice."""
    numbers = [(int(words[6:]), cause) for _, words, cause in rows() if words.startswith("AADSTS")]
    tap.check(len(numbers) >= 10, numbers)
    for number, cause in numbers:
        settle(mail_error=number)
        doctor("AADSTS%d: .*\n +%s" % (number, re.escape(cause)), "")
        tap.check(not os.path.exists(token_file()) and len(asked()) == 1, asked())


def servers_refuse():
    """Each refusal of a mail server has its own cause and fix: on the way in at login and at the mailbox, on the way out at login."""
    tried = 0
    for where, words, cause in rows():
        if words.startswith("AADSTS") or "offers neither" in words:
            continue
        tried += 1
        if where == "OUT":
            code = b"" if re.match(r"\d{3} ", words) else b"535 "
            peer = TokenPeer(lambda token: False, refusal=code + words.encode() + b"\r\n")
            settle(smtp=peer)
            heading = "mail out"
        elif "invalid_grant" in words or "unauthorized_client" in words:
            peer = None
            settle("service")
            LAB.sandbox.faults([dict(action="status", status=400, path="google/*", body='{"error": "%s"}' % words.split()[-1],
                                     type="application/json")])
            heading = "mail in"
        else:
            peer = TokenStore(refusal=b"NO " + words.encode()) if "AUTHENTICATE" in words else TokenStore(select=b"BAD " + words.encode())
            settle(imap=peer)
            heading = "mail in"
        answer = expect(69, run("doctor"), r"^FAIL  mailbox desk: %s.*\n.*\n +%s" % (heading, re.escape(cause)), "^ +fix: ")
        tap.check(answer.out.count("FAIL") == 1, answer)
        if peer:
            peer.close()
    tap.check(tried >= 15, tried)


def imap_exchanges():
    """XOAUTH2 and OAUTHBEARER, in one step and in two; a refusal ends as the mechanism wants it; the right words reach the server."""
    for name, ir, end in (("XOAUTH2", False, b""), ("XOAUTH2", True, b""), ("OAUTHBEARER", False, b"AQ=="), ("OAUTHBEARER", True, b"AQ==")):
        peer = TokenStore(name, ir)
        settle(imap=peer)
        expect(0, run("doctor"), "^ok    mailbox desk: mail in")
        start = "user=%s\x01" % MAILBOX if name == "XOAUTH2" else "n,a=%s,\x01host=127.0.0.1\x01port=%d\x01" % (MAILBOX, peer.port)
        tap.check(len(peer.said) == 1 and peer.said[0][0] == name and peer.said[0][1].startswith(start + "auth=Bearer mailtoken-"), peer.said)
        tap.check("LOGIN" not in peer.commands, peer.commands)
        peer.close()
        peer = TokenStore(name, ir, refusal=b"NO no")
        settle(imap=peer)
        expect(69, run("doctor"), "status 401, schemes Bearer: ", "says: no")
        tap.check(peer.ends == [end], peer.ends)
        peer.close()


def wrong_secret():
    settle()
    LAB.daemon.secret("mail-secret", "another")
    doctor("AADSTS7000215", "put the value of the secret")
    settle("certificate", mail_public_key="")
    doctor("AADSTS700027", "")
    settle("service", mail_user="somebody@desk.example")
    doctor("Google answered invalid_grant", "")


def bad_keys():
    settle("certificate")
    LAB.daemon.secret("mail-key.pem", KEY)
    doctor("mail-key.pem: it holds no certificate", "")
    LAB.daemon.secret("mail-key.pem", CERTIFICATE)
    doctor("mail-key.pem: it holds no private key", "")
    settle("service")
    LAB.daemon.secret("service.json", "{}")
    doctor("service.json: it has no private_key", "")
    LAB.daemon.secret("service.json", "nonsense")
    doctor("service.json is no JSON", "")
    os.unlink(os.path.join(LAB.daemon.dir, "service.json"))
    doctor("cannot open the secret file", "")
    tap.check(not asked(), asked())


def mailbox_of_another():
    """A token that opens another mailbox than ours."""
    settle(mail_user="somebody@desk.example")
    doctor("status 401|says: ", "")


# --- the way out ---------------------------------------------------------------------------------------------------------

def way_out(offers, name):
    """A reply goes out by token, in two steps, whatever the server offers; mail in and out share one token."""
    def test():
        peer = TokenPeer(lambda token: token == stored()["access_token"], offers)
        try:
            settle(smtp=peer)
            LAB.deliver(dict(subject="Sarah: reset MFA"))
            once()
            tap.check(len(peer.taken) == 1 and granted() == 1, (peer.taken, granted()))
            mechanism, said = peer.said[0]
            start = "user=%s\x01" % MAILBOX if name == "XOAUTH2" else "n,a=%s,\x01host=127.0.0.1\x01port=%d\x01" % (MAILBOX, peer.port)
            tap.check(mechanism == name and said.startswith(start + "auth=Bearer mailtoken-"), said)
        finally:
            peer.close()
    return test


def way_out_refused(offers, end):
    """The challenge is answered as the mechanism wants it, once more is tried with a new token, then the letter waits."""
    def test():
        peer = TokenPeer(lambda token: False, offers)
        try:
            settle(smtp=peer)
            once()
            answer = expect(69, run("doctor", env={**os.environ, **later(10 * 60000)}), "^FAIL  mailbox desk: mail out", "status 401, schemes Bearer: ",
                            "535 .*Authentication unsuccessful", "fix: ")
            tap.check(len(peer.said) == 2 and peer.ends == [end, end] and granted() == 2, (peer.ends, granted(), answer))
            LAB.deliver(dict(subject="Sarah: reset MFA"))
            LAB.daemon.start(env=later(12 * 60000))
            LAB.until("the operator is told", lambda: "alert ill topic=mail-out-desk" in LAB.daemon.log())
            peer.good = lambda token: True
            LAB.until("the answer", lambda: any(b"ticket is made" in letter for letter in peer.taken))
            LAB.daemon.stop()
            keep_secrets(LAB.daemon.log())
        finally:
            LAB.daemon.kill()
            peer.close()
    return test


def talkative():
    """A frontdesk that tells what it should keep is found out: the secret, tokens, codes, keys, and what is signed with them."""
    for way, words in (("secret", ("client_secret=", '"access_token":"')), ("certificate", ("client_assertion=", "key")),
                       ("service", ("assertion=", "key"))):
        for form, word in zip(("plain", "url", "base64"), (*words, words[-1])):
            settle(way)
            caught(LAB, word, form)
    settle("device")
    caught(LAB, "device_code=", command=("login", "microsoft"))
    settle("device")
    caught(LAB, '"refresh_token":"', "base64", command=("login", "microsoft"))


def memory():
    """What opened the mailbox, for mail in and out, is in no memory of a frontdesk that goes on."""
    for way in ("secret", "certificate", "device"):
        peer = TokenPeer(lambda token: True)
        try:
            settle(way, smtp=peer)
            if way == "device":
                expect(0, login("microsoft"))
            LAB.deliver(dict(subject="Sarah: reset MFA"))
            LAB.daemon.start(ready=30, arguments=("--since", "2020-01-01"))
            LAB.until("the answer", lambda: any(b"ticket is made" in letter for letter in peer.taken))
            secrets = {"secret": SECRET, "key": KEY.splitlines()[-4], "access": stored()["access_token"],
                       "refresh": stored().get("refresh_token", "none, for this way has none")}
            tap.until("no secret of %s in its memory" % way, lambda secrets=secrets: not any(copies(LAB.daemon.child.pid, secrets).values()),
                      more=lambda secrets=secrets: "%r" % copies(LAB.daemon.child.pid, secrets))
            LAB.daemon.stop()
        finally:
            LAB.daemon.kill()
            peer.close()


def ends_of_secrets():
    """doctor knows the end of a certificate, and of a secret where it was said."""
    settle("certificate")
    expect(0, run("doctor"), "^warn  mailbox desk: the client certificate ends in (19|20) days, on ", "fix: make a new one")
    settle(more='secret_ends = "%s"; ' % day(10))
    expect(0, run("doctor"), "^warn  mailbox desk: the client secret ends in (9|10) days, on %s" % day(10))
    settle(more='secret_ends = "%s"; ' % day(40))
    tap.check("client secret" not in run("doctor").out, "a warning too early")


def day(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))


def words_before_the_end():
    """The operator hears it 30 and 7 days before, and that all is well again."""
    def letters(days, *wanted):
        LAB.daemon.start(env=later(days * 24 * HOUR))
        LAB.until("the operator hears %r" % (wanted,), lambda: len(LAB.letters(OPERATOR)) >= len(wanted))
        LAB.daemon.stop()
        tap.check(sorted(s for _, s, _ in LAB.letters(OPERATOR).values()) == sorted(wanted), (days, LAB.letters(OPERATOR)))
    names = ["frontdesk: mail-secret-desk-%d-days %s" % (n, end) for end in ("needs you", "is well again") for n in (30, 7)]
    settle(more='secret_ends = "%s"; ' % day(60))
    once()
    letters(31, names[0])
    letters(54, *names[:2])
    with open(LAB.daemon.conf, encoding="utf-8") as conf:
        text = conf.read()
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text.replace(day(60), day(400)))
    letters(55, *names)


# --- login by a person ---------------------------------------------------------------------------------------------------

class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def consent(address):
    """Opens the page; returns where the browser is sent."""
    try:
        urllib.request.build_opener(NoRedirect).open(address, timeout=tap.PATIENCE)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("no redirect from " + address)


def login(*words, until="FD4T9QK2|press Enter", then=None):
    """Runs login; `then` is called with the line that `until` finds and gives what is typed."""
    child = subprocess.Popen([PROGRAM, "login", *words, "-c", LAB.daemon.conf], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    out, address = "", None
    for line in child.stdout:
        out += line
        address = line.strip() if line.startswith("http") else address
        if re.search(until, line):
            break
    typed = then(address) if then and child.poll() is None else None
    more, errors = child.communicate(typed, timeout=tap.PATIENCE)
    keep_secrets(out + more + errors)
    return Answer(words, child.returncode, out + more, errors)


def device_login():
    """A code goes out; consent comes after a while; the mailbox is opened, and mail works. The refresh token changes on each use."""
    settle("device", mail_consent="pending")
    expect(69, run("doctor"), "^FAIL  mailbox desk: mail in", "nobody has logged in at Microsoft yet", "frontdesk login microsoft")

    def say_yes(_):
        LAB.until("the code is asked about", lambda: [r for r in asked() if "device_code" in r["body"]])
        LAB.sandbox.settings(mail_consent="yes")
    answer = expect(0, login("microsoft", then=say_yes), r"^Open https://microsoft\.com/devicelogin in any browser, type the code FD4T9QK2",
                    r"^Logged in to mailbox desk \(%s\)\.$" % MAILBOX)
    tap.check([r["status"] for r in asked() if "device_code=" in r["body"]] == [400, 200] and answer.errors == "", asked())
    tap.check(stat.S_IMODE(os.stat(token_file()).st_mode) == 0o600, "mode of the token file")
    LAB.deliver(dict(subject="Sarah: reset MFA"))
    once()
    tap.check(len(LAB.sandbox.tickets()) == 1 and granted() == 1, granted())
    before = stored()["refresh_token"]
    for n in (1, 2):
        once(later(n * HOUR))
    tap.check(granted() == 3 and stored()["refresh_token"] != before, stored().keys())


def device_login_refused():
    for said, words in (("authorization_declined", "nobody consented"), ("expired_token", "the code has ended")):
        settle("device", mail_consent=said)
        expect(64, login("microsoft"), errors=[words])
        tap.check(not os.listdir(os.path.join(LAB.daemon.dir, "state")) or not os.path.exists(token_file()), "a token file")
    settle("device")
    LAB.sandbox.settings(mail_client_id="another")
    expect(77, login("microsoft"), errors=["AADSTS700016"])


def dead_login():
    """The password was changed: refused for good, said once, not tried again until somebody logs in."""
    settle("device")
    expect(0, login("microsoft"))
    LAB.sandbox.settings(mail_error=50173)
    env = {**os.environ, **later(HOUR)}
    expect(69, run("doctor", env=env), "AADSTS50173", "The login was revoked", "fix: log in again: frontdesk login microsoft")
    calls = len(asked())
    expect(69, run("doctor", env=env), "has refused the login for good, and no further try is made")
    tap.check(len(asked()) == calls, "tried again")
    LAB.sandbox.settings(mail_error=0)
    expect(0, login("microsoft"))
    expect(0, run("doctor", env=env), "All is well")


def google_login():
    """As at QuickBooks: an address out, an address in; Google's refresh token stays."""
    settle("consent")
    answer = expect(0, login("google", then=lambda address: consent(address) + "\n"), "log in as %s, and consent" % MAILBOX,
                    "access_type=offline", r"^Logged in to mailbox desk \(%s\)\.$" % MAILBOX)
    tap.check(answer.errors == "", answer)
    before = stored()["refresh_token"]
    once()
    once(later(HOUR))
    tap.check(granted() == 2 and stored()["refresh_token"] == before, granted())
    settle("consent", mail_consent="access_denied")
    expect(64, login("google", then=lambda address: consent(address) + "\n"), errors=["access_denied: nobody consented"])


def login_misused():
    settle("secret")
    expect(78, run("login", "microsoft"), errors=["has no such mailbox for which a person logs in"])
    settle("device")
    expect(78, run("login", "google"), errors=["has no such mailbox"])
    expect(78, run("login", "microsoft", "--mailbox", "other"), errors=["has no such mailbox"])
    expect(0, login("microsoft", "--mailbox", "desk"), "^Logged in to mailbox desk")


def no_tokens_offered():
    peer = TokenPeer(lambda token: True, "PLAIN XXOAUTH2")
    try:
        settle(smtp=peer)
        expect(69, run("doctor"), "^FAIL  mailbox desk: mail out", "offers neither XOAUTH2 nor OAUTHBEARER", "fix: ")
        tap.check(not peer.said, peer.said)
    finally:
        peer.close()


def make_keys(folder):
    key, crt = os.path.join(folder, "k.pem"), os.path.join(folder, "c.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt, "-days", "20", "-subj",
                    "/CN=frontdesk"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "x509", "-in", crt, "-pubkey", "-noout"], check=True, capture_output=True, text=True).stdout
    with open(key, encoding="utf-8") as k, open(crt, encoding="utf-8") as c:
        return k.read(), c.read(), public


if __name__ == "__main__":
    with Lab(tokens=True) as LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as original:
            ORIGINAL = original.read()
        with tempfile.TemporaryDirectory() as made:
            KEY, CERTIFICATE, PUBLIC = make_keys(made)
        markers.keep_key(KEY)
        tap.run([("mail by " + way, mail_by(way)) for way in ("secret", "certificate", "service")] + [
            (test.__name__.replace("_", " "), test) for test in (
                renewed_at_80_percent, server_away_before_the_end, revoked_meanwhile, together, other_settings, microsoft_refuses, servers_refuse, imap_exchanges,
                talkative, memory, wrong_secret, bad_keys, device_login, device_login_refused, dead_login, google_login, login_misused,
                ends_of_secrets, words_before_the_end,
                mailbox_of_another, no_tokens_offered)] + [
            ("a reply by XOAUTH2", way_out("XOAUTH2 OAUTHBEARER", "XOAUTH2")), ("a reply by OAUTHBEARER", way_out("OAUTHBEARER", "OAUTHBEARER")),
            ("a refused XOAUTH2", way_out_refused("XOAUTH2", b"")), ("a refused OAUTHBEARER", way_out_refused("OAUTHBEARER", b"AQ=="))])
