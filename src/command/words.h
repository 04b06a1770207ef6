/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: the private parts of this folder. decide.c is the page to start from. */
#ifndef FRONTDESK_COMMAND_WORDS_H
#define FRONTDESK_COMMAND_WORDS_H

#include "frontdesk/command.h"

/* Every word may be a match, so none is lost. What lies beyond MOST_WORDS or SUBJECT_MAX bytes is not read:
 * words.cut. */
enum { MOST_WORDS = 120, SUBJECT_MAX = 1000, MOST_FORM_WORDS = 5, MOST_SAME = 8, MOST_UNKNOWN = 8 };

/* What stands between two words. */
enum gap { GAP_BLANK, GAP_COLON, GAP_DASH, GAP_COMMA, GAP_JOIN, GAP_OPEN, GAP_CLOSE, GAP_STOP, GAP_EDGE };

struct word {
    struct slice raw;    /* as written, without signs around it */
    struct slice chunk;  /* with them: what a title loses */
    struct slice folded; /* fold_name of raw, without possessive */
    enum gap before, after;
    bool capital, all_caps, possessive, opaque, at_sign, bracketed, number;
    bool quoted; /* a quotation begins here: its capital is no evidence */
};

struct words {
    struct word w[MOST_WORDS];
    size_t n;
    bool title_case, shouting; /* every word has a capital, or nothing but capitals: they are no evidence */
    bool cut;                  /* the subject goes on: its end is unknown */
};

void words_read(struct words *out, struct slice subject, struct pool *pool);
/* fold_into without the characters that nobody sees (zero-width, bidirectional marks, soft hyphen). */
void fold_name(struct buf *out, struct slice text);

/* vocabulary.c: words by what they say about the name beside them. */
enum word_class {
    WORD_COMMON,    /* opens or fills an ordinary subject; nobody's misspelt name, nobody's last name */
    WORD_EVERYDAY,  /* a name that is also an ordinary word; months and places too */
    WORD_MONTH,     /* such a word that is a month or a season */
    WORD_PLACE,     /* such a word that is a place or a firm */
    WORD_GIVEN,     /* a given name, of staff or not */
    WORD_LEAD,      /* before a name: ask, tell, is, that ... */
    WORD_PREP,      /* before a name or a thing: for, to, with ... */
    WORD_AFTER,     /* goes on after a name: at, and, please ... */
    WORD_WHEN,      /* before a month: in, until, last ... */
    WORD_PERIODIC,  /* what is done by the month: invoices, reports ... */
    WORD_ARTICLE,   /* before a thing, not before a name: the, every, my ... */
    WORD_ROLE,      /* what stands for a first name in the account of a temporary employee */
    WORD_ACRONYM,   /* a name that in capitals, or without one, is a thing: RAM, mac */
    WORD_PREDICATE, /* behind a person's full name: is, cannot, needs ... */
    WORD_HONORIFIC,
    WORD_ORGANISATION, /* after the name of a firm or a place: bank, church, street ... */
    WORD_ORDER,        /* a verb that gives an order */
    WORD_REFUSAL,      /* before a name that is not meant: except, without ... */
    WORD_OPENER,       /* before an address: for, attn, dear ... */
    WORD_GREETING,     /* of these, what is said to people only */
    WORD_SIGN_OFF,     /* before the sender's own name: regards ... */
};
bool word_is(const struct word *w, enum word_class c);
bool slice_is(struct slice folded, enum word_class c);
/* What somebody called `name` may be called too: "bob" for "robert", in either direction. */
struct short_forms {
    const char *row[8];
    size_t n;
};
void vocabulary_short_forms(struct short_forms *out, struct slice name);
bool vocabulary_is_short_form(const struct short_forms *of, struct slice name);

/* names.c */
enum form_kind { FORM_FULL, FORM_INITIAL, FORM_USER, FORM_FIRST, FORM_NICK };

/* How much a place says. A higher one makes the lower ones mere mentions: `Sarah: reset MFA for Mike` is
 * Sarah's. */
