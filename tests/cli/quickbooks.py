#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QuickBooks as an operator has it: login with an address out and an address in, doctor, status, the words 30 and 7 days before the
login ends, and that the rest goes on when it has ended."""
import json
import os
import re
import stat
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from books import CLIENT, REALM, REDIRECT, Books  # noqa: E402
from console import PROGRAM, Answer, expect, frontdesk  # noqa: E402
from lab import OPERATOR, Lab  # noqa: E402
import markers  # noqa: E402
import tap  # noqa: E402

DAY = 86400000
GROUP = """
quickbooks = {{ realm = "{realm}"; environment = "sandbox"; client_id = "{client}"; client_secret_file = "{dir}/books-secret";
  token_file = "{dir}/state/quickbooks-token"; redirect_url = "{redirect}"; consent_url = "{url}connect/oauth2";
  token_url = "{url}oauth2/v1/tokens/bearer"; api_url = "{url}"; }};
"""


def settle(with_books=True, **changes):
    """A new installation, nobody logged in."""
    LAB.clean()
    LAB.sandbox.settings(qb_per_second=0)
    LAB.daemon.secret("books-secret", CLIENT[1])
    values = dict(realm=REALM, client=CLIENT[0], dir=LAB.daemon.dir, redirect=REDIRECT, url=LAB.sandbox.url, **changes)
    group = GROUP.format(**{**values, "url": LAB.sandbox.url}) if with_books else ""
    group = group.replace('api_url = "%s"' % LAB.sandbox.url, 'api_url = "%s"' % LAB.sandbox.url.rstrip("/"))
    for old, new in changes.get("replace", ()):
        tap.check(old in group, old)
        group = group.replace(old, new)
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(ORIGINAL + group)


def token_file():
    return os.path.join(LAB.daemon.dir, "state", "quickbooks-token")


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


def login(*answers, words=("login", "quickbooks"), env=None):
    """Runs login; each answer is a function of the address that was printed, or text, and becomes a line of input."""
    words = [*words, "-c", LAB.daemon.conf]
    child = subprocess.Popen([PROGRAM, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env={**os.environ, **(env or {})})
    out, address = "", None
    for line in child.stdout:
        out += line
        if line.startswith("http"):
            address = line.strip()
        if "press Enter" in line:
            break
    lines = "".join((a(address) if callable(a) else a) + "\n" for a in answers) if address else ""
    more, errors = child.communicate(lines, timeout=tap.PATIENCE)
    answer = Answer(words, child.returncode, out + more, errors)
    tap.check("RT1-" not in answer.out + answer.errors, "a secret: %s" % answer)
    markers.check("this: %s" % answer, answer.out + answer.errors)
    return answer


def first_run():
    """Makes the journal."""
    tap.check(LAB.daemon.once() == 0, LAB.daemon.log())


def run(*words, **more):
    return frontdesk(*words, "-c", LAB.daemon.conf, **more)


# --- login -----------------------------------------------------------------------------------------------------------

def login_works():
    settle()
    first_run()
    expect(0, run("status"), "^QuickBooks   not logged in: frontdesk login quickbooks$")
    answer = expect(0, login(consent), "administrator of the company", r"^http://127\.0\.0\.1:\d+/connect/oauth2\?client_id=",
                    "error page: that is fine", r"^Logged in to Northwind IT \(%s\)\.$" % REALM,
                    r"^It lasts as long as frontdesk uses it; unused, until \d{4}-\d\d-\d\d; in any case until \d{4}-\d\d-\d\d\.$")
    tap.check(answer.errors == "", answer)
    mode = os.stat(token_file())
    tap.check(stat.S_IMODE(mode.st_mode) == 0o600, oct(mode.st_mode))
    tap.check("state=" in answer.out and re.search(r"state=[0-9a-f]{32}", answer.out), answer)
    expect(0, run("status"), r"^QuickBooks   reached \d+ seconds? ago, the login lasts another \d+ days$")
    told = json.loads(run("status", "--json").out)["quickbooks"]
    tap.check(told["logged_in"] and not told["login_refused"] and told["calls"] == 1 and told["login_ends_ms"] > 1e12, told)


def login_asks_again():
    settle()
    expect(0, login("nonsense", "https://northwind.example/quickbooks?code=1", consent), "Once more:", "Logged in to Northwind IT",
           errors=["must begin with https://northwind.example/quickbooks", "has no state"])


def login_gives_up():
    settle()
    expect(64, login("a", "b", "c"), errors=["must begin with"])
    expect(64, login(), errors=["no address was pasted"])
    tap.check(not os.path.exists(token_file()), "a token file")
    LAB.sandbox.settings(qb_consent="access_denied")
    expect(64, login(consent), errors=["access_denied: nobody consented"])


def login_of_another_company():
    settle(replace=((REALM, "1234"),))
    expect(64, login(consent), errors=["consent was given for realmId %s, and the settings name 1234" % REALM])
    tap.check(not os.path.exists(token_file()), "a token file")


def login_with_the_wrong_secret():
    settle()
    with open(os.path.join(LAB.daemon.dir, "books-secret"), "w", encoding="utf-8") as out:
        out.write("another\n")
    expect(77, login(consent), errors=["does not accept the client id with the secret in .*/books-secret"])


def login_misused():
    settle()
    expect(64, run("login"), errors=["allowed are quickbooks", "usage: frontdesk login quickbooks"])
    expect(64, run("login", "yahoo"), errors=["login yahoo: allowed are quickbooks"])
    expect(64, run("login", "quickbooks", "now"), errors=['"now" is one word too many'])
    expect(0, run("login", "--help"), "^usage: frontdesk login quickbooks", "only read")
    settle(with_books=False)
    expect(78, run("login", "quickbooks"), errors=["has no group quickbooks"])
    tap.check("QuickBooks" not in run("status").out, "a line about QuickBooks")


def login_where_nothing_can_be_written():
    settle(replace=(("/state/quickbooks-token", "/nowhere/quickbooks-token"),))
    expect(74, login(consent), errors=["cannot open .*/nowhere/quickbooks-token.lock: No such file"])


def login_again():
    """The new tokens stand in place of the old ones."""
    settle()
    expect(0, login(consent))
    with open(token_file(), encoding="utf-8") as stored:
        first = json.load(stored)
    expect(0, login(consent))
    with open(token_file(), encoding="utf-8") as stored:
        second = json.load(stored)
    tap.check(first["refresh_token"] != second["refresh_token"], "the same token")
    expect(0, run("doctor"), "^ok    QuickBooks: login, company$")


def login_as_root():
    """What root makes in the daemon's folder is the daemon's: it must refresh and replace it."""
    if os.geteuid() != 0:
        raise tap.Skip("not root")
    settle()
    state = os.path.dirname(token_file())
    os.chown(state, 65534, 65534)
    try:
        expect(0, login(consent))
        for name in ("quickbooks-token", "quickbooks-token.lock", "slots", "quickbooks.second.pace", "quickbooks.minute.pace"):
            tap.check(os.stat(os.path.join(state, name)).st_uid == 65534, "%s belongs to %d" % (name, os.stat(os.path.join(state, name)).st_uid))
        tap.check(not os.path.exists(token_file() + ".new"), os.listdir(state))
    finally:
        os.chown(state, 0, 0)


# --- doctor ----------------------------------------------------------------------------------------------------------

def doctor(code, *patterns):
    answer = expect(code, run("doctor"), *patterns)
    for block in re.findall(r"^FAIL  .*\n((?: {6}.*\n)*)", answer.out, re.M):
        tap.check("fix: " in block, answer)
    return answer


def doctor_without_login():
    settle()
    doctor(69, "^FAIL  QuickBooks: login, company$", "nobody has logged in at QuickBooks yet", "fix: .*frontdesk login quickbooks")


def doctor_finds_it_well():
    settle()
    login(consent)
    doctor(0, "^ok    QuickBooks: login, company$", r"Northwind IT, US, QuickBooks Online Plus; logged in until \d{4}-\d\d-\d\d", "All is well")
    settle(with_books=False)
    tap.check("QuickBooks" not in doctor(0).out, "QuickBooks without QuickBooks")


def doctor_and_faults():
    for rules, settings, cause, fix in [
            ([dict(action="xml429", path="v3/*")], {}, "request limit was reached", "again in a minute"),
            ([dict(action="html503", path="v3/*")], {}, "QuickBooks answered 503", "try again later"),
            ([dict(action="html404", path="v3/*")], {}, "QuickBooks answered 404", "quickbooks.api_url"),
            ([dict(action="drop_before_commit", path="v3/*")], {}, "was lost", "try again later"),
            ([], dict(qb_wrong_keys=True), "code 3100", "quickbooks.environment"),
            ([dict(action="status", status=401, path="v3/*")], {}, "QuickBooks answered 401", "frontdesk login quickbooks")]:
        settle()
        login(consent)
        LAB.sandbox.settings(**settings)
        LAB.sandbox.faults(rules)
        doctor(69, "^FAIL  QuickBooks: login, company$", cause, "fix: .*" + fix)


def doctor_with_a_dead_login():
    settle()
    login(consent)
    first_run()
    books = Books(LAB.sandbox)
    books.revoke(LAB.sandbox._talk("tokens")["families"][0]["refresh_token"])
    doctor(69, "invalid_grant", "fix: .*frontdesk login quickbooks")
    calls = len(LAB.sandbox.log())
    doctor(69, "has refused the login for good, and no further try is made")
    tap.check(not [r for r in LAB.sandbox.log()[calls:] if "bearer" in r["path"]], "tried again")
    expect(0, run("status"), "^QuickBooks   .*the login has ended: frontdesk login quickbooks$")
    expect(0, login(consent))
    doctor(0, "All is well")
    expect(0, run("status"), "^QuickBooks   .*the login lasts another")


def doctor_and_the_file():
    settle()
    login(consent)
    first_run()
    os.chmod(token_file(), 0o644)
    doctor(69, "can be read by others: chmod 600")
    expect(0, run("status"), "^QuickBooks   .*token file cannot be read")
    settle()
    os.unlink(os.path.join(LAB.daemon.dir, "books-secret"))
    doctor(69, "quickbooks.client_secret_file: cannot open the secret file")


def doctor_near_the_end():
    settle()
    LAB.sandbox.settings(qb_hard_seconds=20 * 86400)
    login(consent)
    doctor(0, "^warn  QuickBooks: the login ends in (19|20) days, on ", "fix: .*frontdesk login quickbooks")


def programs_at_once():
    """Four doctors meet an access token that has run out: one refresh, and all of them go on."""
    settle()
    login(consent)
    LAB.sandbox.settings(clock_shift_ms=2 * 3600000)
    LAB.sandbox.faults([dict(action="delay_before", path="oauth2/*", ms=300)])
    env = {**os.environ, "FRONTDESK_CLOCK_SHIFT_MS": str(2 * 3600000)}
    doctors = [subprocess.Popen([PROGRAM, "doctor", "-c", LAB.daemon.conf], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env=env) for _ in range(4)]
    for child in doctors:
        out, _ = child.communicate(timeout=tap.PATIENCE)
        markers.check("this: " + out, out)
        tap.check(child.returncode == 0 and "ok    QuickBooks: login, company" in out, out)
    tap.check(times_refreshed() == 1 and not LAB.sandbox._talk("tokens")["families"][0]["revoked"], LAB.sandbox._talk("tokens"))


# --- the keeper ------------------------------------------------------------------------------------------------------

def letters():
    return sorted(subject for _, subject, _ in LAB.letters(OPERATOR).values())


def words_of(subject):
    return [text for _, s, text in LAB.letters(OPERATOR).values() if s == subject][0]


def keep(days, *wanted, refreshed=None):
    """A daemon so many days later, long enough for its keeper to look; all letters to the operator so far are these."""
    LAB.sandbox.settings(clock_shift_ms=days * DAY)
    LAB.daemon.start(env={"FRONTDESK_CLOCK_SHIFT_MS": str(days * DAY)})
    begin = time.monotonic()
    good = False
    while not good and time.monotonic() < begin + tap.PATIENCE:
        time.sleep(0.1)
        good = time.monotonic() > begin + 0.7 and letters() == sorted(wanted) and refreshed in (None, times_refreshed())
    LAB.daemon.stop()
    tap.check(letters() == sorted(wanted), (days, letters()))
    tap.check(refreshed in (None, times_refreshed()), times_refreshed())


def times_refreshed():
    return LAB.sandbox._talk("tokens")["refreshed"]


ENDS30, ENDS7 = ("frontdesk: quickbooks-login-%d-days needs you" % n for n in (30, 7))
RENEWED30, RENEWED7 = ("frontdesk: quickbooks-login-%d-days is well again" % n for n in (30, 7))
ENDED, WELL = "frontdesk: login needs you", "frontdesk: login is well again"


def words_before_the_end():
    settle()
    LAB.sandbox.settings(qb_hard_seconds=60 * 86400)
    login(consent)
    keep(10)
    keep(31, ENDS30)
    tap.check("ends in 28 days" in words_of(ENDS30) and "frontdesk login quickbooks" in words_of(ENDS30), words_of(ENDS30))
    keep(40, ENDS30)
    keep(54, ENDS30, ENDS7)
    LAB.sandbox.settings(clock_shift_ms=55 * DAY)
    expect(0, login(consent, env={"FRONTDESK_CLOCK_SHIFT_MS": str(55 * DAY)}))
    keep(55, ENDS30, ENDS7, RENEWED30, RENEWED7)


def words_before_the_idle_end():
    """The token server is away for months, so that the tokens run out unused."""
    settle()
    login(consent)
    LAB.sandbox.faults([dict(action="html503", path="oauth2/*")])
    keep(60)
    keep(75, ENDS30)
    keep(85, ENDS30)
    keep(97, ENDS30, ENDS7)
    tap.check(re.search("ends in [2-4] days", words_of(ENDS7)), words_of(ENDS7))
    LAB.sandbox.faults([])
    keep(98, ENDS30, ENDS7, RENEWED30, RENEWED7)


def idle_stays_logged_in():
    settle()
    login(consent)
    for n, days in enumerate((8, 16, 90, 180), 1):
        keep(days, refreshed=n)
    keep(181, refreshed=4)
    expect(0, run("status", env={"FRONTDESK_CLOCK_SHIFT_MS": str(181 * DAY)}), "the login lasts another (99|100) days")


def the_rest_lives_on():
    """102 days off: the login is dead, the operator hears of it once, and mail becomes tickets all the same."""
    settle()
    login(consent)
    LAB.sandbox.settings(clock_shift_ms=102 * DAY)
    LAB.daemon.start(env={"FRONTDESK_CLOCK_SHIFT_MS": str(102 * DAY)})
    LAB.deliver(dict(subject="Sarah: reset MFA"))
    LAB.until("a ticket, and the letter", lambda: LAB.tickets() and ENDED in letters())
    tap.check(len(LAB.tickets()) == 1 and letters() == [ENDED], (LAB.tickets(), letters()))
    tap.check("frontdesk login quickbooks" in words_of(ENDED) and "invalid_grant" in words_of(ENDED), words_of(ENDED))
    LAB.daemon.stop()
    keep(102, ENDED)
    expect(0, login(consent, env={"FRONTDESK_CLOCK_SHIFT_MS": str(102 * DAY)}))
    keep(102, ENDED, WELL)
    tap.check(len(LAB.tickets()) == 1, LAB.tickets())


if __name__ == "__main__":
    with Lab() as LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        tap.run([(test.__name__.replace("_", " "), test) for test in (
            login_works, login_asks_again, login_gives_up, login_of_another_company, login_with_the_wrong_secret, login_misused,
            login_where_nothing_can_be_written, login_again, login_as_root, doctor_without_login, doctor_finds_it_well, doctor_and_faults,
            doctor_with_a_dead_login, doctor_and_the_file, doctor_near_the_end, programs_at_once, words_before_the_end, words_before_the_idle_end, idle_stays_logged_in,
            the_rest_lives_on)])
