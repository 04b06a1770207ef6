#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line without any server: help, manual, wrong words, wrong settings, unreadable secrets, templates."""
import glob
import os
import re
import shutil
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk, on_terminal  # noqa: E402
from markers import SECRETS  # noqa: E402
from daemon import SETTINGS  # noqa: E402
from sandbox import ROOT  # noqa: E402
import tap  # noqa: E402

WORK = tempfile.mkdtemp(prefix="frontdesk-words-")
CONF = os.path.join(WORK, "frontdesk.conf")
NOWHERE = os.path.join(WORK, "nowhere.conf")
# what each command is given so that it comes to reading its settings
READERS = {"run": [], "once": [], "explain": [], "journal": ["list"], "check": ["mapping"], "diagnose": [], "login": ["quickbooks"], "render": [], "doctor": [], "status": []}
# which words take an option that those above do not
OTHERS = {"journal": {"unmatched": ["export"], "explain": ["retry", "2222"], "output": ["export", "2222"], "damaged": ["forget", "x@northwind.example"]},
          "render": {"sample": ["created"], "open": ["created"], "output": ["created"]}}
GOOD = SETTINGS.format(autotask="", ticket="", firm="", mailbox="newticket@desk.example", trust="server:mx.desk.example", dir=WORK, ca=WORK + "/ca.pem", imaps=9, submission=9,
                       url="http://127.0.0.1:9/", templates=os.path.join(ROOT, "templates"), extra="")


def write(path, text, mode=0o600):
    if os.path.exists(path):
        os.unlink(path)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, mode), "w", encoding="utf-8") as out:
        out.write(text)


def settle(text=GOOD):
    """A folder as an operator has it: settings, secrets, no state."""
    shutil.rmtree(os.path.join(WORK, "state"), ignore_errors=True)
    write(CONF, text)
    for name, value in zip(("mail-password", "autotask-secret", "autotask-code"), SECRETS):
        write(os.path.join(WORK, name), value + "\n")
    write(os.path.join(WORK, "ca.pem"), "")


def untouched():
    tap.check(not os.path.exists(os.path.join(WORK, "state")), "the state directory was made")


def commands():
    """Name -> its help, from the list of `--help`."""
    listed = re.findall(r"^  ([a-z]+) {2,}\S", frontdesk("--help").out.split("\n\n")[1] + "\n", re.M)
    return {name: frontdesk(name, "--help").out for name in listed}


def options_of(text):
    return set(re.findall(r"^  (?:-\w,|   ) --([a-z-]+)", text, re.M))


def manual():
    with open(os.path.join(ROOT, "man", "frontdesk.8"), encoding="utf-8") as page:
        return page.read()


# --- help -------------------------------------------------------------------------------------------------------------------

def widest(text):
    """Columns, wherever it is installed."""
    return max(len(re.sub(r"\(/\S+/frontdesk.conf\)", "(/etc/frontdesk.conf)", line)) for line in text.splitlines())


def every_help():
    all_commands = commands()
    tap.check(set(READERS) < set(all_commands), sorted(all_commands))
    for name, text in all_commands.items():
        tap.check(text.startswith("usage: frontdesk %s" % name), text)
        for words in ((name, "-h"), ("-h", name), ("--help", name), ("help", name), (name, "--help", "-c", NOWHERE)):
            answer = expect(0, frontdesk(*words))
            tap.check(answer.out == text and not answer.errors, answer)
        tap.check(widest(text) <= 80, "lines too long for a terminal: " + text)
        examples = re.findall(r"(?m)^  frontdesk (\w+)", text[text.index("\nexamples:\n"):])
        tap.check(examples and set(examples) == {name} and len(text.splitlines()) <= 32, text)
    screen = frontdesk("--help").out
    tap.check(len(screen.splitlines()) <= 24 and widest(screen) <= 80, screen)
    answer = expect(64, frontdesk())
    tap.check(answer.out == frontdesk("--help").out == frontdesk("help").out, answer)


