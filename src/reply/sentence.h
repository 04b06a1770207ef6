/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sentence: the sentences of a language, as the templates hold them. */
#ifndef FRONTDESK_REPLY_SENTENCE_PRIVATE_H
#define FRONTDESK_REPLY_SENTENCE_PRIVATE_H

#include "frontdesk/reply_sentence.h"
#include "report_words.h"
#include "view.h"

struct sentences;
/* words.txt of the language, and English for what is missing; problems as lines, also what English lacks. */
struct sentences *sentences_load(const struct language_where *w, struct buf *problems) MUST_USE;
void sentences_free(struct sentences **sentences);
/* How many are English because the language has none. */
size_t sentences_english(const struct sentences *s);

/* template.c */
const struct sentences *templates_sentences(const struct templates *t);

#endif
