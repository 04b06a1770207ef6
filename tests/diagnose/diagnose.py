#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`frontdesk diagnose`: errors of the sync as people forward them are found, with what they tell, and nothing is found where there is none;
a firm's own rules; what the command says and how it ends."""
import concurrent.futures
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from console import expect, frontdesk  # noqa: E402
from firm import Firm  # noqa: E402
import generator  # noqa: E402
import ordinary  # noqa: E402
import tap  # noqa: E402

SEED = int(os.environ.get("FRONTDESK_SEED", "1"))
CATEGORY = "Invalid Reference Id : An item in this transaction is set up as a category instead of a product or service."


def run(firm, *words, **more):
    return frontdesk("diagnose", *words, "-c", firm.conf, **more)


def look(firm, data):
    answer = run(firm, "--offline", "--json", stdin=data)
    tap.check(answer.out.startswith("{"), answer)
    found = json.loads(answer.out)
    tap.check(answer.code == (0 if found["errors"] else 1), answer)
    return found


def wrong_with(mail, errors):
    """What is wrong with the answer; "" = nothing. Of wordings the best is meant, and comes first."""
    if errors and errors[0]["by"] == "symptom":
        errors = errors[:1]
    got, want = [e["id"] for e in errors], [ident for ident, _ in mail.wants]
    if got != want:
        return "%s instead of %s" % (got, want)
    for error, (_, values) in zip(errors, mail.wants):
        for name in set(values) | (set(error["values"]) & set(generator.RECORDS) if values else set()):
            if sorted(error["values"].get(name, [])) != sorted(values.get(name, [])):
                return "%s: %s is %s instead of %s" % (error["id"], name, error["values"].get(name), values.get(name))
    return ""