def manual_and_program_agree():
    page, all_commands = manual(), commands()
    described = page[page.index(".Sh COMMANDS"):page.index(".Sh SIGNALS")]
    in_manual = set(re.findall(r"^\.It Cm ([a-z]+)", described, re.M))
    tap.check(in_manual == set(all_commands), "manual %r, program %r" % (in_manual, set(all_commands)))
    verbs = set(re.findall(r"^\.It Cm journal ([a-z]+)", described, re.M))
    tap.check(verbs == set(re.findall(r"^  ([a-z]+) ", all_commands["journal"].split("\n\n")[2], re.M)), verbs)
    taken = set().union(*[options_of(text) for text in all_commands.values()])
    named = set(re.findall(r"^\.It (?:Fl \w.* , )?Fl Fl ([a-z-]+)|, Fl Fl ([a-z-]+)", page, re.M))
    named = {a or b for a, b in named}
    tap.check(named == taken, "manual %r, program %r" % (sorted(named), sorted(taken)))
    synopsis = page[page.index(".Sh SYNOPSIS"):page.index(".Sh DESCRIPTION")]
    for name, text in all_commands.items():
        used = re.search(r"\.Cm %s\b(.*?)(?=^\.Nm|\Z)" % name, synopsis, re.M | re.S)
        tap.check(used, "%s is not in the synopsis" % name)
        for option in options_of(text) - {"config", "log", "quiet", "version", "help"}:
            tap.check(re.search(r"\.Cm %s\b[^.]*(\n(?!\.Nm).*)*Fl Fl %s" % (name, option), synopsis), "%s --%s" % (name, option))


def exit_codes_are_in_the_manual():
    """Every code of sysexits.h that the program names, and no other."""
    used = set()
    for path in glob.glob(os.path.join(ROOT, "src", "cli", "*.c")):
        with open(path, encoding="utf-8") as source:
            used |= set(re.findall(r"\bEX_[A-Z]+", source.read()))
    tap.check(used - {"EX_OK"} == set(re.findall(r"Dv (EX_[A-Z]+)", manual())), sorted(used))


def settings_are_in_the_manual():
    with open(os.path.join(ROOT, "man", "frontdesk.conf.5"), encoding="utf-8") as page:
        keys = set(re.findall(r"^\.It Ic (\S+)", page.read(), re.M))
    tap.check(keys == set(re.findall(r"^([a-z]\S+)$", frontdesk("conf").out, re.M)), "conf and frontdesk.conf(5) differ")


def versions():
    answer = expect(0, frontdesk("version"), r"^frontdesk \d+\.\d+\.\d+$", r"SQLite \d")
    tap.check(answer.out == frontdesk("--version").out, answer)


# --- wrong words --------------------------------------------------------------------------------------------------------------

WRONG = [  # words, what the complaint says
    (["statsu"], 'did you mean "status"'),
    (["explian"], 'did you mean "explain"'),
    (["xyzzy"], 'there is no command "xyzzy"$'),
    (["help", "jurnal"], 'did you mean "journal"'),
    (["status", "--jsno"], r"no option --jsno; did you mean --json\?"),
    (["status", "--halp"], r"did you mean --help\?"),
    (["run", "--sinec=2026-01-01"], r"did you mean --since\?"),
    (["status", "-x"], "there is no option -x$"),
    (["status", "--xyzzy"], "there is no option --xyzzy$"),
    (["run", "--since"], "--since DATE"),
    (["status", "-c"], "--config FILE"),
    (["status", "--json=yes"], "--json takes no value"),
    (["status", "--log", "loud"], "allowed are debug, info, warn and error"),
    (["journal"], "to do: list, show, retry, .*\nfrontdesk: usage: frontdesk journal VERB"),
    (["journal", "lits"], 'did you mean "list"'),
    (["journal", "show"], "needs the REF"),
    (["journal", "retry"], "needs the REF"),
    (["journal", "show", "2222", "--state", "open"], "journal show takes no --state"),
    (["journal", "rebuild", "--json"], "journal rebuild takes no --json"),
    (["journal", "list", "x"], '"x" is one word too many'),
    (["explain", "a", "b"], '"b" is one word too many'),
    (["explain", "--subject", "Sarah: x", "mail.eml"], "give --subject or the mail"),
    (["explain", "--sender", "a@b.example"], "--sender goes with --subject"),
    (["explain", "--subject", "Sarah: x\nBcc: y"], "--subject: allowed is one line"),
    (["explain", "--subject", "x" * 901], "at most 900 bytes"),
    (["explain", "--subject", "x", "--sender", "dana"], "--sender: allowed is an address"),
    (["explain", "--subject", "x", "--sender", "a@b.example\r\nSubject: y"], "--sender: allowed is an address"),
    (["diagnose", "a", "b"], '"b" is one word too many'),
    (["check"], "say what to check"),
    (["check", "mappin"], 'did you mean "mapping"'),
    (["login"], "login: allowed are quickbooks"),
    (["login", "extra"], "login extra: allowed are quickbooks"),
    (["login", "quickbooks", "now"], '"now" is one word too many'),
    (["render", "created", "help"], '"help" is one word too many'),
]


