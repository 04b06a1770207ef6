/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli_table: the subcommands and the options, a row each. Help, complaints, completions and the check of the
 * manual follow from them. */
#ifndef FRONTDESK_CLI_TABLE_H
#define FRONTDESK_CLI_TABLE_H

#include "cli.h"

enum { MOST_SUBCOMMANDS = 32, MOST_OPTIONS = 32 };

struct subcommand {
    const char *name, *usage;
    const char *options; /* those that it takes beside the common ones, with blanks between */
    const char *words;   /* what may stand behind its name, with blanks between; "@file": a file */
    int most_args;
    const char *summary, *help; /* help NULL: of check */
    const char *examples;       /* a line each, without "frontdesk" */
    int (*run)(const struct cli *cli);
};
extern const struct subcommand cli_subcommands[];
extern const size_t cli_n_subcommands;

struct option_row {
    const char *name;
    char letter;
    const char *arg;    /* NULL: a flag; FILE and DIR are completed as such */
    const char *values; /* what the argument may be, with blanks between; NULL: not listed */
    bool common;        /* to all subcommands */
    const char *help;
    size_t at; /* where in struct cli the text or the flag goes */
};
extern const struct option_row cli_options[];
extern const size_t cli_n_options;

/* Does it take the option, by itself or in common with all? */
bool cli_takes(const struct subcommand *s, const struct option_row *o);

#endif
