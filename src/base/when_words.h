/* SPDX-License-Identifier: GPL-2.0-or-later */
/* when, inside: the words of dates and the tokens of a text (when_words.c), for the grammar in when.c. */
#ifndef FRONTDESK_BASE_WHEN_WORDS_H
#define FRONTDESK_BASE_WHEN_WORDS_H

#include "frontdesk/base.h"

enum { MOST_TOKENS = 20, CLOSING = -1 };

enum meaning {
    NOTHING,
    LEAD,      /* may stand in front, and between day and time */
    LINK,      /* between day and time only */
    POLITE,    /* at the end */
    OFFSET,    /* n days from today */
    WEEKDAY,   /* n: 0 = Sunday */
    SHY_DAY,   /* the same, but also a word of its own */
    MONTH,     /* n: 0 = January */
    NEXT,      /* before a weekday */
    THIS,      /* the same */
    CLOCK,     /* n minutes after midnight, or CLOSING */
    PART,      /* the same, only behind a day */
    MINUTES,   /* unit of n minutes */
    DAYS,      /* unit of n days */
    WORKDAYS,  /* unit */
    MONTHS,    /* unit */
    NUMBER,    /* n */
    IN,        /* "in 3 days" */
    FROM_NOW,  /* "3 days from now" */
    WORKDAY,   /* the next one */
    WEEK,      /* first worked day of the week n weeks on */
    WEEK_END,  /* the last one */
    MONTH_END, /* last worked day of the month */
    NEXT_MONTH,
    MERIDIEM, /* n: 0 am, 12 pm */
    ORDINAL,  /* st, nd, rd, th behind a number */
    OF,
    THE,
    ISO_T,
};

struct entry {
    const char *words; /* lower case, one blank between */
    enum meaning means;
    int n;
};

struct token {
    char text[12]; /* lower case; longer words are in no table and cut the reading short */
    bool number, glued;
    unsigned value;
    const struct entry *entry; /* the longest phrase that starts here; never NULL */
    size_t entry_len;
};

struct reading {
    struct token t[MOST_TOKENS + 1]; /* one empty token behind the last */
    size_t n, at;
    bool sure; /* a lead was there */
};

/* False when the text holds what stands in no date, or too much. */
bool when_tokenise(struct reading *r, struct slice s);
/* Do people of that zone write the month first? */
bool when_month_first(const char *tz);

#endif