def wrong_words():
    for words, complaint in WRONG:
        answer = expect(64, frontdesk(*words, "-c", CONF) if "-c" not in words else frontdesk(*words), errors=[complaint])
        tap.check(not answer.out and "frontdesk: " in answer.errors.splitlines()[-1], answer)
    for name in commands():
        if name not in ("check", "completion", "diagnose", "explain", "journal", "login", "render", "help"):
            expect(64, frontdesk(name, "extra", "-c", CONF), errors=['"extra" is one word too many', "usage: frontdesk " + name])
    untouched()


def options_where_they_belong():
    """Each command refuses the options of others, and takes its own before and behind its name."""
    all_commands = commands()
    values = {"format": "csv", "since": "2026-01-01", "mailbox": "desk", "state": "open", "output": WORK, "log": "error", "until": "2026-01-01", "sender": "x@y.example", "limit": "1", "wait": "1", "sample": "usual", "answers": NOWHERE, "subject": "x"}
    every = set().union(*[options_of(text) for text in all_commands.values()]) - {"help", "version", "config"}
    for name, text in all_commands.items():
        for option in every:
            words = [name] + {**READERS, "completion": ["bash"]}.get(name, [])
            words = [name, *OTHERS[name][option]] if option in OTHERS.get(name, {}) else words
            words += ["--subject=x"] if (name, option) == ("explain", "sender") else []
            given = ["--" + option] + ([values[option]] if option in values else [])
            for line in (words + given, given + words):
                answer = frontdesk(*line, "-c", NOWHERE)
                if option in options_of(text):
                    # setup: only with a terminal or with answers, which are not there
                    of_setup = {"answers": 78, "answers-example": 0}.get(option, 64)
                    tap.check(answer.code == (78 if name in READERS else of_setup if name == "setup" else 0), answer)
                    tap.check("takes no --" not in answer.errors, answer)
                else:
                    expect(64, answer, errors=["%s takes no --%s" % (name, option)])
    for line in (["-c", NOWHERE, "status"], ["status", "-c", NOWHERE], ["--config=" + NOWHERE, "status"], ["status", "-c" + NOWHERE]):
        expect(78, frontdesk(*line), errors=[re.escape(NOWHERE)])


def wrong_values():
    settle()
    for date in ("yesterday", "2026-02-31", "2026-1-1", "31.01.2026", ""):
        expect(64, frontdesk("run", "--since", date, "-c", CONF), errors=["allowed is a day such as 2026-01-31"])
    expect(64, frontdesk("once", "--since", "2199-01-01", "-c", CONF), errors=["still to come"])
    expect(64, frontdesk("explain", "--mailbox", "dsk", "-c", CONF), errors=['no mailbox "dsk"; did you mean "desk"'])
    untouched()


# --- settings and secrets -------------------------------------------------------------------------------------------------------

BROKEN = """firm = {
    name = "Northwind IT";
    domains = ["northwind.example"];
    timezone = "Amerika/New_York";
    hours = "9 to 5";
};
mailboxes = ( {
    name = "the desk"; adress = "newticket@desk.example"; trust = "exchange";
    imap = { url = "http://127.0.0.1"; user = "x"; password_file = "relative/path"; };
    smtp = { url = "smtp://127.0.0.1:99999"; };
} );
autotask = { user = "api"; secret_file = "/x"; integration_code_file = "/y"; in_flight = 9; };
ticket = { queue = "Help Desk"; triage_queue = ""; status = "New"; prioritiy = "Medium"; };
limits = { workers = "many"; keep_days = 3; };
metrics = { listen = "1"; };
"""
PROBLEMS = [  # line, key, what is said
    (4, "firm.timezone", 'no time zone "Amerika/New_York"; allowed: '), (5, "firm.hours", "allowed: "),
    (8, r"mailboxes\[0\].name", "allowed: letters, digits and -"),
    (8, r"mailboxes\[0\].adress", r"did you mean mailboxes\[0\].address\?"), (8, r"mailboxes\[0\].trust", "is no trust profile; allowed: "),
    (7, r"mailboxes\[0\].address", "is missing; allowed: an e-mail address"), (9, r"mailboxes\[0\].imap.url", "allowed: imap://HOST"),
    (9, r"mailboxes\[0\].imap.password_file", "allowed: an absolute path"), (10, r"mailboxes\[0\].smtp.url", '"99999" is no port|no port'),
    (12, "autotask.in_flight", "allowed: a number from 1 to 3"), (13, "ticket.triage_queue", "is empty"),
    (13, "ticket.prioritiy", r"did you mean ticket.priority\?"), (13, "ticket.priority", "is missing"),
    (14, "limits.workers", "allowed: a number from 1 to 64"), (14, "limits.keep_days", r"did you mean journal.keep_days\? Allowed here: "), (15, "metrics.listen", "names no port|is no|not this machine"),
]


