/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: one file a subcommand, one row in cli.c; exit codes of sysexits.h. Results go to stdout, all else to
 * stderr. */
#ifndef FRONTDESK_CLI_H
#define FRONTDESK_CLI_H

#include "frontdesk/conf.h"
#include "frontdesk/journal.h"
#include "frontdesk/reply.h"

#include <sysexits.h>

struct cli {
    const char *usage; /* of the subcommand that runs: "explain [--mailbox NAME] [MAIL]" */
    const char *conf_path;
    bool conf_given;
    bool json, unmatched, damaged, offline, prove, force, answers_example, explain, open, samples, quiet,
        help, version;
    const char *state;   /* --state STATE */
    const char *since;   /* --since DATE */
    const char *until;   /* --until DATE */
    const char *sender;  /* --sender ADDRESS */
    const char *subject; /* --subject TEXT */
    const char *limit;   /* --limit N */
    const char *sample;  /* --sample CASE */
    const char *mailbox; /* --mailbox NAME */
    const char *wait;    /* --wait MINUTES */
    const char *format;  /* --format FORMAT */
    const char *output;  /* --output DIR */
    const char *answers; /* --answers FILE */
    const char *log;     /* --log LEVEL */
    char *const *args;   /* what is left, NULL-terminated */
    int n_args;
};

int cli_main(int argc, char **argv);

/* Each subcommand: returns an exit code. */
int cmd_run(const struct cli *cli);
int cmd_once(const struct cli *cli);
int cmd_explain(const struct cli *cli);
int cmd_check(const struct cli *cli);
int cmd_journal(const struct cli *cli);
int cmd_render(const struct cli *cli);
int cmd_doctor(const struct cli *cli);
int cmd_setup(const struct cli *cli);
int cmd_login(const struct cli *cli);
int cmd_status(const struct cli *cli);
int cmd_version(const struct cli *cli);
int cmd_conf(const struct cli *cli);
int cmd_diagnose(const struct cli *cli);
int cmd_completion(const struct cli *cli);
int cmd_help(const struct cli *cli);

/* The checks and what each is for, on stdout: the help of `check`. */
void check_help(void);

/* `name` in the folder of the file `path`. */
void cli_folder(const char *path, const char *name, char out[4000]);
/* The configuration, or NULL after every problem was printed (exit EX_CONFIG). */
struct conf *cli_conf(const struct cli *cli);
/* A file, or (-) standard input, to the end. ERR_NOT_FOUND, ERR_LIMIT, ERR_IO. */
enum { CLI_MAIL_MAX = 256 << 20 };
int cli_read(const char *path, struct buf *out, struct err *e) MUST_USE;
/* The words of the firm's language; -1 after the complaints, *out NULL. */
int cli_templates(const struct conf *conf, struct templates **out, struct err *e) MUST_USE;
/* Each line of it as "frontdesk: LINE" on stderr. */
void cli_problems(const struct buf *problems);
/* Every secret and CA file that `run` needs and that cannot be read, as "FILE:LINE: KEY: why" lines; how
 * many.
 */
unsigned cli_check_secrets(const struct conf *conf, struct buf *problems);
/* "frontdesk: TEXT" and the fix on stderr. */
void cli_problem(const struct err *e);
/* The same; returns the exit code for the error. */
int cli_fail(const struct err *e);
/* "frontdesk: TEXT" and the usage of the subcommand on stderr; returns EX_USAGE. */
int cli_misused(const struct cli *cli, const char *fmt, ...) PRINTF(2, 3);
/* Lines below are not logged, unless --log says otherwise. */
void cli_quiet(const struct cli *cli, enum log_level level);
/* Local time of the firm for people: "24 Nov 16:05". */
void cli_time(const struct conf *conf, int64_t ms, char out[32]);
/* Prints with control characters made visible: text of strangers never moves the cursor. */
void cli_print(const char *text);
void cli_printf(const char *fmt, ...) PRINTF(1, 2);
/* The same in colour, when stdout is a terminal and NO_COLOR is not set. */
enum cli_colour { CLI_GREEN, CLI_YELLOW, CLI_RED };
void cli_paint(enum cli_colour colour, const char *text);
/* notify.c: words to the service manager that started us, if one did. */
void notify_service(const char *state);
/* How often it wants to hear that we are alive, in time for two to be lost; -1: it does not ask. */
int notify_alive_every_ms(void);
/* Says so, unless a thread is late with its work. */
void notify_alive(void);
/* --quiet: from now on no progress, no hints, and only errors in the log. */
void cli_silence(void);
bool cli_is_silent(void);
/* --json: no progress. */
void cli_no_progress(void);
/* A person watches stderr, and wants to know what is going on. */
bool cli_is_watched(void);
/* progress.c: something that may take long begins, or (NULL) ended: after a second a line on the terminal
 * says so, until the end. Within a bar only its words change. */
void cli_progress(const char *what);
/* The same as a bar: `done` of `total` are done. */
void cli_progress_of(const char *what, size_t done, size_t total);
/* Takes the line away before another is written; it is back with the next of these calls. All that prints
 * here does that by itself. */
void cli_progress_hide(void);
/* journal_export.c: mails by their references, into the folder of --output or to stdout; or those that look
 * like an error that no rule knows. */
int cli_export(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e) MUST_USE;
/* retry_explain.c: what `journal retry` of this message would do now. */
int cli_explain_retry(const struct cli *cli, const struct conf *conf, struct journal *j, const char *ref,
                      struct err *e) MUST_USE;
/* "2026-01-31" at midnight of the firm's zone, in ms. */
bool cli_date(const char *text, const char *zone, int64_t *ms) MUST_USE;

#endif
