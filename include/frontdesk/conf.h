/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf: frontdesk.conf read through one table: key, type, limits, default, manual sentence (conf_table.c).
 * The manual page frontdesk.conf.5 is checked against the table. All problems are reported at once, each with
 * file, line, key, what is allowed, and the nearest known name. The result is immutable and shared by all
 * threads. Text in it holds no control characters; domains are lower-case A-labels, also those of addresses.
 * An optional setting without a default is NULL.
 */
#ifndef FRONTDESK_CONF_H
#define FRONTDESK_CONF_H

#include "frontdesk/base.h"
#include "frontdesk/schedule.h"

struct conf_strings {
    char **v;
    size_t n;
};

/* One server to connect to, from a URL: imap://h:143 (STARTTLS required unless loopback and tls = "none"),
 * imaps://h:993, smtp://h:587, smtps://h:465. */
enum conf_tls { CONF_TLS_STARTTLS, CONF_TLS_IMPLICIT, CONF_TLS_NONE };

/* Whose tokens log in to the mail servers; NONE: a password does. */
enum conf_oauth2 { CONF_OAUTH2_NONE, CONF_OAUTH2_MICROSOFT, CONF_OAUTH2_GOOGLE };

/* How tokens for one mailbox are come by. Microsoft: the application by itself when there is a secret or a
 * certificate, else a person's consent. Google: a service account when there is one, else consent. */
struct conf_mail_login {
    char *tenant, *client_id; /* tenant: Microsoft only */
    char *client_secret_file;
    char *certificate_file;     /* certificate and private key */
    char *service_account_file; /* as Google gives it */
    char *secret_ends;          /* "2027-05-31", the day on which secret or certificate end; NULL: not said */
    char *token_file;           /* written by us */
    char *redirect_url;
    char *token_url, *device_url, *consent_url; /* NULL: the provider's */
};

struct conf_server {
    char *url; /* as written */
    char *host;
    uint16_t port;
    enum conf_tls tls; /* NONE only with insecure_plain = true and a loopback host */
    char *user;
    char *password_file; /* NULL: tokens, or no login (SMTP only) */
    char *ca_file;       /* NULL: system trust */
    enum conf_oauth2 oauth2;
    const struct conf_mail_login *login; /* of the mailbox; NULL without oauth2 */
    bool insecure_plain;
};

/* Where we listen, on this machine. */
struct conf_listen {
    char *host; /* NULL: nowhere */
    uint16_t port;
};

enum conf_trust { CONF_TRUST_NONE, CONF_TRUST_SERVER, CONF_TRUST_GOOGLE, CONF_TRUST_EXCHANGE };

struct conf_mailbox {
    char *name;    /* short, unique: letters, digits, - */
    char *address; /* where staff write to; From of our replies */
    struct conf_server imap, smtp;
    struct conf_mail_login login;
    enum conf_trust trust;
    char *trust_server;                      /* authserv-id for "server:NAME" */
    char *inbox, *done, *refused, *parked;   /* folder names, UTF-8 */
    char *former_instances;                  /* ids with blanks between, or NULL */
    unsigned canary_minutes, canary_seconds; /* 0 = none; within which it has to be back */
};

struct conf_nickname {
    char *who; /* user name, full name or first name of one technician */
    char *nick;
};

/* Where a setting stands; see conf_line. */
struct conf_place {
    const struct conf_place *next;
    const char *key;
    unsigned line;
};

/* Which product carries invoices from Autotask to QuickBooks: menus, texts and rules differ. */
enum conf_integration {
    CONF_INTEGRATION_NONE, /* not said */
    CONF_QBO_APP,          /* Autotask Invoices to QuickBooks Online */
    CONF_SAH,              /* Smart Accounting Hub */
    CONF_QBD,              /* QuickBooks Desktop, by the Web Connector */
    CONF_THIRD             /* somebody else's */
};
/* Kinds of name that the mapping check covers beside work types, materials, service and milestone codes. */
enum conf_match_also {
    CONF_ALSO_SERVICES = 1,
    CONF_ALSO_BUNDLES = 2,
    CONF_ALSO_PRODUCTS = 4,
    CONF_ALSO_EXPENSES = 8
};

/* The books in QuickBooks Online. */
struct conf_quickbooks {
    char *realm;  /* id of the company: digits */
    bool sandbox; /* Intuit's sandbox for developers */
    char *client_id, *client_secret_file;
    char *token_file;   /* written by us */
    char *redirect_url; /* as it is registered with Intuit's app */
    char *consent_url, *token_url;
    char *api_url; /* NULL: by the environment */
};