def all_problems_at_once():
    settle(BROKEN)
    for name, words in READERS.items():
        answer = expect(78, frontdesk(name, *words, "-c", CONF))
        for line, key, said in PROBLEMS:
            tap.check(re.search(r"^frontdesk: %s:%d: %s: .*%s" % (re.escape(CONF), line, key, said), answer.errors, re.M),
                      "line %d, %s, %s: %s" % (line, key, said, answer))
        lines = [int(n) for n in re.findall(r"frontdesk.conf:(\d+): ", answer.errors)]
        tap.check(lines == sorted(lines) and len(lines) == len(PROBLEMS), "%r: %s" % (lines, answer))
        tap.check(not answer.out, answer)
    untouched()


def unreadable_settings():
    cases = [(NOWHERE, "No such file or directory", "frontdesk setup"), (WORK, "is no ordinary file", "nothing was done")]
    write(os.path.join(WORK, "syntax.conf"), "firm = {\n  name = ;\n};\n")
    write(os.path.join(WORK, "large.conf"), "# x\n" * 100000)
    write(os.path.join(WORK, "nul.conf"), "firm\0")
    write(os.path.join(WORK, "include.conf"), '@include "/etc/passwd"\n')
    cases += [(os.path.join(WORK, "syntax.conf"), ":2: .*allowed: key = value;", "nothing was done"),
              (os.path.join(WORK, "large.conf"), "larger than 256 KB", "nothing was done"),
              (os.path.join(WORK, "nul.conf"), "NUL byte", "nothing was done"),
              (os.path.join(WORK, "include.conf"), "@include: is not supported", "nothing was done")]
    for path, said, then in cases:
        for name, words in READERS.items():
            answer = expect(78, frontdesk(name, *words, "-c", path), errors=[re.escape(path) + ":", said, then])
            tap.check("root:" not in answer.errors, answer)


def sample_and_manual_are_good():
    """The sample of the tree and the example of the manual are settings that are taken as they stand."""
    with open(os.path.join(ROOT, "man", "frontdesk.conf.5"), encoding="utf-8") as page:
        example = re.search(r"\.Bd -literal\n(.*?)\.Ed", page.read(), re.S).group(1)
    with open(os.path.join(ROOT, "dist", "frontdesk.conf"), encoding="utf-8") as sample:
        texts = {"example": example, "sample": sample.read()}
    for name, text in texts.items():
        write(CONF, text + '\njournal = { path = "%s/none"; };\n' % WORK if name == "example" else
              text.replace('# path = "/var/lib/frontdesk"', 'path = "%s/none"' % WORK))
        expect(66, frontdesk("status", "-c", CONF), errors=["none"])


def line_of(group, key):
    """Where that setting of the group stands in GOOD."""
    lines = GOOD.splitlines()
    begin = next(n for n, line in enumerate(lines) if re.search(r"\b%s = {" % group, line))
    return next(n for n in range(begin, len(lines)) if re.search(r"\b%s = " % key, lines[n])) + 1


