/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_words: what is said about the kinds of findings; see templates/README.md. */
#ifndef FRONTDESK_REPLY_REPORT_WORDS_H
#define FRONTDESK_REPLY_REPORT_WORDS_H

#include "frontdesk/reply_report.h"

struct report_words;
struct report_entry;

enum report_field { WORDS_TITLE, WORDS_DETAIL, WORDS_CAUSE, WORDS_TEXT, WORDS_FIX, WORDS_FIELDS };

/* Which sections there are, and what may stand in { } in each. All NULL-terminated. */
struct report_words_rule {
    const char *const *keys;
    const char *const *const *facts;
};

/* The part `part` of the language, a folder or a file, and English for what is missing; problems as lines.
 * `rule` NULL: any section of ours, and report_fact_names. */
struct language_where;
struct report_words *report_words_load(const struct language_where *where, const char *part,
                                       const struct report_words_rule *rule, struct buf *problems) MUST_USE;
/* How many sections the language lacks, so that they are English. */
size_t report_words_english(const struct report_words *w);
void report_words_free(struct report_words **words);
/* NULL: there is no such section. */
const struct report_entry *report_words_find(const struct report_words *w, const char *key);
/* Likewise, with ERR_TEMPLATE. */
const struct report_entry *report_words_need(const struct report_words *w, const char *key, struct err *e);
/* For that integration, else for any; "" = not said. Of WORDS_FIX: step `n`, from 0; "" = no more steps. */
const char *report_words_text(const struct report_entry *e, enum report_field field, const char *integration,
                              size_t n);
/* Puts the text with its facts: {name}; {n|code|codes} by the number; [[...]] goes when a fact in it is
 * missing. */
void report_words_fill(const char *text, const struct report_fact *facts, size_t n_facts, struct buf *out);

/* A word of ours that stands in a fact or beside an id ("work type", "inactive", "a colon") as the language
 * says it: section [thing-work-type]; what has no section stays as it is. */
const char *report_words_thing(const struct report_words *w, const char *text);
/* The facts with such words spoken; how many. */
size_t report_words_speak(const struct report_words *w, const struct report_fact *facts, size_t n,
                          struct report_fact said[REPORT_FACTS]);

/* template.c */
const struct report_words *templates_report_words(const struct templates *t);

#endif