struct conf {
    char *path;
    const struct conf_place *places;
    struct {
        char *name, *timezone;
        struct conf_strings domains;    /* staff domains, lower-case A-labels */
        unsigned workdays;              /* bit 0 = Sunday .. bit 6 = Saturday */
        int day_start_min, day_end_min; /* hours = "08:00-17:00", minutes after midnight */
        struct conf_strings holidays;   /* "2026-12-25" or "12-25" */
        char *language;                 /* of the letters; default "en" */
        enum conf_integration integration;
        bool match_by_number;    /* items by the external number of a code, not by its name */
        unsigned match_also;     /* of conf_match_also */
        bool autotask_numbers;   /* Autotask numbers invoices: unsynced = no Web Service Date; else a blank
                                    number */
        unsigned look_back_days; /* how old an invoice the integration still takes; default 14 */
    } firm;
    struct conf_mailbox *mailboxes;
    size_t n_mailboxes;
    struct {
        struct conf_strings extra_addresses, admins;
        struct conf_nickname *nicknames;
        size_t n_nicknames;
        bool accept_forged_senders;
    } staff;
    struct {
        char *zone_url; /* zone discovery root; default the vendor's */
        char *user, *secret_file, *integration_code_file;
        char *ca_file;
        unsigned calls_per_hour; /* our own budget, default 5000 */
        unsigned in_flight;      /* per endpoint, default 2, max 3 */
        bool impersonate;        /* tickets in the name of the sender; default false */
    } autotask;
    struct conf_quickbooks *quickbooks; /* NULL: no QuickBooks */
    struct {
        char *company; /* "": own company (id 0) */
        char *queue, *triage_queue, *status, *priority, *category,
            *source;            /* labels; the last two "": none */
        char *due;              /* "next workday 17:00", "in 3 days 12:00", "today 17:00" */
        char *cancelled_status; /* label of what `undo` sets; "": the ticket is completed by hand */
        bool todo;              /* a to-do in the calendar beside the ticket */
        char *todo_action;      /* label of its action type; never "" when todo is true */
    } ticket;
    struct {
        uint64_t message_size;    /* bytes as they travel, default 35 MB (a file of 25 MB) */
        unsigned parts, depth;    /* default 200, 20 */
        unsigned per_sender_hour; /* default 30 */
        unsigned replies_hour;    /* of all senders together, default 600 */
        unsigned settle_seconds;  /* default 330 */
        unsigned workers;         /* default 8 */
        unsigned poll_seconds;    /* default 60 */
        unsigned hold_minutes;    /* how long a question waits for its answer, default 30 */
        unsigned same_minutes;    /* how long the same text again is the same request, default 15; 0: never */
        uint64_t attachment_size; /* bytes of one file, default and most 6 MB */
    } limits;
    struct {
        char *path;         /* state directory: journal.db, spool/, instance, lock */
        unsigned keep_days; /* of texts and addresses, default 400 */
    } journal;
    struct {
        char *email;             /* operator's address; NULL: none */
        struct conf_server smtp; /* a second way out; url NULL: none */
        char *smtp_from;         /* NULL: the address of the first mailbox */
        struct conf_strings command;
        unsigned grace_seconds; /* how long a leg may fail unsaid, default 600 */
    } alerts;
    struct conf_listen metrics; /* for Prometheus */
    char *templates;            /* folder of all words; default the installed one */
    char *own_templates;        /* folder of what the firm has instead; need not be there */
    char *diagnose;             /* folder of the firm's rules; need not be there */
    char *watch;                /* as written; NULL: nothing is watched */
    struct schedule *watches;   /* what it says */
    size_t n_watches;
    struct conf_strings watch_to; /* see conf_watch_readers */
    char *watch_from;             /* name of a mailbox; NULL: the first one */
};

/* Reads and checks `path`. On problems returns -1 with every problem as one line in *problems
 * ("frontdesk.conf:12: ticket.prioritiy: unknown key; did you mean ticket.priority?") and *out NULL. */
int conf_load(const char *path, struct conf **out, struct buf *problems) MUST_USE;
/* The same from memory, with `name` in messages (tests, fuzzing). */
int conf_parse(const char *text, const char *name, struct conf **out, struct buf *problems) MUST_USE;
/* One setting by itself ("mailboxes[].address"), before there is a file: may `words`, `n` of them for a list,
 * be its value? False with "NAME: what is wrong; allowed: ..." in *why; `name`: what the person calls it. */
bool conf_try(const char *setting, const char *name, const char *const *words, size_t n,
              struct buf *why) MUST_USE;
void conf_free(struct conf **conf);
/* The line on which a setting stands ("mailboxes[0].imap.ca_file"), for faults that show only later; 1 when
 * it does not. */
unsigned conf_line(const struct conf *conf, const char *key) MUST_USE;
/* As it is written in the file: "qbo-app", "sah", "qbd", "3rd"; "" = not said. */
const char *conf_integration_word(enum conf_integration integration);
const struct conf_mailbox *conf_mailbox_by_name(const struct conf *conf, const char *name);
/* Who gets the letters of drift watch: how many. */
size_t conf_watch_readers(const struct conf *conf, const char *const **out);
const struct conf_mailbox *conf_watch_mailbox(const struct conf *conf);
/* Is `host` 127.0.0.0/8, ::1 or localhost? */
bool conf_is_loopback(const char *host);
/* The table as text: one paragraph a key with type, limits, default and sentence (manual check, --help). */
void conf_describe(struct buf *out);

#endif