def secrets_all_at_once():
    settle()
    write(os.path.join(WORK, "mail-password"), "correct horse\nbattery\n")
    os.chmod(os.path.join(WORK, "autotask-secret"), 0o644)
    os.unlink(os.path.join(WORK, "autotask-code"))
    os.unlink(os.path.join(WORK, "ca.pem"))
    wanted = [r"%s:%d: %s" % (re.escape(CONF), line_of(*place), said) for place, said in (
        (("imap", "password_file"), r"mailboxes\[0\].imap.password_file: .*mail-password holds more than one line"),
        (("smtp", "password_file"), r"mailboxes\[0\].smtp.password_file: .*mail-password holds more than one line"),
        (("imap", "ca_file"), r"mailboxes\[0\].imap.ca_file: cannot read .*ca.pem: No such file"),
        (("smtp", "ca_file"), r"mailboxes\[0\].smtp.ca_file: "),
        (("autotask", "secret_file"), r"autotask.secret_file: .*can be read by others: chmod 600 "),
        (("autotask", "integration_code_file"), r"autotask.integration_code_file: .*autotask-code: No such file"))]
    for name in ("run", "once"):
        expect(78, frontdesk(name, "-c", CONF), errors=["^frontdesk: " + w for w in wanted])
    untouched()
    answer = expect(69, frontdesk("doctor", "-c", CONF), r"^FAIL  secrets and certificates$", *[" +" + w for w in wanted])
    tap.check("fix: each secret is a file with one line, mode 0600" in answer.out, answer)


def other_secrets():
    for text, said in (("", "is empty"), ("a\x07b", "control character"), ("x" * 9000, "longer than")):
        settle()
        write(os.path.join(WORK, "autotask-secret"), text)
        expect(78, frontdesk("explain", "-c", CONF, stdin=b"x"), errors=["autotask-secret.*" + said])
    settle(GOOD.replace(WORK + "/autotask-secret", "cred:autotask-secret"))
    expect(78, frontdesk("run", "-c", CONF), errors=["cred:autotask-secret is a systemd credential.*LoadCredential=autotask-secret"])
    expect(69, frontdesk("doctor", "-c", CONF, env={"CREDENTIALS_DIRECTORY": WORK}), "^ok    secrets and certificates$")
    settle(GOOD.replace(WORK + "/autotask-secret", WORK))
    expect(78, frontdesk("run", "-c", CONF), errors=["is not an ordinary file"])
    answer = frontdesk("explain", "-c", CONF, stdin=b"x")
    tap.check("frontdesk: %s:%d: autotask.secret_file: " % (CONF, line_of("autotask", "secret_file")) in answer.errors, answer)


# --- templates and output ------------------------------------------------------------------------------------------------------------

def every_template():
    settle()
    out = os.path.join(WORK, "rendered")
    os.mkdir(out)
    names = expect(0, frontdesk("render", "-c", CONF)).out.split()
    there = {os.path.basename(p)[:-4] for p in glob.glob(os.path.join(ROOT, "templates", "en", "reply", "[a-z]*.txt"))}
    tap.check(set(names) == there, names)
    for name in names:
        answer = expect(0, frontdesk("render", name, "--output", out, "-c", CONF))
        tap.check(answer.out.split() == [os.path.join(out, name + end) for end in (".txt", ".html")], answer)
        with open(os.path.join(out, name + ".txt"), encoding="utf-8") as text:
            tap.check(re.match(r"Subject: \S.*\n\n\S", text.read()), name)
        with open(os.path.join(out, name + ".html"), encoding="utf-8") as html:
            tap.check("<html" in html.read(200).lower(), name)
    expect(0, frontdesk("render", "created", "-c", CONF, cwd=out), r"^\./created\.txt$")


def samples():
    """Every case of --samples can be rendered, and each says something else than the others of its letter."""
    settle()
    out = os.path.join(WORK, "samples")
    os.makedirs(out, exist_ok=True)
    listed = [line.split() for line in expect(0, frontdesk("render", "--samples", "-c", CONF)).out.splitlines()]
    tap.check([row[0] for row in listed] == frontdesk("render", "-c", CONF).out.split() and all(row[1] == "usual" for row in listed), listed)
    tap.check(sum(len(row) - 1 for row in listed) >= len(listed) + 12, listed)
    for name, *cases in listed:
        seen = set()
        for case in cases:
            expect(0, frontdesk("render", name, "--sample", case, "--output", out, "-c", CONF))
            for ending in ("txt", "html"):
                tap.check(os.stat(os.path.join(out, "%s.%s" % (name, ending))).st_mode & 0o777 == 0o600, name)
            with open(os.path.join(out, name + ".txt"), encoding="utf-8") as text:
                seen.add(text.read())
        tap.check(len(seen) == len(cases), "%s: two cases are the same: %r" % (name, cases))
    expect(64, frontdesk("render", "diagnosis", "--sample", "refutd", "-c", CONF), errors=['no sample "refutd" .did you mean "refuted"', "`frontdesk render --samples` lists them"])
    expect(64, frontdesk("render", "--samples", "created", "-c", CONF), errors=["--samples stands alone"])
    for option in (["--open"], ["--sample", "bare"]):
        expect(64, frontdesk("render", *option, "-c", CONF), errors=["%s needs a template" % option[0]])


