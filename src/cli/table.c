/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table: every subcommand and every option. See cli_table.h. */
#include "cli_table.h"

const struct subcommand cli_subcommands[] = {
    {"setup", "setup [--answers FILE] [--force] [--offline]", "answers answers-example force offline", "", 0,
     "ask what is needed, prove it, write the settings",
     "At a terminal: asks for the mailbox, Autotask, the labels of new tickets and\n"
     "QuickBooks, and proves each answer at once. Then it writes the settings with\n"
     "comments, and the secrets beside them, mode 0600. Nothing is written before the\n"
     "end, and no settings are overwritten without --force, which keeps the old ones\n"
     "as .bak. With --answers it asks nothing: exit 78 for answers that are wrong, 69\n"
     "when something could not be proven.\n",
     "setup\nsetup --answers-example > answers\nsetup --answers answers -c ./frontdesk.conf\n", cmd_setup},
    {"run", "run [--since DATE]", "since", "", 0, "watch the mailboxes and work until stopped",
     "A first start begins with new mail only; --since also takes mail received\n"
     "from that day on. Stops within two seconds on SIGTERM or SIGINT; whatever\n"
     "was begun goes on at the next start.\n",
     "run\nrun --since 2026-01-31\n", cmd_run},
    {"once", "once [--since DATE]", "since", "", 0, "take what is there, do it, and end",
     "As run, but ends when the mailboxes are drained and nothing is due.\n"
     "Exit 75 if something is left for later.\n",
     "once\n", cmd_once},
    {"explain", "explain [--mailbox NAME] [--subject TEXT | MAIL]", "json mailbox subject sender", "@file", 1,
     "what would become of this mail, and why",
     "MAIL is a file with the whole message, as it lies in the mailbox (`frontdesk\n"
     "journal export REF` writes one; a mail that the mail server never took is not\n"
     "proven). Without it, or with -, standard input is read. --subject needs no mail:\n"
     "what a mail of that subject by one of the staff, or by --sender, would become.\n"
     "Prints the verdict on the sender, the evidence for the technician, the request\n"
     "that would be made and the reply that would be sent. The staff list and the\n"
     "labels are read from Autotask; nothing is written or sent.\n",
     "explain --subject 'Sarah: reset MFA for Bob at Acme'\nexplain mail.eml\nexplain --json < mail.eml\n",
     cmd_explain},
    {"check", "check WHAT [ARGUMENT] [--format FORMAT]", "format",
     "mapping accounts terms invoice item customer sync name connection all", 40,
     "what Autotask and QuickBooks do not agree on", NULL,
     "check mapping\ncheck invoice 10233 --format json\n", cmd_check},
    {"diagnose", "diagnose [--json] [--offline] [FILE]", "json offline", "@file", 1,
     "known errors of the sync in a mail or a text",
     "FILE is a mail, or the text of an error; without it, or with -, standard\n"
     "input is read. Prints what the answer by mail would say: what the error\n"
     "means, whether the books show it, and the steps that mend it in this firm.\n"
     "Reads both systems and changes nothing. Exit 0: an error is known; 1: none.\n",
     "diagnose error.txt\ndiagnose --offline < mail.eml\n", cmd_diagnose},
    {"journal", "journal list|show|retry|discard|forget|... [REF]",
     "json state sender since until mailbox limit explain unmatched output damaged",
     "list show retry discard forget export rebuild", 40, "what became of each message",
     "list         newest first; --state, --sender, --since ... keep to some\n"
     "show REF     one message: outcome, steps, letters, what happened when; no text\n"
     "retry REF    run a parked message again, or offer a refused letter again\n"
     "discard REF  give a parked message up, or a refused letter\n"
     "forget ADDRESS  erase texts and address of a sender's done messages\n"
     "export REF   the mail itself, to standard output or into --output DIR\n"
     "rebuild      make a new journal for an installation that lost its own\n",
     "journal retry --explain 7KQ2\n", cmd_journal},
    {"render", "render [--sample CASE] [--open] [TEMPLATE]", "output sample open samples", "", 1,
     "see a reply template with sample facts",
     "Writes TEMPLATE.txt and TEMPLATE.html into DIR (default: the current folder).\n"
     "--open shows the HTML in a browser, where there is a desktop; without DIR the\n"
     "files go into a new folder of their own. Without TEMPLATE lists the names.\n",
     "render created --output /tmp\nrender diagnosis --sample refuted --open\n", cmd_render},
    {"doctor", "doctor [--json] [--prove [MAIL...]]", "json prove wait since mailbox", "@file", 40,
     "look at everything; say what is wrong and the cure",
     "Checks the settings, the state directory, each mailbox, each way out,\n"
     "Autotask's login, roles and labels. Exit 0 when all is well, 69 otherwise,\n"
     "78 when the settings cannot be read.\n"
     "--prove instead tells how to send a test mail from inside and from outside,\n"
     "waits for them, and shows what each trust profile makes of them; with MAIL it\n"
     "takes mails from files. Nothing is answered or moved.\n",
     "doctor\ndoctor --quiet\ndoctor --prove\ndoctor --prove mail.eml\n", cmd_doctor},
    {"login", "login quickbooks|microsoft|google [--mailbox NAME]", "mailbox", "quickbooks microsoft google",
     1, "log in at another system, in a browser",
     "quickbooks: prints the address of a page at Intuit. Open it in any browser, log\n"
     "in as an administrator of the company and consent. Paste the address at which\n"
     "the browser ends: it holds a code that is exchanged for the tokens. They go\n"
     "into quickbooks.token_file, which no other program may use. The books are\n"
     "only read, though Intuit's page speaks of more: it knows no consent to that.\n"
     "microsoft: prints a code and the address at which it is typed in, in any\n"
     "browser, and waits. google: as quickbooks, for the account of the mailbox. Both\n"
     "are for mailboxes with oauth2 where no application logs in by itself.\n",
     "login quickbooks\nlogin microsoft --mailbox desk\n", cmd_login},
    {"status", "status [--json]", "json", "", 0, "last mail, work in hand, what is parked, alerts",
     "Reads the journal; works beside a running daemon.\n", "status\n", cmd_status},
    {"conf", "conf", "", "", 0, "every setting with its type, limits and default", "", "conf\n", cmd_conf},
    {"completion", "completion bash|zsh|fish", "", "bash zsh fish", 1,
     "what makes a shell complete this program",
     "Prints a script for the shell. Packages install it; by hand source it.\n", "completion bash\n",
     cmd_completion},
    {"version", "version", "", "", 0, "the version, and that of the libraries", "", "version\n", cmd_version},
    {"help", "help [COMMAND]", "", "", 1, "this list, or more about one of them", "", "help journal\n",
     cmd_help},
};
const size_t cli_n_subcommands = ARRAY_LEN(cli_subcommands);

