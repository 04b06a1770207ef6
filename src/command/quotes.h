/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quotes: the words by which mail programs mark what is not the sender's own, in their languages
 * (mail.md 4.2, 4.3). Tables only, asked line by line; owntext.c draws the conclusions. */
#ifndef FRONTDESK_COMMAND_QUOTES_H
#define FRONTDESK_COMMAND_QUOTES_H

#include "frontdesk/base.h"

enum quote_field { QUOTE_NO_FIELD, QUOTE_FROM, QUOTE_DATE, QUOTE_TO, QUOTE_CC, QUOTE_SUBJECT };

/* "From: ...", "*Von:* ...", "De : ...", "差出人: ..." */
enum quote_field quotes_field(struct slice line);
/* The set of fields (1 << enum quote_field) in a line that runs them together, as Yahoo does. */
unsigned quotes_fields_in(struct slice line);

enum quote_separator {
    QUOTE_NO_SEPARATOR,
    QUOTE_SEPARATOR, /* whatever follows is not the sender's */
    QUOTE_IF_FIELD,  /* only when header fields follow: words or a rule that people write themselves too */
};
enum quote_separator quotes_separator(struct slice line);
/* One of these lines that only a forward has: "---------- Forwarded message ---------". */
bool quotes_forward(struct slice line);
/* A rule of dashes, underscores, stars or "=", which stands before a header block as decoration. */
bool quotes_rule(struct slice line);

/* "On 24 Nov 2026 at 9:12, Sarah <sarah@corp.test> wrote:" and kin; `text` may have been joined of lines. */
enum quote_attribution {
    QUOTE_NO_ATTRIBUTION,
    QUOTE_WEAK_ATTRIBUTION, /* counts when marked quotation follows: "He wrote:" */
    QUOTE_ATTRIBUTION,
};
enum quote_attribution quotes_attribution(struct slice text, bool *dated);
/* The same with the first quoted line behind it on the same line, as Yahoo's app does. */
bool quotes_attribution_runs_on(struct slice line);

/* "-- ", "--", "__", "—" alone on a line. */
bool quotes_signature(struct slice line);
/* "Sent from my iPhone", "Get Outlook for iOS" and kin, the whole line. */
bool quotes_device(struct slice line);
/* A paragraph of legal words, or the plea for trees. */
bool quotes_disclaimer(struct slice paragraph);
/* What a mail gateway puts on top of a mail from outside. */
bool quotes_banner(struct slice paragraph);
/* "Best regards," "Mit freundlichen Grüßen": what stands above a name at the end. */
bool quotes_closing(struct slice line);

/* quotewords.c: the tables; `folded` is folded text. The first five stand in the order of enum quote_field.
 */
enum quote_table {
    QUOTE_WORDS_FROM,
    QUOTE_WORDS_DATE,
    QUOTE_WORDS_TO,
    QUOTE_WORDS_CC,
    QUOTE_WORDS_SUBJECT,
    QUOTE_WORDS_DASHED,
    QUOTE_WORDS_FORWARDS,
    QUOTE_WORDS_BEGINS,
    QUOTE_WORDS_VERBS,
    QUOTE_WORDS_DEVICES,
    QUOTE_WORDS_MACHINES,
    QUOTE_WORDS_LEGAL,
    QUOTE_WORDS_LEGAL_HEADS,
    QUOTE_WORDS_BANNERS,
    QUOTE_WORDS_CLOSINGS,
    QUOTE_TABLES
};
bool quotes_is(enum quote_table which, struct slice folded);     /* equals a row */
bool quotes_starts(enum quote_table which, struct slice folded); /* begins with a row */
/* How many different rows stand somewhere in the text, at most `most`. */
size_t quotes_hits(enum quote_table which, struct slice folded, size_t most);

#endif