def opened():
    """--open: files in a folder of their own; xdg-open on a terminal with a desktop only."""
    settle()
    tools, note = os.path.join(WORK, "tools"), os.path.join(WORK, "opened")
    os.makedirs(tools, exist_ok=True)
    write(os.path.join(tools, "xdg-open"), '#!/bin/sh\necho "$1" > %s\n' % note, 0o755)
    env = {"PATH": tools + ":" + os.environ["PATH"], "TMPDIR": WORK, "DISPLAY": ":9"}
    answer = expect(0, frontdesk("render", "created", "--open", "-c", CONF, env=env), r"^%s/frontdesk-render-\w{6}/created\.html$" % re.escape(WORK))
    folder = os.path.dirname(answer.out.split()[0])
    tap.check(os.stat(folder).st_mode & 0o777 == 0o700 and all(os.stat(path).st_mode & 0o777 == 0o600 for path in answer.out.split()), answer)
    tap.check(not os.path.exists(note), "opened without a terminal")
    code, seen = on_terminal("render", "created", "--open", "-c", CONF, env={k: v for k, v in env.items() if k != "DISPLAY"})
    tap.check(code == 0 and "created.html" in seen and ("no desktop here" in seen or "DISPLAY" in os.environ), seen)
    code, seen = on_terminal("render", "created", "--open", "-c", CONF, env=env)
    with open(note, encoding="utf-8") as path:
        tap.check(code == 0 and path.read().strip() in seen, seen)
    write(os.path.join(tools, "xdg-open"), "#!/bin/sh\nexit 3\n", 0o755)
    code, seen = on_terminal("render", "created", "--open", "-c", CONF, env=env)
    tap.check(code == 0 and "xdg-open does not open it" in seen, seen)


def own_templates():
    """A file in the firm's own folder stands for ours, the letter whole; a partial by the file; faults have file and line."""
    own, out = os.path.join(WORK, "own"), os.path.join(WORK, "own-out")
    for folder in (own, out):
        os.makedirs(folder, exist_ok=True)
    read = lambda name: open(os.path.join(out, name), encoding="utf-8").read()
    render = lambda name, code=0, **options: expect(code, frontdesk("render", name, "--output", out, "-c", CONF), **options)
    settle(GOOD + 'own_templates = "%s";\n' % own)
    render("queued")
    before = read("queued.txt"), read("queued.html")
    write(os.path.join(own, "created.txt"), "Subject: Done: {{title}}\n\nOur own words for {{#ticket}}{{assignee}}{{/ticket}}.\n")
    render("created")
    tap.check(read("created.txt") == "Subject: Done: reset MFA for Bob at Acme & Sons <west>\n\nOur own words for Sarah Klein.\n", read("created.txt"))
    tap.check(not os.path.exists(os.path.join(out, "created.html")), "half of the letter is ours")
    write(os.path.join(own, "created.html"), "<html lang=\"en\"><body>{{title}}</body></html>\n")
    render("created")
    tap.check("Acme &amp; Sons &lt;west&gt;" in read("created.html"), read("created.html"))
    render("queued")
    tap.check((read("queued.txt"), read("queued.html")) == before, "another letter changed")
    write(os.path.join(own, "created.txt"), "Subject: x\n\n{{titel}}\n{{> nothing}}\n")
    render("created", 78, errors=[r'own/created\.txt:3: there is no variable "titel"; did you mean "title"', r'own/created\.txt:4: there is no template "nothing"'])
    os.unlink(os.path.join(own, "created.txt"))
    os.unlink(os.path.join(own, "created.html"))
    partial = sorted(name for name in os.listdir(os.path.join(ROOT, "templates", "en", "reply")) if name.startswith("_") and name.endswith(".txt"))[0]
    write(os.path.join(own, partial), "OUR PARTIAL\n")
    for name in frontdesk("render", "-c", CONF).out.split():
        render(name)
    tap.check(any("OUR PARTIAL" in read(name) for name in os.listdir(out) if name.endswith(".txt")), "the partial %s is not ours" % partial)
    tap.check(not any("OUR PARTIAL" in read(name) for name in os.listdir(out) if name.endswith(".html")), "a partial of the other kind")


