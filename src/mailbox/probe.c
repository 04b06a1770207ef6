/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: a look at one mailbox for doctor: does the way in work, may finished mail leave the inbox and go
 * where it is to go, and what stands at the head of the newest mails? Where the server knows access lists
 * (RFC 4314) each folder is asked for with MYRIGHTS; everywhere the inbox says whether it can be written.
 * Nothing is changed: bodies are peeked at, other folders than the inbox are opened by EXAMINE.
 */
#include "imap_private.h"

#include <libetpan/acl.h>

enum { NEWEST = 10, HEADERS_MAX = 4 << 20 };

/* Letters of RFC 4314; what older servers call c and d stands beside the newer ones there. */
#define MAY_MARK  'w'
#define MAY_TAKE  't' /* and e: mail can be taken out */
#define MAY_ERASE 'e'
#define MAY_PUT   'i'

/* "" with false: the server does not tell; the folder is not there, perhaps. */
static bool rights_to(struct imap *i, const char *folder, char out[64])
{
    struct mailimap_acl_myrights_data *data = NULL;
    char *name = imap_folder_name(folder);
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_acl_myrights(i->session, name, &data);
    free(name);
    snprintf(out, 64, "%s", rc == MAILIMAP_NO_ERROR && data && data->rights ? data->rights : "");
    if (data)
        mailimap_acl_myrights_data_free(data);
    return rc == MAILIMAP_NO_ERROR;
}

static bool has(const char *rights, char letter)
{
    return strchr(rights, letter) != NULL;
}

static void doubt(struct buf *doubts, const char *folder, const char *rights)
{
    buf_printf(
        doubts,
        "finished mail cannot be put into the folder %s (rights there: %s): it stays in the inbox with a "
        "mark\n"
        "give this user the right to insert (i) into that folder, or name another one in folders\n",
        folder, rights[0] ? rights : "none");
}

/* With access lists: what the inbox lets us do, then each folder that is there. */
static int by_lists(struct imap *i, struct buf *findings, struct buf *doubts, struct err *e)
{
    const char *folders[] = {i->conf->done, i->conf->refused, i->conf->parked};
    char rights[64];
    if (!rights_to(i, i->conf->inbox, rights))
        return 0;
    buf_printf(findings, "rights to the inbox: %s\n", rights);
    bool leaves = has(rights, MAY_TAKE) && has(rights, MAY_ERASE), marks = has(rights, MAY_MARK);
    if (!leaves && !marks)
        return err_set(e, ERR_PERMISSION,
                       "this user may only read %s (rights: %s): finished mail can neither leave it nor be "
                       "marked",
                       i->conf->inbox, rights[0] ? rights : "none");
    if (!leaves)
        buf_printf(doubts,
                   "finished mail cannot leave the inbox (rights: %s): it stays there with a mark\n"
                   "give this user the rights to delete and to expunge (t, e) in that folder\n",
                   rights);
    for (size_t f = 0; leaves && f < ARRAY_LEN(folders); f++) {
        if (rights_to(i, folders[f], rights) && !has(rights, MAY_PUT))
            doubt(doubts, folders[f], rights);
    }
    return 0;
}

/* libetpan asks for them between login and SELECT only. */
static int look_at_rights(struct imap *i, const struct mailbox_probe *p, struct err *e)
{
    return imap_can(i, "ACL") ? by_lists(i, p->findings, p->doubts, e) : 0;
}

static int look_at_inbox(struct imap *i, const struct mailbox_probe *p, struct err *e)
{
    if (imap_select(i, e) != 0)
        return -1;
    if (i->session->imap_selection_info->sel_perm == MAILIMAP_MAILBOX_READONLY)
        return err_set(e, ERR_PERMISSION,
                       "%s opens %s for reading only: finished mail can neither leave it nor be marked",
                       i->conf->imap.host, i->conf->inbox);
    buf_printf(p->findings, "%s%s\n",
               i->has_idle ? "the server announces new mail (IDLE)" : "no IDLE: new mail is seen by polling",
               i->has_move ? "" : "; no MOVE: finished mail is copied and marked deleted");
    return imap_owner_check(i, e);
}

/* --- the newest mails --- */

static void hand_over(const struct mailbox_probe *p, const struct mailimap_msg_att *att)
{
    for (clistiter *c = clist_begin(att->att_list); c; c = clist_next(c)) {
        const struct mailimap_msg_att_item *item = clist_content(c);
        if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC ||
            item->att_data.att_static->att_type != MAILIMAP_MSG_ATT_BODY_SECTION)
            continue;
        const struct mailimap_msg_att_body_section *s = item->att_data.att_static->att_data.att_body_section;
        if (s->sec_body_part)
            p->header(p->self, slice_from(s->sec_body_part, s->sec_length));
    }
}

static int read_headers(struct imap *i, const struct mailbox_probe *p, struct err *e)
{
    uint32_t n = i->session->imap_selection_info ? i->session->imap_selection_info->sel_exists : 0;
    clist *answer = NULL;
    if (n == 0)
        return 0;
    struct mailimap_set *set = mailimap_set_new_interval(n > NEWEST ? n - NEWEST + 1 : 1, n);
    struct mailimap_fetch_type *what = mailimap_fetch_type_new_fetch_att(
        mailimap_fetch_att_new_body_peek_section(mailimap_section_new_header()));
    imap_limit(i, HEADERS_MAX);
    int rc = mailimap_fetch(i->session, set, what, &answer);
    mailimap_set_free(set);
    mailimap_fetch_type_free(what);
    if (rc != MAILIMAP_NO_ERROR)
        return imap_fail(i, rc, "reading the heads of the newest mails", e);
    for (clistiter *c = clist_begin(answer); c; c = clist_next(c))
        hand_over(p, clist_content(c));
    mailimap_fetch_list_free(answer);
    return 0;
}

static int read_folders(struct imap *i, const struct mailbox_probe *p, struct err *e)
{
    const char *folders[] = {i->conf->refused, i->conf->done, i->conf->parked};
    if (!p->header)
        return 0;
    int rc = read_headers(i, p, e);
    for (size_t f = 0; rc == 0 && f < ARRAY_LEN(folders); f++) {
        char *name = imap_folder_name(folders[f]);
        imap_limit(i, SMALL_ANSWER);
        int there = mailimap_examine(i->session, name);
        free(name);
        if (there == MAILIMAP_NO_ERROR)
            rc = read_headers(i, p, e);
    }
    return rc;
}

/* --- the whole look --- */

static int on_selected(void *self, uint32_t uidvalidity, uint32_t uidnext, uint32_t exists,
                       uint32_t *first_uid, struct err *e)
{
    (void)uidvalidity;
    (void)e;
    buf_printf(self, "the inbox holds %u mails\n", exists);
    *first_uid = uidnext;
    return 0;
}

int mailbox_imap_probe(const struct conf_mailbox *conf, const struct mailbox_probe *probe, struct err *e)
{
    struct mailbox_options options = {
        .conf = conf, .stop_fd = -1, .wake_fd = -1, .instance = probe->instance};
    struct mailbox_sink sink = {.self = probe->findings, .selected = on_selected};
    struct imap i = {.options = &options, .conf = conf, .sink = &sink, .answer_ms = ANSWER_MS};
    int rc = imap_open(&i, e);
    if (rc == 0) {
        stream_tell(i.stream, ", login accepted", probe->findings, probe->doubts);
        rc = look_at_rights(&i, probe, e);
    }
    if (rc == 0)
        rc = look_at_inbox(&i, probe, e);
    if (rc == 0)
        rc = read_folders(&i, probe, e);
    imap_close(&i);
    return rc;
}
