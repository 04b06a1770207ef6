/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mustache: the language of the templates, as its specification has it (mustache.github.io): interpolation,
 * dotted names, the implicit iterator, sections, inverted sections, comments, partials with their
 * indentation, set delimiters, unescaped values. A text is cut into tokens once, and rendered often. What a
 * firm's letters may use of it is template.c's matter.
 */
#ifndef FRONTDESK_REPLY_MUSTACHE_H
#define FRONTDESK_REPLY_MUSTACHE_H

#include "view.h"

enum token_kind {
    TOKEN_TEXT,
    TOKEN_VALUE,
    TOKEN_RAW,
    TOKEN_SECTION,
    TOKEN_INVERTED,
    TOKEN_END,
    TOKEN_PARTIAL
};

struct token {
    enum token_kind kind;
    struct slice text;   /* literal text, or the name */
    struct slice indent; /* of a partial that stands alone on its line: the blanks before it */
    bool alone;
    size_t end; /* of a section: index of its TOKEN_END */
    unsigned line;
};

struct mustache {
    char *source;
    struct token *tokens;
    size_t n, room;
};

/* What cannot be read, with its line. */
typedef void mustache_problem(void *self, unsigned line, const char *text);

/* Takes over `source`. Problems go to `problem`; what can be used is there all the same. */
void mustache_cut(struct mustache *m, char *source, mustache_problem *problem, void *self);
void mustache_release(struct mustache *m);

struct mustache_rendering {
    const char *name; /* for errors */
    bool html;        /* values are escaped */
    bool lenient;     /* a partial that is not there is nothing, and no error */
    const struct mustache *(*partial)(void *self, struct slice name);
    void *self;
};
/* ERR_TEMPLATE: too long for *out, partials nested too deep or missing. */
int mustache_render(const struct mustache *m, const struct mustache_rendering *r, const struct view *v,
                    struct buf *out, struct err *e) MUST_USE;

#endif
