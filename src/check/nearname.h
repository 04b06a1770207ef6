/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearname: names that people take for the same one, and rows found by name. */
#ifndef FRONTDESK_CHECK_NEARNAME_H
#define FRONTDESK_CHECK_NEARNAME_H

#include "frontdesk/base.h"

/* Appends the form under which near names are equal: no case, accents, blanks or punctuation (but + # % $,
 * which part C++ from C#), & as "and", letters of other alphabets as the Latin ones that they look like. A
 * name of which nothing is left stands for itself. */
void nearname_into(struct buf *out, struct slice name);
/* The same in the pool. */
struct slice nearname_form(struct pool *pool, struct slice name);
/* Do they differ in nothing but upper and lower case? */
/* Where two names part that look the same: the first sign that is not equal, counted from 1, and both as
 * "a" (U+0061); "-" = the name has ended. False: people see it without help. */
struct nearname_parting {
    const char *place, *mine, *theirs;
};
bool nearname_parts(const char *mine, const char *theirs, struct pool *pool, struct nearname_parting *out);
bool nearname_same_but_case(const char *a, const char *b);

/* Row numbers by key, in the order in which they were added. Keys are borrowed. */
struct name_index;
enum { NAME_INDEX_NONE = UINT32_MAX };
struct name_index *name_index_new(struct pool *pool, size_t rows) MUST_USE;
void name_index_add(struct name_index *index, struct slice key, uint32_t row);
uint32_t name_index_first(const struct name_index *index, struct slice key);
uint32_t name_index_next(const struct name_index *index, uint32_t row);

#endif