enum level {
    LEVEL_NONE,    /* an ordinary word */
    LEVEL_HINT,    /* not meant, but worth suggesting: "Sarah Miller", "anyone but Sarah" */
    LEVEL_MENTION, /* in the sentence */
    LEVEL_PLACE,   /* "for ...", full name, user name */
    LEVEL_FIRST,   /* first word of the subject */
    LEVEL_STRONG   /* a separator, "@", "assign to ..." */
};

struct match {
    size_t at, n; /* words */
    enum form_kind kind;
    const struct directory_resource *who[MOST_SAME];
    size_t n_who;
    bool everyday, absent; /* a word of every day; only people who cannot be given tickets */
    bool stranger;         /* another last name follows: somebody else, or a slip */
    bool doubt;            /* as likely the ordinary word: never assigned */
    enum level level;
    enum command_where where;
};

/* The longest form that starts at word `at`; false if none does. */
bool names_match(const struct command_names *names, const struct words *words, size_t at, struct match *out);

struct form {
    struct slice words[MOST_FORM_WORDS];
    size_t n;
    enum form_kind kind;
    bool reversed; /* last name first */
    const struct directory_resource *who;
};

struct command_names {
    struct pool *pool;
    struct form *forms; /* sorted by their first word */
    size_t n;
    const struct command_topic *topics;
    size_t n_topics;
};

/* near.c: assignable people whose names are near to `folded`, best first. */
struct near {
    const struct directory_resource *who;
    unsigned cost; /* at most NEAR_TIGHT: one slip, or a short form of the name */
    bool slip;     /* one slip of the keyboard */
};
enum { NEAR_TIGHT = 25 };
size_t near_find(const struct command_names *names, struct slice folded, struct near *out, size_t max);
/* Of people who share a first name, who is called most like `last` comes first. */
void near_sort_by_last(const struct directory_resource **who, size_t n, struct slice last);

/* places.c: where names stand, and where a name belongs although none is known. */
struct unknown {
    size_t at;
    enum level level;
    bool common; /* an ordinary word: only a slip by one letter makes it somebody's name */
};

struct places {
    struct match m[MOST_WORDS];
    size_t n;
    size_t start, end; /* words in front of `start` and from `end` on are an address */
    struct unknown unknown[MOST_UNKNOWN];
    size_t n_unknown;
};

void places_find(const struct command_names *names, const struct words *words, struct places *out);
/* The first word that is not part of an address at the start, and one past the last before an address at the
 * end. `slip`: a misspelt name that was asked about, or -1. */
void places_title(const struct words *words, const struct places *p, long slip, size_t *from, size_t *to);
/* "," ":" "-": what sets an address apart. */
bool places_separates(enum gap g);

/* evidence.c: what the words around a name say. */
/* Takes another last name into the match: "Sarah Miller". */
void evidence_stranger(const struct words *words, const struct command_names *names, struct match *m);
/* Level, doubt and place of a match that no list at start or end holds. */
void evidence_judge(const struct words *words, struct match *m, const struct match *previous);
/* Doubt about a match that such a list holds; `alone`: it is the only one, `closing` the list's separator. */
void evidence_doubt(const struct words *words, struct match *m, bool alone, bool at_end, enum gap closing);
/* Does its spelling set a name apart from an ordinary word? */
bool evidence_capital(const struct words *words, const struct word *w);
/* "assign to", "attn": how many words before `at` say so; 0 = none, or "do not assign to". */
size_t evidence_assign(const struct words *words, size_t at);
bool evidence_signed_off(const struct words *words, size_t at);

/* phrases.c: the table of commands. NULL when the subject is none. `someone_named`: no company or item then.
 * Fills out->argument and out->topics. */
const struct command_verb *phrases_find(const struct command_names *names, const struct words *words,
                                        bool someone_named, struct command *out);
/* "explain:" comes before anything else: nothing is done. */
const struct command_verb *phrases_explain(struct slice stripped, struct slice *argument);

/* topics.c: the topics that the words behind "help" ask for; false: they ask for none, it is no command. */
bool topics_find(const struct command_names *names, const struct words *words, struct command *out);

#endif
