/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check: what the books of both systems do not agree on. A check is a row: its name, what it reads, and a
 * comparison that is pure: rows in, findings out, no calls and no clock, so that tables can test it.
 * check_run reads what the row needs, from both systems side by side, and compares.
 *
 * What cannot be known is said: settings of the integration that no API shows (assumed), lists that the API
 * user may not see, QuickBooks Desktop (unseen). Rows that Autotask hides silently never become findings.
 *
 * Facts: sync-integration.md, quickbooks-online.md 3, 4, 8, 9, sync-errors.md 3.
 */
#ifndef FRONTDESK_CHECK_H
#define FRONTDESK_CHECK_H

#include "frontdesk/autotask_books.h"
#include "frontdesk/conf.h"
#include "frontdesk/quickbooks.h"
#include "frontdesk/reply_report.h"

enum check_argument { CHECK_NO_ARGUMENT, CHECK_NUMBER, CHECK_NAME };

/* Lists of QuickBooks. */
enum check_books {
    CHECK_ITEMS = 1,
    CHECK_ACCOUNTS = 2,
    CHECK_TERMS = 4,
    CHECK_CUSTOMERS = 8,
    CHECK_PREFERENCES = 16,
    CHECK_PARTIES = 32, /* who has the name that was asked for */
    CHECK_TAXES = 64,   /* tax codes and rates */
    CHECK_COMPANY = 128,
};

/* What only a diagnosis reads besides. Empty otherwise. */
struct check_deep {
    bool wanted;
    bool id_first;           /* the argument is an id of Autotask, rather than a number */
    const char *number_said; /* a number in QuickBooks that the error names; "" = none */
    struct quickbooks_tax_codes tax_codes, tax_rates;
    struct quickbooks_company company;
    struct quickbooks_invoices said;            /* of number_said */
    struct quickbooks_invoices same_day;        /* of the customer, of the day of the invoice */
    struct quickbooks_payment payment;          /* of the invoice in QuickBooks */
    struct autotask_addresses addresses;        /* contacts of the organization */
    bool more_addresses, no_contacts;           /* there are more; the API user may not see them */
    struct autotask_persons technicians;        /* of time entries */
    struct autotask_solds users[AT_SOLD_KINDS]; /* what is sold under the codes that clash with a category */
    struct autotask_invoices of_numbers;        /* invoices of Autotask that bear numbers of same_day */
    const char *currency;                       /* of the organization; "" = not told */
    /* of `connection`: what the systems answered */
    bool quickbooks_answers, autotask_answers;
    struct err quickbooks_said, autotask_said;
    int64_t calls, calls_most;
};

/* All that a comparison may look at. Strings and rows are borrowed. */
struct check_rows {
    const struct conf *conf;
    const char *argument; /* "" = none */
    int64_t now_ms;

    struct autotask *client; /* for links only; NULL: none */
    struct autotask_books autotask;
    struct autotask_accesses access;
    struct autotask_invoices invoices; /* of `invoice`: those that the number may mean; of `sync`: ERROR */
    struct autotask_invoices unsynced, recent; /* of `sync` */
    bool by_id;                                /* the number meant the id */
    struct autotask_lines lines;
    struct autotask_time_entries entries;
    struct autotask_ticket_names tickets;
    struct autotask_customers named; /* companies of that name, or the one of the invoice */
    bool more_invoices;              /* there are more than were read */
    unsigned denied;                 /* of these, parts that the API user may not read */

    bool online; /* QuickBooks was read; else it is Desktop */
    struct quickbooks_items items;
    struct quickbooks_accounts accounts;
    struct quickbooks_terms terms;
    struct quickbooks_customers customers;
    struct quickbooks_customers parties;      /* who else holds the name */
    struct quickbooks_invoices in_quickbooks; /* of that number */
    struct quickbooks_preferences preferences;
    struct check_deep deep;
};

/* "items", how many rows; NULL: a list that has no name for people. How many of the lists are there. */
struct check_progress {
    const char *what;
    size_t rows, done, of;
};

struct check_sources {
    const struct conf *conf;
    struct autotask *autotask;
    struct quickbooks *quickbooks; /* NULL: no QuickBooks Online (Desktop) */
    /* A list was read. From any thread; NULL: nobody is told. */
    void (*progress)(void *self, const struct check_progress *p);
    /* An error of a mail is looked at: how many were before it, of how many. NULL: nobody is told. */
    void (*looking)(void *self, size_t before, size_t of);
    void *progress_self;
};

