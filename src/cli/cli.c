/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: the tables of subcommands and options; help and complaints follow from them. See cli.h. */
#include "cli.h"

#include <errno.h>
#include <getopt.h>

static int cmd_help(const struct cli *cli);

/* `options`: those that this subcommand takes beside the common ones. */
static const struct subcommand {
    const char *name, *usage, *options;
    int most_args;
    const char *summary, *help;
    int (*run)(const struct cli *cli);
} subcommands[] = {
    {"run", "run [--since DATE]", "since", 0, "watch the mailboxes and work until stopped",
     "A first start begins with new mail only; --since 2026-01-31 also takes mail received from that day "
     "on.\n"
     "Stops within two seconds on SIGTERM or SIGINT; whatever was begun goes on at the next start.\n",
     cmd_run},
    {"once", "once [--since DATE]", "since", 0, "take what is there, do it, and end",
     "As run, but ends when the mailboxes are drained and nothing is due. Exit 75 if something is left for "
     "later.\n",
     cmd_once},
    {"explain", "explain [--json] [--mailbox NAME] [MAIL]", "json mailbox", 1,
     "what would become of this mail, and why; nothing is done",
     "MAIL is a file with the whole message; without it, or with -, standard input is read. Prints the\n"
     "verdict on the sender, the evidence for the technician, the request that would be made and the reply\n"
     "that would be sent. The staff list and the labels are read from Autotask; nothing is written there\n"
     "or to the journal.\n",
     cmd_explain},
    {"check", "check WHAT [ARGUMENT] [--format text|html|csv|json]", "format", 40,
     "what Autotask and QuickBooks do not agree on, and how to mend it", NULL, cmd_check},
    {"diagnose", "diagnose [--json] [--offline] [FILE]", "json offline", 1,
     "known errors of the sync in a mail or a text, and what to click",
     "FILE is a mail, or the text of an error; without it, or with -, standard input is read. Prints what "
     "the\n"
     "answer by mail would say: what the error means, whether the books show it, and the steps that mend it\n"
     "in this firm. Reads both systems and changes nothing. Exit 0: an error is known; 1: none is.\n",
     cmd_diagnose},
    {"journal", "journal list | show|retry|discard REF | forget ADDRESS | export | rebuild",
     "json state unmatched", 2, "what became of each message",
     "list         newest first; --state keeps to one state, or to all that are still open\n"
     "show REF     one message: outcome, reason, steps with their keys, letters; never its text\n"
     "retry REF    run a parked message again, or offer a refused letter again\n"
     "discard REF  give a parked message up, or a refused letter\n"
     "forget ADDRESS  erase texts and address of a sender's done messages; keys and outcomes stay\n"
     "export       mails like an error of the sync that no rule knows (--unmatched), a JSON object a line\n"
     "rebuild      make a new journal for an installation that lost its own\n",
     cmd_journal},
    {"render", "render [--output DIR] [TEMPLATE]", "output", 1, "see a reply template with sample facts",
     "Writes TEMPLATE.txt and TEMPLATE.html into DIR (default: the current folder). Without TEMPLATE\n"
     "lists the names.\n",
     cmd_render},
    {"doctor", "doctor [--json]", "json", 0, "look at everything and say what is wrong and how to mend it",
     "Checks the settings, the state directory, each mailbox, each way out, Autotask's login, roles and "
     "labels.\n"
     "Exit 0 when all is well, 69 otherwise, 78 when the settings cannot be read.\n",
     cmd_doctor},
    {"login", "login quickbooks", "", 1, "log in at another system, in a browser",
     "Prints the address of a page at Intuit. Open it in any browser, log in as an administrator of the\n"
     "company and consent. Paste the address at which the browser ends: it holds a code that is exchanged "
     "for\n"
     "the tokens. They go into quickbooks.token_file, which no other program may use. The books are only "
     "read,\n"
     "though Intuit's page speaks of more: it has no consent to reading alone.\n",
     cmd_login},
    {"status", "status [--json]", "json", 0, "age of the last mail, work in hand, what is parked, alerts",
     "Reads the journal; works beside a running daemon.\n", cmd_status},
    {"conf", "conf", "", 0, "every setting with its type, limits and default", "", cmd_conf},
    {"version", "version", "", 0, "the version, and that of the libraries", "", cmd_version},
    {"help", "help [COMMAND]", "", 1, "this list, or more about one of them", "", cmd_help},
};

