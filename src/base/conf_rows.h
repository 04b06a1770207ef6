/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf, inside: the table of settings (conf_table.c), how values are read (conf_value.c), and the list of
 * problems (conf.c). */
#ifndef FRONTDESK_CONF_ROWS_H
#define FRONTDESK_CONF_ROWS_H

#include "frontdesk/conf.h"

#include <libconfig.h>

enum conf_type {
    CONF_TEXT,
    CONF_NAME,
    CONF_PATH,
    CONF_SECRET_FILE,
    CONF_ADDRESS,
    CONF_DUE,
    CONF_ZONE,
    CONF_API_URL,
    CONF_ADDRESSES,
    CONF_DOMAINS,
    CONF_DATES,
    CONF_NUMBER, /* unsigned */
    CONF_SIZE,   /* uint64_t bytes */
    CONF_BOOL,
    CONF_WEEKDAYS,
    CONF_HOURS, /* two int, minutes after midnight */
    CONF_IMAP_URL,
    CONF_SMTP_URL, /* struct conf_server */
    CONF_TRUST_PROFILE,
    CONF_LISTEN, /* struct conf_listen */
    CONF_DIGITS,
    CONF_ENVIRONMENT, /* bool: the sandbox */
    CONF_INTEGRATION, /* enum conf_integration */
    CONF_MATCH_BY,    /* bool: the external number */
    CONF_MATCH_ALSO,  /* bits of conf_match_also */
    CONF_NUMBERS_BY,  /* bool: Autotask */
    CONF_WATCH,       /* text; conf_watch.c reads it */
    CONF_OAUTH2,      /* enum conf_oauth2 */
    CONF_DAY,         /* a date */
    CONF_COMMAND,     /* struct conf_strings: a path, arguments */
};

/* Where the value goes: into struct conf, into one element of a list of groups, or into a group that may be
 * absent as a whole. */
enum conf_scope { CONF_TOP, CONF_MAILBOX, CONF_NICKNAME, CONF_QUICKBOOKS };

struct conf_row {
    const char *path; /* "limits.workers", "mailboxes[].imap.url" */
    enum conf_type type;
    enum conf_scope scope;
    size_t offset;
    uint64_t min, max;  /* of a number; of the bytes of a text; of the entries of a list */
    const char *preset; /* as it would be written, without quotes; NULL: none */
    bool required;
    const char *sentence;
};

extern const struct conf_row conf_rows[];
extern const size_t conf_n_rows;

/* Keys of the design that this version cannot serve: a clear word instead of "unknown key". */
struct conf_later {
    const char *path, *what;
};
extern const struct conf_later conf_laters[];
extern const size_t conf_n_laters;

const char *conf_type_words(enum conf_type type); /* "a number", "an e-mail address" */
/* The row's own path inside its list element: "imap.url". */
const char *conf_row_key(const struct conf_row *row);

/* What the word means in a setting of that type, if it is one of its words. */
bool conf_choice(enum conf_type type, const char *word, unsigned *value);

/* One reading of one file. */
struct conf_reader {
    const char *name;
    struct pool *pool; /* of the conf */
    struct conf_problem {
        unsigned line;
        size_t order;
        char *text;
    } problems[100];
    size_t n_problems;
    const struct conf_place *places;
};

void conf_problem(struct conf_reader *r, unsigned line, const char *fmt, ...) PRINTF(3, 4);
/* Reads `s` into `base` + row->offset; `key` is the path with indices for messages. */
void conf_value_read(struct conf_reader *r, const struct conf_row *row, const char *key,
                     const config_setting_t *s, void *base);
/* The lines on which the settings of drift watch stand. */
struct conf_watch_lines {
    unsigned watch, to, from;
};
void conf_check_watch(struct conf_reader *r, const struct conf_watch_lines *at, struct conf *conf);
/* Where one of the two servers of a mailbox stands in the file. */
struct conf_server_place {
    const char *key; /* "mailboxes[0].imap" */
    unsigned line, plain_line, oauth2_line;
    bool by_token; /* oauth2 is there, be it right or wrong */
    bool incoming; /* which must have a login */
};
/* Rules that span the settings of one server, and those of the group oauth2 beside them. */
void conf_check_server(struct conf_reader *r, const struct conf_server_place *at, struct conf_server *server);
/* The second way out, for alerts. */
void conf_check_alerts(struct conf_reader *r, const struct conf_server_place *at, struct conf *conf);
void conf_check_login(struct conf_reader *r, unsigned line, const char *key, struct conf_mailbox *box);
/* The row's preset into `base`. */
void conf_value_preset(struct conf_reader *r, const struct conf_row *row, void *base);

#endif
