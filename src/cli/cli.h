/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: one file a subcommand, one row in cli.c; exit codes of sysexits.h. */
#ifndef FRONTDESK_CLI_H
#define FRONTDESK_CLI_H

#include "frontdesk/conf.h"
#include "frontdesk/journal.h"

#include <sysexits.h>

struct cli {
    const char *conf_path;
    bool json, help, version;
    const char *state;   /* --state NAME */
    const char *since;   /* --since DATE */
    const char *mailbox; /* --mailbox NAME */
    const char *output;  /* --output DIR */
    const char *log;     /* --log LEVEL */
    char *const *args;   /* what is left, NULL-terminated */
    int n_args;
};

int cli_main(int argc, char **argv);

/* Each subcommand: returns an exit code. */
int cmd_run(const struct cli *cli);
int cmd_once(const struct cli *cli);
int cmd_explain(const struct cli *cli);
int cmd_journal(const struct cli *cli);
int cmd_render(const struct cli *cli);
int cmd_doctor(const struct cli *cli);
int cmd_status(const struct cli *cli);
int cmd_version(const struct cli *cli);
int cmd_conf(const struct cli *cli);

/* The configuration, or NULL after every problem was printed (exit EX_CONFIG). */
struct conf *cli_conf(const struct cli *cli);
/* "frontdesk: TEXT" on stderr; returns the exit code for the error. */
int cli_fail(const struct err *e);
/* Local time of the firm for people: "24 Nov 16:05". */
void cli_time(const struct conf *conf, int64_t ms, char out[32]);
/* Prints with control characters made visible: text of strangers never moves the cursor. */
void cli_print(const char *text);
/* "2026-01-31" at midnight of the firm's zone, in ms. */
bool cli_date(const char *text, const char *zone, int64_t *ms) MUST_USE;

#endif