struct check {
    const char *name;         /* "mapping" */
    const char *const *words; /* further words by which it may be asked for, NULL-terminated */
    enum check_argument argument;
    const char *argument_words;    /* "INVOICE"; "" = none */
    const char *summary;           /* one line for help */
    unsigned autotask, quickbooks; /* autotask_books_part, check_books */
    unsigned deep;                 /* of QuickBooks, for a diagnosis besides */
    unsigned sight; /* parts that it reads besides: whether their rows can be hidden is asked */
    void (*compare)(const struct check_rows *rows, struct report *report);
    /* What is no list, beside the lists; and what waits for all of them. NULL: nothing. Strings in pool. */
    int (*read)(struct check_rows *rows, const struct check_sources *sources, struct pool *pool,
                struct err *e);
    int (*read_after)(struct check_rows *rows, const struct check_sources *sources, struct pool *pool,
                      struct err *e);
};

const struct check *check_list(size_t *n);
/* By its name or one of its words, whatever the case; NULL: there is none. */
const struct check *check_find(struct slice word);
/* Kinds of findings: the table that reports are made with. */
const struct report_kind *check_kinds(size_t *n);
/* Every sentence that a report may hold, NULL-terminated. */
extern const char *const check_sentences[];

/* What could not be read: the first of it. */
enum check_unread {
    CHECK_UNREAD_NOTHING,
    CHECK_UNREAD_ITEMS,
    CHECK_UNREAD_ACCOUNTS,
    CHECK_UNREAD_TERMS,
    CHECK_UNREAD_CUSTOMERS,
    CHECK_UNREAD_PREFERENCES,
    CHECK_UNREAD_PARTIES,      /* who has the name */
    CHECK_UNREAD_TRANSACTIONS, /* the invoice and its customer in QuickBooks */
    CHECK_UNREAD_LISTS,        /* of Autotask */
    CHECK_UNREAD_INVOICES,     /* of Autotask */
    CHECK_UNREAD_RIGHTS,       /* what the API user may see in Autotask */
    CHECK_UNREADS
};

/* What check_run gives: made in memory, for a letter, a file or a terminal. The pools hold the rows that the
 * report borrows from. */
enum { CHECK_LISTS = 16 };
struct check_result {
    struct pool *pool, *lists[CHECK_LISTS];
    size_t n_lists;
    struct report report;
    /* Of `invoice`: which one it was, id 0 = none; and its organization. */
    struct autotask_invoice invoice;
    const char *company;
    enum check_unread unread; /* when a system failed */
};
/* Reads, compares and sorts. ERR_USAGE: an argument is missing, or one too many; ERR_CONFIG: the settings do
 * not say which integration it is, or QuickBooks Online is not set up; else as the clients have it. */
int check_run(struct check_result *out, const struct check *check, const char *argument,
              const struct check_sources *sources, struct err *e) MUST_USE;
/* Only the comparison: rows that somebody else has read. */
void check_compare(struct report *report, struct pool *pool, const struct check *check,
                   const struct check_rows *rows);
void check_release(struct check_result *r);

/* --- for diagnoses: several checks of one moment, which share the lists that they read, and look deeper:
 * their reports hold kinds that nobody wants to see who only asks for a check. --- */

struct check_session;
struct check_question {
    const struct check *check;
    const char *argument;
    bool by_id;              /* of `invoice`: the argument is an id of Autotask, not a number */
    const char *number_said; /* of `invoice`: a number of QuickBooks that the error names; "" = none */
};
struct check_session *check_session_new(const struct check_sources *sources) MUST_USE;
/* Results borrow from the session's lists: release them first. */
void check_session_free(struct check_session **s);
/* As check_run. A list that cannot be read is not asked for again: it is the same error at once. Not for two
 * threads at a time. */
int check_session_run(struct check_session *s, struct check_result *out, const struct check_question *q,
                      struct err *e) MUST_USE;
/* Does that kind's absence say something without QuickBooks (Desktop)? False for a name that is none. */
bool check_kind_of_autotask(const char *key);

/* --- identity.c: one run compared with another --- */

/* Which finding it is: kind and records; not the words, not the order, not what the records are called. */
int64_t check_identity(const struct report *r, const struct report_finding *f);
/* Appends a line for each kind of record that the API user may not see as a whole. */
void check_hidden(const struct report *r, struct buf *out);
/* The first one that is not among the lines of an earlier run: its findings may be there and not be seen.
 * NULL: none. */
const struct report_sentence *check_newly_hidden(const struct report *r, const char *before);
/* False: there are more rows than were read, so that a finding may be there and not be seen. */
bool check_is_whole(const struct report *r);

#endif
