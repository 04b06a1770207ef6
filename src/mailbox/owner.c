/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner: whose mailbox is it? Two installations at one mailbox would make every ticket twice, and neither
 * could know (invariant 10). So filed mail carries a keyword with our instance's id, and servers name the
 * keywords of a mailbox with every SELECT: a foreign id there stops the taking.
 */
#include "imap_private.h"

#define OWNER_PREFIX "$Frontdesk-"

char *imap_owner_keyword(const struct imap *i)
{
    struct buf b = BUF_INIT(100);
    buf_printf(&b, OWNER_PREFIX "%.40s", i->options->instance);
    return buf_detach(&b);
}

/* Is `id` ours, or one that the operator has declared gone? */
static bool allowed(const struct imap *i, struct slice id)
{
    struct scan c = scan_of(slice_of(i->conf->former_instances ? i->conf->former_instances : ""));
    if (slice_eq_nocase(id, slice_of(i->options->instance)))
        return true;
    while (!scan_end(&c)) {
        struct slice word = scan_until(&c, " ,");
        if (word.len && slice_eq_nocase(word, id))
            return true;
        scan_while(&c, " ,");
    }
    return false;
}

static bool plain_id(struct slice id)
{
    for (size_t k = 0; k < id.len; k++) {
        char ch = id.ptr[k];
        if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f') || (ch >= 'A' && ch <= 'F')))
            return false;
    }
    return id.len == 16;
}

int imap_owner_check(const struct imap *i, struct err *e)
{
    const struct mailimap_selection_info *info = i->session->imap_selection_info;
    const struct mailimap_flag_list *flags = info ? info->sel_flags : NULL;
    if (!i->options->instance || !flags || !flags->fl_list)
        return 0;
    for (clistiter *c = clist_begin(flags->fl_list); c; c = clist_next(c)) {
        const struct mailimap_flag *f = clist_content(c);
        struct slice word = slice_of(
            f->fl_type == MAILIMAP_FLAG_KEYWORD && f->fl_data.fl_keyword ? f->fl_data.fl_keyword : "");
        struct slice prefix = SLICE(OWNER_PREFIX);
        if (!slice_starts_nocase(word, prefix))
            continue;
        struct slice id = slice_skip(word, prefix.len);
        if (plain_id(id) && !allowed(i, id))
            return err_set(
                e, ERR_LOCKED,
                "another frontdesk (instance %.*s) files the mail of mailbox %s: two would make every ticket "
                "twice. Stop one of them. If that installation is gone for good, write "
                "former_instances = \"%.*s\" into the mailbox's settings",
                SLICE_ARG(id), i->conf->name, SLICE_ARG(id));
    }
    return 0;
}
