/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view: the inside of a view, for the template engine. */
#ifndef FRONTDESK_REPLY_VIEW_H
#define FRONTDESK_REPLY_VIEW_H

#include "frontdesk/reply.h"

struct view_entry {
    struct view_entry *next;
    const char *name;
    struct slice text;
    bool on;
    struct view *items, *last_item;
};

struct view {
    struct pool *pool;
    const struct view *parent; /* the view around a list item */
    struct view *sibling;      /* the next item */
    struct view_entry *first;
};

/* In this view or those around it. */
struct view_entry *view_find(const struct view *v, struct slice name);

/* In this view only. */
struct view_entry *view_find_in(const struct view *v, struct slice name);

/* variables.c: is this a name that templates may use? If not, *near is the nearest that is, or NULL. */
bool variable_known(struct slice name, const char **near);

/* language.c: where a part ("reply", "words.txt") of a language is looked for: what the first place has
 * counts. `folder`: where all of it lies; `own`: what the firm has instead (NULL: nothing). */
struct language_where {
    const char *folder, *own, *language;
};
struct language_places {
    struct language_place {
        char path[4400];
        bool firm;    /* of the firm */
        bool english; /* fills the gaps of another language */
        bool must_be; /* the last one: without it something is wrong */
    } v[TEMPLATES_PLACES];
    size_t n;
};
void language_find(struct language_places *p, const struct language_where *w, const char *part);
/* Is there such a language, and nothing of the firm in a wrong place? Else lines in *problems, with the
 * languages that are there. */
bool language_is_there(const struct language_where *w, struct buf *problems);

/* sample.c: the letters that frontdesk writes, by name; NULL behind the last. */
const char *sample_letter(size_t i);

/* howto.c: the articles, English ones for those that are missing. */
struct howtos;
struct howtos *howtos_load(const struct language_where *w, struct buf *problems) MUST_USE;
void howtos_free(struct howtos **howtos);
const struct howto *howtos_list(const struct howtos *h, size_t *n);

#endif
