/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reply: words. Facts go into a view (a tree of names and values), a template turns them into text and HTML,
 * and compose, the only writer of headers, makes the letter's bytes.
 *
 * Templates: LANGUAGE/reply/NAME.txt and NAME.html, Mustache (interpolation, sections, inverted sections,
 * comments, partials from the same folder). First line of NAME.txt: "Subject: ...". Every variable that a
 * template may use is a row of a table in src/reply/; one that is not known stops the start with file, line
 * and the nearest known name.
 */
#ifndef FRONTDESK_REPLY_H
#define FRONTDESK_REPLY_H

#include "frontdesk/base.h"

/* --- view -------------------------------------------------------------------------------------------------
 */
struct view;
struct view *view_new(struct pool *pool) MUST_USE; /* lives in the pool */
void view_set(struct view *v, const char *name, struct slice text);
void view_setf(struct view *v, const char *name, const char *fmt, ...) PRINTF(3, 4);
void view_flag(struct view *v, const char *name, bool on);
/* Adds an item to list `name` and returns it. */
struct view *view_item(struct view *v, const char *name);
/* The view as a JSON object, without what stands around it; and its members back, into `v`: for a letter that
 * must say the same when it is written later. */
void view_put_json(const struct view *v, struct buf *out);
void view_read_json(struct view *v, const char *json);

/* --- templates --------------------------------------------------------------------------------------------
 */
struct templates;
/* This language has every letter and how-to; what another one lacks is taken from it. */
#define TEMPLATES_FULL_LANGUAGE "en"
/* Places where words are looked for, at most: of the firm, for this language and for any; of ours, in this
 * language and in English. */
enum { TEMPLATES_PLACES = 4 };
struct conf;
/* The folders of our rules for errors, the one that counts most at the end, and NULL behind it: room for
 * TEMPLATES_PLACES + 1. */
void templates_rule_folders(const struct conf *conf, const char **ours, struct pool *pool);
/* Loads every letter and how-to of FOLDER/LANGUAGE; all problems as lines in *problems: also that there is no
 * such language, with those that are there. `own`: the firm's folder, frontdesk-templates(5); NULL, or not
 * there: none. */
int templates_load(struct templates **out, const char *folder, const char *own, const char *language,
                   struct buf *problems) MUST_USE;
/* The same by the settings (NULL: those that are installed), with what the firm has of its own or without
 * (then in English), and every letter that frontdesk writes has to be there. ERR_TEMPLATE. */
int templates_open(struct templates **out, const struct conf *conf, bool with_own, struct buf *problems,
                   struct err *e) MUST_USE;
/* Letters and how-tos that the language lacks and English stands in for, by name; "" = none. */
void templates_english(const struct templates *t, struct buf *out);
void templates_free(struct templates **t);
/* Renders NAME into subject (one line), text and html. ERR_TEMPLATE if there is no such template or a limit
 * is passed. */
int templates_render(const struct templates *t, const char *name, const struct view *v, struct buf *subject,
                     struct buf *text, struct buf *html, struct err *e) MUST_USE;
/* A text that is no letter, as a rule has it: the same Mustache, with any names, and partials out of
 * LANGUAGE/diagnose/: {{> resend}} is _resend.txt there. Appends; ERR_TEMPLATE as above. */
int templates_fill(const struct templates *t, const char *text, const struct view *v, struct buf *out,
                   struct err *e) MUST_USE;
/* Names of all templates, NULL-terminated (render --help, tests). */
const char *const *templates_names(const struct templates *t);
/* Sample facts for `frontdesk render` and the golden letters. */
struct view *templates_sample(const char *name, struct pool *pool) MUST_USE;
/* Other facts for a letter than the usual ones. */
struct template_case {
    const char *letter, *name;
    const char *json; /* the facts, beside those that every letter has */
};
const struct template_case *templates_cases(size_t *n);
/* NULL: no such case. "usual" is templates_sample. */
struct view *templates_sample_case(const char *letter, const char *name, struct pool *pool);

/* The templates and the facts each takes are documented in templates/README.md. */

/* --- how-tos ----------------------------------------------------------------------------------------------
 */
enum howto_kind {
    HOWTO_TEXT,
    HOWTO_HEADING,
    HOWTO_STEP, /* `number` */
    HOWTO_ITEM,
    HOWTO_WARNING,
    HOWTO_SUBJECT, /* to be mailed as it stands */
    HOWTO_ANSWER,  /* to be replied as it stands */
};
struct howto_block {
    enum howto_kind kind;
    unsigned number;
    unsigned only;    /* bits 1 << conf_integration of those that it is for; 0: every one */
    const char *text; /* with {name} and the like in it */
};
struct howto {
    const char *name, *title;    /* "credit memo": what `help` takes */
    const char *const *keywords; /* folded, NULL-terminated; the name is one of them */
    const struct howto_block *blocks;
    size_t n_blocks;
    bool english; /* the language has none of that name */
};
/* By name. Borrowed from the templates. */
const struct howto *templates_howtos(const struct templates *t, size_t *n);
/* What may stand in { } in a how-to, NULL-terminated: names of the sender's own desk. */
extern const char *const howto_names[];

/* --- compose ----------------------------------------------------------------------------------------------
 */
/* A file that goes with a letter. */
struct letter_file {
    const char *name; /* our own: letters, digits, "-" and "." */
    const char *type; /* "text/csv" */
    struct slice bytes;
};

/* The field of a mail to ourselves (src/canary.c). */
#define CANARY_FIELD "X-Frontdesk-Canary"

struct letter {
    const char *from_name, *from; /* the mailbox's address */
    const char *to;               /* the one proven address */
    struct slice subject;
    const char *message_id;   /* "<...>"; stable, made before the first offer */
    struct slice in_reply_to; /* may be empty */
    const struct slice *references;
    size_t n_references;
    int64_t date_ms;
    const char *timezone;
    bool auto_generated;            /* alerts: Auto-Submitted: auto-generated instead of auto-replied */
    const char *instance;           /* X-Loop / X-Frontdesk-Instance marker */
    const char *canary;             /* X-Frontdesk-Canary; NULL: none */
    struct slice text, html;        /* html may be empty */
    const struct letter_file *file; /* NULL: none */
};

/* The letter as 7-bit bytes with CRLF line ends. Header injection is impossible: every value is cleaned here.
 */
int compose_letter(const struct letter *letter, struct buf *out, struct err *e) MUST_USE;

#endif
