/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peek: looks into the folders of a mailbox without touching anything; see mailbox.h. */
#include "imap_private.h"

enum { FOLDERS = 4 };

struct mailbox_peek {
    struct mailbox_options options;
    struct imap imap;
    bool open;
    struct place {
        const char *folder;
        bool seen; /* it was looked at before */
        uint32_t uidvalidity, next_uid;
    } places[FOLDERS];
};

/* Who is being told, and of which folder. */
struct looking {
    const char *folder;
    void (*see)(void *self, const char *folder, const struct mailbox_mail *mail);
    void *self;
};

static void pass_on(void *self, const struct mailbox_mail *mail)
{
    const struct looking *l = self;
    l->see(l->self, l->folder, mail);
}

void mailbox_peek_new(struct mailbox_peek **out, const struct conf_mailbox *conf, int stop_fd)
{
    struct mailbox_peek *p = mem_alloc(sizeof(*p));
    *p = (struct mailbox_peek){.options = {.conf = conf, .stop_fd = stop_fd, .wake_fd = -1},
                               .places = {{.folder = conf->inbox},
                                          {.folder = conf->done},
                                          {.folder = conf->refused},
                                          {.folder = conf->parked}}};
    *out = p;
}

static void disconnect(struct mailbox_peek *p)
{
    if (p->open)
        imap_close(&p->imap);
    p->open = false;
}

void mailbox_peek_free(struct mailbox_peek **p)
{
    if (*p)
        disconnect(*p);
    free(*p);
    *p = NULL;
}

static int connect_to(struct mailbox_peek *p, struct err *e)
{
    if (p->open)
        return 0;
    p->imap = (struct imap){.options = &p->options, .conf = p->options.conf, .answer_ms = ANSWER_MS};
    p->open = true;
    return imap_open(&p->imap, e);
}

/* The folder opened for reading; false when there is none, which is no error. */
static int examine(struct imap *i, const char *folder, bool *there, struct err *e)
{
    char *name = imap_folder_name(folder);
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_examine(i->session, name);
    free(name);
    *there = rc == MAILIMAP_NO_ERROR;
    if (rc == MAILIMAP_ERROR_EXAMINE)
        return 0;
    return *there ? 0 : imap_fail(i, rc, "looking into a folder", e);
}

static int look_into(struct mailbox_peek *p, struct place *place, int64_t since_ms, struct looking *l,
                     struct err *e)
{
    struct imap *i = &p->imap;
    bool there;
    uint32_t highest;
    if (examine(i, place->folder, &there, e) != 0)
        return -1;
    if (!there || !i->session->imap_selection_info) {
        place->seen = true; /* what is in it when it is made is new */
        place->next_uid = 1;
        return 0;
    }
    uint32_t uidvalidity = i->session->imap_selection_info->sel_uidvalidity;
    if (imap_highest_uid(i, &highest, e) != 0)
        return -1;
    if (!place->seen || (place->uidvalidity && place->uidvalidity != uidvalidity))
        place->next_uid = since_ms ? 1 : highest + 1;
    place->seen = true;
    place->uidvalidity = uidvalidity;
    struct imap_eye eye = {.see = pass_on, .self = l};
    i->next_uid = place->next_uid;
    l->folder = place->folder;
    int rc = imap_look(i, highest, since_ms, &eye, e);
    place->next_uid = i->next_uid;
    return rc;
}

int mailbox_peek_look(struct mailbox_peek *p, int64_t since_ms,
                      void (*see)(void *self, const char *folder, const struct mailbox_mail *mail),
                      void *self, struct err *e)
{
    struct looking l = {.see = see, .self = self};
    int rc = connect_to(p, e);
    for (size_t k = 0; k < FOLDERS && rc == 0; k++)
        rc = look_into(p, &p->places[k], since_ms, &l, e);
    if (rc != 0)
        disconnect(p);
    return rc;
}