def bad_rendering():
    settle()
    for name, said in (("creatd", 'did you mean "created"'), ("_foot", "no template"), ("../created", "no template"), ("", "no template")):
        expect(64, frontdesk("render", name, "-c", CONF), errors=[said, "`frontdesk render` lists them"])
    expect(74, frontdesk("render", "created", "--output", WORK + "/none", "-c", CONF), errors=["there is no folder .*/none; make it first", "fix: "])
    expect(74, frontdesk("render", "created", "--output", CONF, "-c", CONF), errors=["Not a directory"])
    folder = os.path.join(WORK, "templates")
    shutil.copytree(os.path.join(ROOT, "templates"), folder)
    settle(GOOD.replace(os.path.join(ROOT, "templates"), folder))
    write(os.path.join(folder, "en", "reply", "created.txt"), "Subject: {{subject}}\n\n{{numbr}}\n{{#ticket}}\n")
    write(os.path.join(folder, "en", "help", "replies.txt"), "title: Replies\n\nSay {nmae}.\n")
    for name in ("render", "run", "explain", "doctor"):
        if name != "run":  # which would make its state first
            answer = frontdesk(name, "-c", CONF, stdin=b"From: x\n\nx")
            both = answer.out + answer.errors
            tap.check(answer.code == (69 if name == "doctor" else 78), answer)
            tap.check(re.search(r'created\.txt:3: there is no variable "numbr"; did you mean "number"', both) and "created.txt:4: " in both and
                      "replies.txt:3: there is no {nmae}; did you mean {name}?" in both, answer)
    settle(GOOD.replace(os.path.join(ROOT, "templates"), WORK + "/none"))
    expect(78, frontdesk("render", "-c", CONF), errors=["none: No such file"])
    settle(GOOD.replace("firm = {", "firm = { language = \"de\";"))
    for name in ("render", "explain"):
        expect(78, frontdesk(name, "-c", CONF, stdin=b"x"), errors=['firm.language: there is no language "de"; there is en'])


def lost_output():
    settle()
    with open("/dev/full", "wb") as full:
        for words in (["--help"], ["conf"], ["version"], ["render", "-c", CONF]):
            expect(74, frontdesk(*words, out=full), errors=["cannot write the output: No space left"])


def colours():
    """Only on a terminal, and never with NO_COLOR. (frontdesk() itself refuses escapes in pipes.)"""
    settle()
    code, seen = on_terminal("doctor", "-c", CONF)
    tap.check(code == 69 and "\x1b[1;31mFAIL\x1b[0m" in seen and "\x1b[32mok" in seen, seen)
    code, seen = on_terminal("doctor", "-c", CONF, env={"NO_COLOR": "1"})
    tap.check(code == 69 and "\x1b[3" not in seen and "\x1b[1" not in seen and "FAIL" in seen, seen)