/* `at`: where in struct cli the text or the flag goes. */
static const struct option_row {
    const char *name;
    char letter;
    const char *arg; /* NULL: a flag */
    bool common;     /* to all subcommands */
    const char *help;
    size_t at;
} option_rows[] = {
    {"since", 0, "DATE", false, "also take mail received from that day on, such as 2026-01-31",
     offsetof(struct cli, since)},
    {"mailbox", 0, "NAME", false, "the mailbox that the mail would have come to (default: the first)",
     offsetof(struct cli, mailbox)},
    {"state", 0, "STATE", false,
     "taken, planned, acted, answered, waiting, done, parked, or open (all but done)",
     offsetof(struct cli, state)},
    {"format", 0, "FORMAT", false, "text (default), html, csv or json", offsetof(struct cli, format)},
    {"output", 0, "DIR", false, "the folder to write to", offsetof(struct cli, output)},
    {"json", 0, NULL, false, "print JSON, for programs", offsetof(struct cli, json)},
    {"unmatched", 0, NULL, false, "mails like an error of the sync that no rule knows",
     offsetof(struct cli, unmatched)},
    {"offline", 0, NULL, false, "ask neither Autotask nor QuickBooks: nothing is confirmed",
     offsetof(struct cli, offline)},
    {"config", 'c', "FILE", true, "the settings (default " FD_SYSCONF_DIR "/frontdesk.conf)",
     offsetof(struct cli, conf_path)},
    {"log", 0, "LEVEL", true, "debug, info, warn or error", offsetof(struct cli, log)},
    {"version", 0, NULL, true, "print the version, and end", offsetof(struct cli, version)},
    {"help", 'h', NULL, true, "print this text, and end", offsetof(struct cli, help)},
};

/* --- help --- */

static bool takes(const struct subcommand *s, const struct option_row *o)
{
    struct scan c = scan_of(slice_of(s->options));
    while (!scan_end(&c)) {
        if (slice_eq(scan_until(&c, " "), slice_of(o->name)))
            return true;
        scan_char(&c, ' ');
    }
    return o->common;
}

/* Those of `s`, or (NULL) the common ones. */
static void print_options(const struct subcommand *s)
{
    for (size_t i = 0; i < ARRAY_LEN(option_rows); i++) {
        const struct option_row *o = &option_rows[i];
        char left[40];
        if (s ? !takes(s, o) : !o->common)
            continue;
        snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        printf("  %c%c%c %-16s %s\n", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
               o->letter ? ',' : ' ', left, o->help);
    }
}

static void print_help(void)
{
    printf("frontdesk: staff mail in, Autotask ticket and reply out\n\nusage: frontdesk COMMAND "
           "[options]\n\n");
    for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
        printf("  %-10s %s\n", subcommands[i].name, subcommands[i].summary);
    printf("\n");
    print_options(NULL);
    printf("\n`frontdesk COMMAND --help` says more; the manual is frontdesk(1).\n");
}

static int print_subcommand_help(const struct subcommand *s)
{
    printf("usage: frontdesk %s [options]\n\n%s\n\n", s->usage, s->summary);
    if (s->help)
        printf("%s%s", s->help, s->help[0] ? "\n" : "");
    else
        check_help();
    print_options(s);
    return EX_OK;
}

/* --- finding --- */

static const struct subcommand *find_subcommand(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(subcommands); i++) {
        if (strcmp(subcommands[i].name, name) == 0)
            return &subcommands[i];
    }
    return NULL;
}

static int unknown_subcommand(const char *name)
{
    const char *names[ARRAY_LEN(subcommands) + 1] = {0};
    for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
        names[i] = subcommands[i].name;
    const char *near = fold_nearest(name, names);
    fprintf(stderr, "frontdesk: there is no command \"%s\"%s%s%s\n", name, near ? "; did you mean \"" : "",
            near ? near : "", near ? "\"?" : "");
    fprintf(stderr, "frontdesk: `frontdesk --help` lists them\n");
    return EX_USAGE;
}

static int cmd_help(const struct cli *cli)
{
    const struct subcommand *s = cli->n_args ? find_subcommand(cli->args[0]) : NULL;
    if (cli->n_args && !s)
        return unknown_subcommand(cli->args[0]);
    if (s)
        return print_subcommand_help(s);
    print_help();
    return EX_OK;
}

/* --- options --- */

enum { FIRST_VALUE = 256 }; /* getopt's value of a row: this and its index */

static void fill_getopt(struct option out[ARRAY_LEN(option_rows) + 1])
{
    for (size_t i = 0; i < ARRAY_LEN(option_rows); i++)
        out[i] = (struct option){.name = option_rows[i].name,
                                 .has_arg = option_rows[i].arg ? required_argument : no_argument,
                                 .val = FIRST_VALUE + (int)i};
    out[ARRAY_LEN(option_rows)] = (struct option){0};
}

