/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view: names and values for a template, in a pool. See reply.h. */
#include "view.h"

enum { VALUE_MAX = 20000 };

struct view *view_new(struct pool *pool)
{
    struct view *v = pool_alloc(pool, sizeof(*v));
    v->pool = pool;
    return v;
}

struct view_entry *view_find_in(const struct view *v, struct slice name)
{
    for (struct view_entry *e = v->first; e; e = e->next) {
        if (slice_eq(slice_of(e->name), name))
            return e;
    }
    return NULL;
}

struct view_entry *view_find(const struct view *v, struct slice name)
{
    struct view_entry *e = NULL;
    for (; v && !e; v = v->parent)
        e = view_find_in(v, name);
    return e;
}

static struct view_entry *entry(struct view *v, const char *name)
{
    for (struct view_entry *e = v->first; e; e = e->next) {
        if (strcmp(e->name, name) == 0)
            return e;
    }
    struct view_entry *e = pool_alloc(v->pool, sizeof(*e));
    e->name = pool_copy(v->pool, name);
    e->next = v->first;
    v->first = e;
    return e;
}

void view_set(struct view *v, const char *name, struct slice text)
{
    struct view_entry *e = entry(v, name);
    text = slice_cut_utf8(text, VALUE_MAX);
    e->text = slice_from(pool_slice(v->pool, text), text.len);
    e->on = text.len > 0;
}

void view_setf(struct view *v, const char *name, const char *fmt, ...)
{
    struct buf b = BUF_INIT(VALUE_MAX);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    view_set(v, name, buf_view(&b));
    buf_release(&b);
}

void view_flag(struct view *v, const char *name, bool on)
{
    entry(v, name)->on = on;
}

struct view *view_item(struct view *v, const char *name)
{
    struct view_entry *e = entry(v, name);
    struct view *item = view_new(v->pool);
    item->parent = v;
    if (e->last_item)
        e->last_item->sibling = item;
    else
        e->items = item;
    e->last_item = item;
    e->on = true;
    return item;
}
