/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: help, complaints and the way to a subcommand, by the tables of table.c. See cli.h. */
#include "cli_table.h"

#include <errno.h>
#include <getopt.h>

/* --- help --- */

/* Those of `s`, or (NULL) the common ones. */
static void print_options(const struct subcommand *s)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        const struct option_row *o = &cli_options[i];
        char left[40];
        if (s ? !cli_takes(s, o) : !o->common)
            continue;
        snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        printf("  %c%c%c %-18s %s\n", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
               o->letter ? ',' : ' ', left, o->help);
    }
}

/* Each line of it as a command to type. */
static void print_examples(const char *examples)
{
    struct scan c = scan_of(slice_of(examples));
    printf("\nexamples:\n");
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        printf("  frontdesk %.*s\n", SLICE_ARG(line));
    }
}

/* At most 24 lines of 80 columns: it fits the smallest terminal. */
static void print_help(void)
{
    printf("frontdesk: staff mail in, Autotask ticket and reply out\nusage: frontdesk COMMAND [options]\n\n");
    for (size_t i = 0; i < cli_n_subcommands; i++)
        printf("  %-11s %s\n", cli_subcommands[i].name, cli_subcommands[i].summary);
    print_options(NULL);
    printf("`frontdesk COMMAND --help` says more, with examples; the manual is frontdesk(8).\n");
}

static int print_subcommand_help(const struct subcommand *s)
{
    printf("usage: frontdesk %s [options]\n\n%s\n\n", s->usage, s->summary);
    if (s->help)
        printf("%s%s", s->help, s->help[0] ? "\n" : "");
    else
        check_help();
    print_options(s);
    print_examples(s->examples);
    return EX_OK;
}

/* --- finding --- */

static const struct subcommand *find_subcommand(const char *name)
{
    for (size_t i = 0; i < cli_n_subcommands; i++) {
        if (strcmp(cli_subcommands[i].name, name) == 0)
            return &cli_subcommands[i];
    }
    return NULL;
}

static int unknown_subcommand(const char *name)
{
    const char *names[MOST_SUBCOMMANDS + 1] = {0};
    for (size_t i = 0; i < cli_n_subcommands; i++)
        names[i] = cli_subcommands[i].name;
    const char *near = fold_nearest(name, names);
    fprintf(stderr, "frontdesk: there is no command \"%s\"%s%s%s\n", name, near ? "; did you mean \"" : "",
            near ? near : "", near ? "\"?" : "");
    fprintf(stderr, "frontdesk: `frontdesk --help` lists them\n");
    return EX_USAGE;
}

int cmd_help(const struct cli *cli)
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

static void fill_getopt(struct option out[MOST_OPTIONS + 1])
{
    for (size_t i = 0; i < cli_n_options; i++)
        out[i] = (struct option){.name = cli_options[i].name,
                                 .has_arg = cli_options[i].arg ? required_argument : no_argument,
                                 .val = FIRST_VALUE + (int)i};
    out[cli_n_options] = (struct option){0};
}

static const struct option_row *row_of(int value)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        if (value == FIRST_VALUE + (int)i || (value && value == cli_options[i].letter))
            return &cli_options[i];
    }
    return NULL;
}

static int unknown_option(const char *word)
{
    const char *names[MOST_OPTIONS + 1] = {0};
    char name[100];
    for (size_t i = 0; i < cli_n_options; i++)
        names[i] = cli_options[i].name;
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
    struct option rows[MOST_OPTIONS + 1];
    int c;
    fill_getopt(rows);
    opterr = 0;
    while ((c = getopt_long(argc, argv, ":c:hq", rows, NULL)) != -1) {
        if (c == ':' || c == '?')
            return complain(c, argv);
        const struct option_row *row = row_of(c);
        ENSURE(row);
        if (row->arg)
            *(const char **)((char *)cli + row->at) = optarg;
        else
            *(bool *)((char *)cli + row->at) = true;
        *given |= 1U << (row - cli_options);
    }
    cli->conf_given = cli->conf_path != NULL;
    if (!cli->conf_given)
        cli->conf_path = FD_SYSCONF_DIR "/frontdesk.conf";
    return EX_OK;
}

static int check_use(const struct subcommand *s, const struct cli *cli, unsigned given)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        if ((given & 1U << i) && !cli_takes(s, &cli_options[i]))
            return cli_misused(cli, "%s takes no --%s", s->name, cli_options[i].name);
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
    if (cli->quiet)
        cli_silence();
    if (cli->json)
        cli_no_progress();
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