static const struct option_row *row_of(int value)
{
    for (size_t i = 0; i < ARRAY_LEN(option_rows); i++) {
        if (value == FIRST_VALUE + (int)i || (value && value == option_rows[i].letter))
            return &option_rows[i];
    }
    return NULL;
}

static int unknown_option(const char *word)
{
    const char *names[ARRAY_LEN(option_rows) + 1] = {0};
    char name[100];
    for (size_t i = 0; i < ARRAY_LEN(option_rows); i++)
        names[i] = option_rows[i].name;
    struct scan c = scan_of(slice_of(word));
    scan_while(&c, "-");
    struct slice bare = scan_until(&c, "=");
    snprintf(name, sizeof(name), "%.*s", SLICE_ARG(slice_cut(bare, 90)));
    const char *near = bare.len > 1 ? fold_nearest(name, names) : NULL;
    fprintf(stderr, "frontdesk: there is no option %s%s%s%s\n", word, near ? "; did you mean --" : "",
            near ? near : "", near ? "?" : "");
    fprintf(stderr, "frontdesk: `frontdesk --help` and `frontdesk COMMAND --help` list the options\n");
    return EX_USAGE;
}

/* What getopt did not like, in our words. */
static int complain(int c, char *const *argv)
{
    const struct option_row *row = row_of(optopt);
    char letter[3] = {'-', (char)optopt, '\0'};
    if (c == ':')
        fprintf(stderr, "frontdesk: %s needs a value: --%s %s\n", argv[optind - 1], row ? row->name : "",
                row && row->arg ? row->arg : "");
    else if (row)
        fprintf(stderr, "frontdesk: --%s takes no value\n", row->name);
    else
        return unknown_option(optopt ? letter : argv[optind - 1]);
    return EX_USAGE;
}

/* `given`: one bit a row. */
static int take_options(struct cli *cli, int argc, char **argv, unsigned *given)
{
    struct option rows[ARRAY_LEN(option_rows) + 1];
    int c;
    fill_getopt(rows);
    opterr = 0;
    while ((c = getopt_long(argc, argv, ":c:h", rows, NULL)) != -1) {
        if (c == ':' || c == '?')
            return complain(c, argv);
        const struct option_row *row = row_of(c);
        ENSURE(row);
        if (row->arg)
            *(const char **)((char *)cli + row->at) = optarg;
        else
            *(bool *)((char *)cli + row->at) = true;
        *given |= 1U << (row - option_rows);
    }
    cli->conf_given = cli->conf_path != NULL;
    if (!cli->conf_given)
        cli->conf_path = FD_SYSCONF_DIR "/frontdesk.conf";
    return EX_OK;
}

static int check_use(const struct subcommand *s, const struct cli *cli, unsigned given)
{
    for (size_t i = 0; i < ARRAY_LEN(option_rows); i++) {
        if ((given & 1U << i) && !takes(s, &option_rows[i]))
            return cli_misused(cli, "%s takes no --%s", s->name, option_rows[i].name);
    }
    if (cli->n_args > s->most_args)
        return cli_misused(cli, "\"%s\" is one word too many", cli->args[s->most_args]);
    return EX_OK;
}

static int set_log_level(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error", NULL};
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0) {
            log_set_level((enum log_level)i);
            return EX_OK;
        }
    }
    fprintf(stderr, "frontdesk: --log %s: allowed are debug, info, warn and error\n", name);
    return EX_USAGE;
}

/* Output that nobody could read is a failure: `frontdesk journal list > /full/disk`. */
static int finish(int rc)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return rc;
    fprintf(stderr, "frontdesk: cannot write the output: %s\n", strerror(errno));
    return rc == EX_OK ? EX_IOERR : rc;
}

static int run_subcommand(struct cli *cli, const struct subcommand *s, unsigned given)
{
    int rc = EX_OK;
    cli->usage = s->usage;
    if (cli->help)
        return print_subcommand_help(s);
    rc = check_use(s, cli, given);
    if (rc == EX_OK && cli->log)
        rc = set_log_level(cli->log);
    return rc == EX_OK ? s->run(cli) : rc;
}

/* Options may stand before or behind the subcommand. */
int cli_main(int argc, char **argv)
{
    struct cli cli = {0};
    unsigned given = 0;
    int rc = take_options(&cli, argc, argv, &given);
    if (rc != EX_OK)
        return rc;
    if (cli.version)
        return finish(cmd_version(&cli));
    if (optind == argc) {
        print_help();
        return finish(cli.help ? EX_OK : EX_USAGE);
    }
    const struct subcommand *s = find_subcommand(argv[optind]);
    if (!s)
        return unknown_subcommand(argv[optind]);
    cli.args = argv + optind + 1;
    cli.n_args = argc - optind - 1;
    return finish(run_subcommand(&cli, s, given));
}
