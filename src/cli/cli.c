/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: the table of subcommands, options, help. See cli.h. */
#include "cli.h"

#include <getopt.h>

static const struct subcommand {
    const char *name, *usage, *summary, *help;
    int (*run)(const struct cli *cli);
} subcommands[] = {
    {"run", "run [--since DATE]", "watch the mailboxes and work until stopped",
     "On a first start only new mail is taken; --since 2026-01-31 also takes mail received from that day "
     "on.\n"
     "Stops within two seconds on SIGTERM or SIGINT; whatever was begun goes on at the next start.\n",
     cmd_run},
    {"once", "once [--since DATE]", "take what is there, do it, and end",
     "As run, but ends when the mailboxes are drained and nothing is due. Exit 75 if something is left for "
     "later.\n",
     cmd_once},
    {"explain", "explain [--mailbox NAME] [MAIL]", "what would become of this mail, and why; nothing is done",
     "MAIL is a file with the whole message; without it standard input is read. Prints the verdict on the "
     "sender, the "
     "evidence for\n"
     "the technician, the request that would be made and the reply that would be sent. The staff list and "
     "the labels\n"
     "are read from Autotask; nothing is written there or to the journal.\n",
     cmd_explain},
    {"journal", "journal list|show REF|retry REF|discard REF|rebuild", "what became of each message",
     "list [--state STATE] [--json]   newest first; STATE is taken, planned, acted, answered, waiting, done, "
     "parked or open\n"
     "show REF                        one message: outcome, reason, steps with their keys, letters; never "
     "its text\n"
     "retry REF                       run a parked message again, or offer a refused letter again\n"
     "discard REF                     give a parked message up\n"
     "rebuild                         make a new journal for an installation that lost its own\n",
     cmd_journal},
    {"render", "render [--output DIR] [TEMPLATE]", "see a reply template with sample facts",
     "Writes TEMPLATE.txt and TEMPLATE.html into DIR (default: the current folder). Without TEMPLATE lists "
     "the names.\n",
     cmd_render},
    {"doctor", "doctor", "look at everything and say what is wrong and how to mend it",
     "Checks the configuration, each mailbox, each way out, Autotask's zone, login, rights, roles and "
     "labels.\n"
     "Exit 0 when all is well, 69 otherwise.\n",
     cmd_doctor},
    {"status", "status [--json]", "age of the last mail, work in hand, what is parked",
     "Reads the journal; works beside a running daemon.\n", cmd_status},
    {"conf", "conf --describe", "every setting with its type, limits and default", "", cmd_conf},
    {"version", "version", "the version, and that of the libraries", "", cmd_version},
};

static const char options_help[] =
    "  -c, --config FILE   the configuration (default " FD_SYSCONF_DIR "/frontdesk.conf)\n"
    "      --json          output for programs, where the subcommand has it\n"
    "      --log LEVEL     debug, info, warn or error\n"
    "  -h, --help          this text\n";

static void print_help(void)
{
    printf("frontdesk: staff mail in, Autotask ticket and reply out\n\nusage: frontdesk SUBCOMMAND "
           "[options]\n\n");
    for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
        printf("  %-10s %s\n", subcommands[i].name, subcommands[i].summary);
    printf("\n%s\n`frontdesk SUBCOMMAND --help` says more; the manual is frontdesk(1).\n", options_help);
}

static void print_subcommand_help(const struct subcommand *s)
{
    printf("usage: frontdesk %s [options]\n\n%s\n\n%s\n%s", s->usage, s->summary, s->help, options_help);
}

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
    fprintf(stderr, "frontdesk: there is no subcommand \"%s\"", name);
    if (near)
        fprintf(stderr, "; did you mean \"%s\"?", near);
    fprintf(stderr, "\nfrontdesk: `frontdesk --help` lists them\n");
    return EX_USAGE;
}

enum long_option {
    OPT_JSON = 256,
    OPT_STATE,
    OPT_SINCE,
    OPT_MAILBOX,
    OPT_OUTPUT,
    OPT_LOG,
    OPT_DESCRIBE,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {"json", no_argument, NULL, OPT_JSON},
    {"state", required_argument, NULL, OPT_STATE},
    {"since", required_argument, NULL, OPT_SINCE},
    {"mailbox", required_argument, NULL, OPT_MAILBOX},
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"log", required_argument, NULL, OPT_LOG},
    {"describe", no_argument, NULL, OPT_DESCRIBE},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

/* False: a word that getopt has complained about. */
static bool take_option(struct cli *cli, int c)
{
    const char **texts[] = {[OPT_STATE - OPT_JSON] = &cli->state,
                            [OPT_SINCE - OPT_JSON] = &cli->since,
                            [OPT_MAILBOX - OPT_JSON] = &cli->mailbox,
                            [OPT_OUTPUT - OPT_JSON] = &cli->output,
                            [OPT_LOG - OPT_JSON] = &cli->log};
    if (c == 'c')
        cli->conf_path = optarg;
    else if (c == 'h')
        cli->help = true;
    else if (c == OPT_JSON)
        cli->json = true;
    else if (c > OPT_JSON && c <= OPT_LOG)
        *texts[c - OPT_JSON] = optarg;
    else if (c == OPT_VERSION)
        cli->version = true;
    else
        return c == OPT_DESCRIBE;
    return true;
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
    fprintf(stderr, "frontdesk: --log %s: debug, info, warn or error\n", name);
    return EX_USAGE;
}

/* Options may stand before or behind the subcommand. */
int cli_main(int argc, char **argv)
{
    struct cli cli = {.conf_path = FD_SYSCONF_DIR "/frontdesk.conf"};
    int c, rc;
    while ((c = getopt_long(argc, argv, "c:h", long_options, NULL)) != -1) {
        if (!take_option(&cli, c)) {
            fprintf(stderr,
                    "frontdesk: `frontdesk --help` and `frontdesk SUBCOMMAND --help` list the options\n");
            return EX_USAGE;
        }
    }
    if (cli.version)
        return cmd_version(&cli);
    if (optind == argc || strcmp(argv[optind], "help") == 0) {
        print_help();
        return optind == argc && !cli.help ? EX_USAGE : EX_OK;
    }
    const struct subcommand *s = find_subcommand(argv[optind]);
    if (!s)
        return unknown_subcommand(argv[optind]);
    if (cli.help) {
        print_subcommand_help(s);
        return EX_OK;
    }
    if (cli.log && (rc = set_log_level(cli.log)) != EX_OK)
        return rc;
    cli.args = argv + optind + 1;
    cli.n_args = argc - optind - 1;
    return s->run(&cli);
}