def own_words():
    """What a firm has instead of ours: sentences, articles, words of checks, each by itself; for one language before that for all; and a language
    of its own. What frontdesk would never look for is told with file, line and the nearest name."""
    own, out, ours = os.path.join(WORK, "own"), os.path.join(WORK, "out"), os.path.join(ROOT, "templates", "en")
    shutil.rmtree(own, ignore_errors=True)
    os.makedirs(out, exist_ok=True)
    put = lambda name, text: (os.makedirs(os.path.dirname(os.path.join(own, name)), exist_ok=True), write(os.path.join(own, name), text))
    settings = GOOD + 'own_templates = "%s";\n' % own
    settle(settings)

    def rendered(name, code=0, errors=()):
        expect(code, frontdesk("render", name, "-c", CONF, "--output", out), errors=errors)
        with open(os.path.join(out, name + ".txt"), encoding="utf-8") as text:
            return text.read()
    plain = {name: rendered(name) for name in ("created", "queued")}
    with open(os.path.join(ours, "reply", "created.txt"), encoding="utf-8") as text:
        put("created.txt", text.read().replace("ticket is made", "wish is a ticket now"))
    tap.check(rendered("created") == plain["created"].replace("ticket is made", "wish is a ticket now") != plain["created"], rendered("created"))
    put("en/created.txt", "Subject: {{title}}\n\nFor English alone.\n")
    tap.check("For English alone." in rendered("created"), rendered("created"))
    put("words.txt", "[weekdays]\ntext: Sonn Mon Dien Mitt Don Frei Sams\n")
    put("check/ours.txt", "[item-near]\ntitle: Nearly the same\ndetail: {want}, {other}\ncause: c\nfix: f\n")
    put("help/visits.txt", "title: Visits\nkeywords: visit\n\nWe come on Mondays.\n")
    tap.check(rendered("queued") == plain["queued"], rendered("queued"))
    settle(settings.replace("firm = {", 'firm = { language = "de";'))
    expect(78, frontdesk("render", "-c", CONF), errors=[r'there is no language "de"; there is en; another one is a folder of its name in .*/own$'])
    put("de/words.txt", "[value-none]\ntext: keine\n")
    tap.check("wish is a ticket now" in rendered("created"), "the one for all languages counts")
    settle(settings)
    for name, text, said in (("words.txt", "[wekdays]\ntext: x\n", r"own/words.txt:1: .*wekdays.*did you mean \[weekdays\]"), ("creatd.txt", "Subject: x\n", r'own/creatd.txt:1: frontdesk writes no letter "creatd"; did you mean "created"\?'),
                             ("queued.html", "x", r"own/queued.html:1: the text of this letter is missing: put queued.txt beside it"),
                             ("check/more.txt", "\n[item-neer]\ntitle: x\n", r"own/check/more.txt:2: no report has \[item-neer\]; did you mean \[item-near\]\?"),
                             ("help/more.txt", "title: x\n\nSay {nmae}.\n", r"own/help/more.txt:3: there is no \{nmae\}"), ("reply/created.txt", "Subject: x\n", r"own/reply:1: letters of the firm stand beside this folder, not in it: move them up"),
                             ("diagnose/mine.conf", "id = 1;\n", r"own/diagnose:1: rules of the firm stand in the folder of the setting diagnose, not here")):
        before = open(os.path.join(own, name), encoding="utf-8").read() if os.path.exists(os.path.join(own, name)) else None
        put(name, text)
        answer = expect(78, frontdesk("render", "-c", CONF), errors=[said])
        tap.check(len(answer.errors.splitlines()) == 3, answer)
        if before is None:
            os.unlink(os.path.join(own, name))
        else:
            write(os.path.join(own, name), before)
        if name.startswith(("reply/", "diagnose/")):
            os.rmdir(os.path.join(own, os.path.dirname(name)))
    shutil.rmtree(own)
    shutil.copytree(os.path.join(ours, "reply"), own)
    expect(0, frontdesk("render", "-c", CONF))  # each letter of ours is one that a firm may have


def whole_templates():
    """The folder of another version: what this one needs and that one lacks is told, and nothing starts."""
    folder = os.path.join(WORK, "old")
    shutil.copytree(os.path.join(ROOT, "templates"), folder)
    settle(GOOD.replace(os.path.join(ROOT, "templates"), folder))
    os.unlink(os.path.join(folder, "en", "reply", "withdrawn.txt"))
    os.unlink(os.path.join(folder, "en", "reply", "withdrawn.html"))
    expect(78, frontdesk("render", "-c", CONF), errors=[r"old/en/reply/withdrawn.txt:1: is missing: templates has to be the folder that belongs to this version; .* own_templates"])
    settle()


CASES = [("--help of every command", every_help), ("manual and program name the same commands and options", manual_and_program_agree),
         ("exit codes of the manual", exit_codes_are_in_the_manual), ("conf and frontdesk.conf(5)", settings_are_in_the_manual),
         ("version", versions), ("wrong words: 64, with a hint", wrong_words), ("options only where they belong, before and behind",
                                                                               options_where_they_belong),
         ("wrong values of options", wrong_values), ("all problems of the settings at once, at every command", all_problems_at_once),
         ("settings that cannot be read", unreadable_settings), ("the sample and the manual's example", sample_and_manual_are_good),
         ("unreadable secrets, all at once", secrets_all_at_once), ("other faults of secrets", other_secrets),
         ("render writes every template", every_template), ("render with other facts", samples), ("render --open", opened), ("templates of the firm", own_templates), ("render with bad names, folders, templates", bad_rendering),
         ("a firm's own words", own_words), ("templates of another version", whole_templates),
         ("output that cannot be written", lost_output), ("colours", colours)]

if __name__ == "__main__":
    try:
        tap.run(CASES)
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