const struct option_row cli_options[] = {
    {"since", 0, "DATE", NULL, false, "from that day on, as 2026-01-31", offsetof(struct cli, since)},
    {"until", 0, "DATE", NULL, false, "up to that day, and the whole of it", offsetof(struct cli, until)},
    {"sender", 0, "ADDRESS", NULL, false, "an address; journal: or a part of it",
     offsetof(struct cli, sender)},
    {"subject", 0, "TEXT", NULL, false, "instead of a mail: its subject", offsetof(struct cli, subject)},
    {"limit", 0, "N", NULL, false, "at most so many, the newest", offsetof(struct cli, limit)},
    {"mailbox", 0, "NAME", NULL, false, "the mailbox, by its name in the settings",
     offsetof(struct cli, mailbox)},
    {"state", 0, "STATE", "taken planned acted answered waiting done parked open", false,
     "mails of one state only; open: all but done", offsetof(struct cli, state)},
    {"format", 0, "FORMAT", "text html csv json", false, "text (default), html, csv or json",
     offsetof(struct cli, format)},
    {"output", 0, "DIR", NULL, false, "the folder to write to", offsetof(struct cli, output)},
    {"sample", 0, "CASE", NULL, false, "other facts than the usual ones", offsetof(struct cli, sample)},
    {"samples", 0, NULL, NULL, false, "list the cases of each template", offsetof(struct cli, samples)},
    {"open", 0, NULL, NULL, false, "show the letter in a browser", offsetof(struct cli, open)},
    {"json", 0, NULL, NULL, false, "print JSON, for programs", offsetof(struct cli, json)},
    {"unmatched", 0, NULL, NULL, false, "with export: texts like an error that no rule knows",
     offsetof(struct cli, unmatched)},
    {"damaged", 0, NULL, NULL, false, "with forget: delete damaged journals that are kept",
     offsetof(struct cli, damaged)},
    {"offline", 0, NULL, NULL, false, "ask no other system", offsetof(struct cli, offline)},
    {"answers", 0, "FILE", NULL, false, "take the answers from FILE (-: standard input)",
     offsetof(struct cli, answers)},
    {"answers-example", 0, NULL, NULL, false, "print such a file with comments, and end",
     offsetof(struct cli, answers_example)},
    {"force", 0, NULL, NULL, false, "write anew what is there; the old one is kept as .bak",
     offsetof(struct cli, force)},
    {"explain", 0, NULL, NULL, false, "with retry: say what it would do, and do nothing",
     offsetof(struct cli, explain)},
    {"prove", 0, NULL, NULL, false, "try the trust profiles with test mails", offsetof(struct cli, prove)},
    {"wait", 0, "MINUTES", NULL, false, "how long to wait for test mails (10; 0: only look)",
     offsetof(struct cli, wait)},
    {"config", 'c', "FILE", NULL, true, "the settings (" FD_SYSCONF_DIR "/frontdesk.conf)",
     offsetof(struct cli, conf_path)},
    {"log", 0, "LEVEL", "debug info warn error", true, "debug, info, warn or error",
     offsetof(struct cli, log)},
    {"quiet", 'q', NULL, NULL, true, "only results and errors: no progress, no warnings",
     offsetof(struct cli, quiet)},
    {"version", 0, NULL, NULL, true, "print the version, and end", offsetof(struct cli, version)},
    {"help", 'h', NULL, NULL, true, "print this text, and end", offsetof(struct cli, help)},
};
const size_t cli_n_options = ARRAY_LEN(cli_options);
_Static_assert(ARRAY_LEN(cli_subcommands) <= MOST_SUBCOMMANDS && ARRAY_LEN(cli_options) <= MOST_OPTIONS,
               "more room in cli_table.h");

bool cli_takes(const struct subcommand *s, const struct option_row *o)
{
    struct scan c = scan_of(slice_of(s->options));
    while (!scan_end(&c)) {
        if (slice_eq(scan_until(&c, " "), slice_of(o->name)))
            return true;
        scan_char(&c, ' ');
    }
    return o->common;
}