def all_found(firm, mails):
    """Ids and parameters, of every one."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda mail: look(firm, mail.bytes()), mails))
    failed = [(mail, why) for mail, why in ((mail, wrong_with(mail, a["errors"])) for mail, a in zip(mails, answers)) if why]
    tap.check(not failed, "%d of %d:\n%s" % (len(failed), len(mails), "\n".join(
        "%s: %s\n%s" % (mail.name, why, mail.bytes().decode("utf-8", "replace")) for mail, why in failed[:5])))


def every_entry(firm):
    mails = generator.mails(SEED)
    entries = {mail.wants[0][0] for mail in mails}
    tap.check(len(mails) >= 400 and len(entries) == 153, (len(mails), len(entries)))
    all_found(firm, mails)


def several_in_one_mail(firm):
    all_found(firm, generator.together(SEED))


def ordinary_mails(firm):
    mails = ordinary.mails(SEED)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda mail: look(firm, mail[1].encode()), mails))
    found = [(name, [e["id"] for e in a["errors"]], text) for (name, text), a in zip(mails, answers) if a["errors"]]
    tap.check(len(mails) == 150 and not found, found[:5])


def as_text(firm):
    answer = expect(0, run(firm, "--offline", stdin=("Invoice 10233 failed: " + CATEGORY).encode()),
                    "COULD NOT BE CHECKED", "^What to do:", r"^  1\. ", "10233 failed: ")
    tap.check("{{" not in answer.out, answer)


def from_a_file(firm):
    path = os.path.join(firm.dir, "error.txt")
    with open(path, "w", encoding="utf-16") as out:
        out.write("QuickBooks says: No Name Provided\n")
    expect(1, run(firm, "--offline", path))  # two bytes a letter without a word that says so is no text
    with open(path, "wb") as out:
        out.write("QuickBooks says \u201cNo\u00a0Name Provided\u201d".encode("utf-8"))
    expect(0, run(firm, "--offline", path), "What to do:")
    expect(66, run(firm, "--offline", path + ".not"), errors=["cannot open .*error.txt.not"])
    expect(66, run(firm, "--offline", firm.dir), errors=["is a folder"])


def nothing_known(firm):
    expect(1, run(firm, "--offline", stdin=b"Please order two monitors.\n"), "^No error of the sync was found.$")
    expect(1, run(firm, "--offline", stdin=b"QuickBooks transfer failed: error of a kind that nobody knows\n"),
           "none that", '"QuickBooks transfer failed')
    expect(1, run(firm, "--offline", stdin=b""))


def misused(firm):
    expect(64, run(firm, "a", "b"), errors=["usage"])
    expect(64, run(firm, "--ofline"), errors=["offline"])
    expect(0, frontdesk("diagnose", "--help"), "Exit 0: an error is known; 1: none", "--offline")


def confirmed(firm):
    """Both systems are read: what the books show is said, in text and for programs."""
    answer = run(firm, "--json", stdin=("Invoice ID: 9002\nReason: There was an error. 400 " + CATEGORY).encode())
    error = json.loads(answer.out)["errors"][0]
    tap.check(answer.code == 0 and error["id"] == "qbo-item-is-category" and error["values"]["invoice_id"] == ["9002"], answer)
    tap.check(error["verdict"] in ("confirmed", "refuted", "solved"), answer)
    expect(0, run(firm, stdin=("Invoice ID: 9002\nReason: There was an error. 400 " + CATEGORY).encode()), "Read in the books")
    for row in firm.sandbox.log():
        tap.check(row["method"] == "GET" or row["path"].split("?")[0].endswith(("/query", "/bearer")), row)


def systems_away(firm):
    firm.sandbox.faults([dict(action="status", status=500, path="v3/company/*/query")])
    expect(0, run(firm, stdin=("Invoice ID: 9002\n" + CATEGORY).encode()), "COULD NOT BE CHECKED")
    firm.sandbox.faults([])


RULE = """id = "%s"; title = "no rate for the county"; emitter = "qbo"; severity = "high"; rank = 1;
seen = [ "AcmeSync could not send it: county \\"Lake\\" has no rate." ];
needles = ( ( "acmesync could not send it", "has no rate" ) );
takes = [ "county \\"(?<tax_code>[^\\"]{1,40})\\"" ];
unconfirmable = "AcmeSync keeps its rates itself"; meaning = "AcmeSync has no rate for {{tax_code}}.";
cause = "Nobody has entered it.";
steps = [ "Enter the rate of {{tax_code}}.", "{{> resend}}" ];
"""
ERROR = b"AcmeSync could not send it: county \"Lake\" has no rate.\n"


def firm_rules(firm):
    folder = os.path.join(firm.dir, "rules")
    os.makedirs(folder, exist_ok=True)
    firm.write("frontdesk.conf", open(firm.conf, encoding="utf-8").read() + 'diagnose = "%s";\n' % folder)
    expect(1, run(firm, "--offline", stdin=ERROR))
    firm.write("rules/acme-county.conf", RULE % "acme-county")
    expect(0, run(firm, "--offline", stdin=ERROR), "AcmeSync has no rate for Lake", r"1\. Enter the rate of Lake",
           r"^Rule: acme-county \(.*/rules/acme-county\.conf\)$")
    expect(0, run(firm, stdin=ERROR), "No system that frontdesk can read shows this: AcmeSync keeps its rates itself")
    expect(69, frontdesk("doctor", "-c", firm.conf), r"rules for errors of the sync: 154, 1 of them the firm's")
    # in the place of one of ours
    firm.write("rules/qbo-no-name.conf", (RULE % "qbo-no-name").replace("AcmeSync", "BetaSync").replace("acmesync", "betasync"))
    tap.check(look(firm, b"QuickBooks: No Name Provided")["errors"] == [], "the rule that was replaced is still there")
    tap.check(look(firm, ERROR.replace(b"Acme", b"Beta"))["errors"][0]["id"] == "qbo-no-name", "the firm's rule is not")


WRONG = [
    ('rank = 1;', 'rank = 7;', "1: rank: allowed: a number from 1"),
    ('emitter = "qbo";', 'emitter = "qbos";', '1: emitter: there is no "qbos"; did you mean "qbo"'),
    ('emitter = "qbo";', '', "1: emitter: is missing"),
    ('severity', 'severty', "1: severty: unknown key; did you mean severity"),
    ('title = "no rate for the county"', 'title = 5', "1: title: must be a text in quotes"),
    ('{1,40}', '+', "4: takes: .*no upper end; write"),
    ('[^\\"]{1,40}', '(?:a{1,9}){1,9}', "4: takes: .*a repeat holds another repeat"),
    ('[^\\"]{1,40}', '[^', "4: takes: .*does not compile"),
    ('?<tax_code>', '?<tax_cod>', '4: takes: .*no parameter "tax_cod"; did you mean "tax_code"'),
    ('"acmesync could not send it"', '"acmesync sends it"', r'2: seen: .*is not found by this rule; not in it: "acmesync sends it"; allowed: what its needles match'),
    ('"acmesync could not send it", "has no rate"', '"could not send", "has no such rate", "county #"', '2: seen: .*; not in it: "has no such rate", "county #"; allowed'),
    ('needles = ( ( "acmesync could not send it", "has no rate" ) )', 'needles = [ [ "acmesync could not send it", "has no rate" ] ]',
     r"3: syntax error; allowed: .*lists that hold lists in round brackets"),
    ('rank = 1;\nseen = [ "AcmeSync', 'rank = 2;\nseen = [ "QuickBooks: No Name Provided. AcmeSync', "2: seen: .*is not found by this rule; qbo-no-name, of rank 1, is found in it; allowed"),
    ('unconfirmable = "AcmeSync keeps', 'unconfirmable = "{{tax_code}} keeps', "5: unconfirmable: no tags"),
    ('"acmesync could not send it"', '"AcmeSync could"', "3: needles: .*allowed: small letters"),
    ('{{tax_code}}.",', '{{tax_cod}}.",', "7: steps: there is no {{tax_cod}}; did you mean {{tax_code}}"),
    ('{{> resend}}', '{{> resent}}', "7: steps: there is no part {{> resent}}"),
    ('unconfirmable = "AcmeSync keeps its rates itself"', 'check = "invoce"; confirmed_by = [ "item-missing" ]',
     '5: check: there is no "invoce"; did you mean "invoice"'),
    ('unconfirmable = "AcmeSync keeps its rates itself"', 'check = "invoice"; confirmed_by = [ "item-mising" ]',
     '5: confirmed_by: there is no "item-mising"; did you mean "item-missing"'),
    ('unconfirmable = "AcmeSync keeps its rates itself";', '', "1: check: is missing"),
    ('id = "acme-county"', 'id = "acme-town"', 'id: "acme-town" is not the name of the file'),
    ('rank = 1;', 'rank = ;', "syntax error"),
    ('rank = 1;', 'rank = 1;\n@include "/etc/passwd"\n', "@include is not allowed"),
    ('title = "no rate', 'title = "' + 2100 * "x", "1: title: is longer than 2000 bytes"),
    ('steps = [', '#' + 70000 * "x" + '\nsteps = [', "is larger than 64 KB"),
]


def wrong_rules(firm):
    """Each with file and line, what is wrong and what is allowed; it is left out, and the others stay."""
    folder = os.path.join(firm.dir, "rules")
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    if "diagnose = " not in open(firm.conf, encoding="utf-8").read():
        firm.write("frontdesk.conf", open(firm.conf, encoding="utf-8").read() + 'diagnose = "%s";\n' % folder)
    for old, new, complaint in WRONG:
        text = RULE % "acme-county"
        tap.check(old in text, old)
        firm.write("rules/acme-county.conf", text.replace(old, new, 1))
        expect(1, run(firm, "--offline", stdin=ERROR), errors=["frontdesk: .*/acme-county.conf:.*" + complaint if complaint[0].isdigit() is False
                                                               else "frontdesk: .*/acme-county.conf:" + complaint])
        tap.check(look(firm, b"QuickBooks: No Name Provided")["errors"], "our own rules are lost: %s" % complaint)
    expect(69, frontdesk("doctor", "-c", firm.conf), "FAIL  rules for errors of the sync: 153, 0 of them", "acme-county.conf:1: is larger than 64 KB",
           "fix: .*frontdesk-rules")


CASES = (every_entry, several_in_one_mail, ordinary_mails, as_text, from_a_file, nothing_known, misused, confirmed, systems_away, firm_rules,
         wrong_rules)

if __name__ == "__main__":
    with Firm() as place:
        tap.run([(case.__name__.replace("_", " "), lambda case=case: case(place)) for case in CASES])
