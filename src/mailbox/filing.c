/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filing: finished mail leaves the inbox: MOVE; without MOVE a copy and \Deleted; without folders a keyword,
 * or \Flagged where keywords do not exist. A courtesy to people who look at the mailbox: the journal is the
 * truth (mail.md 5.3).
 */
#include "imap_private.h"

enum { MOST = 200 };

static const char *folder_of(const struct imap *i, enum mailbox_folder f)
{
    const char *names[] = {i->conf->done, i->conf->refused, i->conf->parked};
    return names[f];
}

static int flag(struct imap *i, struct mailimap_set *set, struct mailimap_flag *f, struct err *e)
{
    struct mailimap_flag_list *list = mailimap_flag_list_new_empty();
    mailimap_flag_list_add(list, f);
    struct mailimap_store_att_flags *store = mailimap_store_att_flags_new_add_flags_silent(list);
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_uid_store(i->session, set, store);
    mailimap_store_att_flags_free(store);
    return rc == MAILIMAP_NO_ERROR ? 0 : imap_fail(i, rc, "flagging finished mail", e);
}

static int mark_in_place(struct imap *i, struct mailimap_set *set, enum mailbox_folder f, struct err *e)
{
    static const char *const words[] = {"$FrontdeskDone", "$FrontdeskRefused", "$FrontdeskParked"};
    if (i->keywords)
        return flag(i, set, mailimap_flag_new_flag_keyword(mem_copy(words[f])), e);
    return flag(i, set, mailimap_flag_new_flagged(), e);
}

static bool wire_broke(int rc)
{
    return rc == MAILIMAP_ERROR_STREAM || rc == MAILIMAP_ERROR_PARSE || rc == MAILIMAP_ERROR_FATAL;
}

static int move_once(struct imap *i, struct mailimap_set *set, const char *name)
{
    imap_limit(i, SMALL_ANSWER);
    if (!i->has_move)
        return mailimap_uid_copy(i->session, set, name);
    uint32_t validity = 0;
    struct mailimap_set *from = NULL, *to = NULL;
    int rc = mailimap_uidplus_uid_move(i->session, set, name, &validity, &from, &to);
    if (from)
        mailimap_set_free(from);
    if (to)
        mailimap_set_free(to);
    return rc;
}

/* What passes, or what another folder would not mend (RFC 5530). */
static bool refused_for_now(const struct imap *i)
{
    static const char *const codes[] = {"OVERQUOTA", "READ-ONLY", "UNAVAILABLE",  "INUSE",
                                        "LIMIT",     "SERVERBUG", "EXPUNGEISSUED"};
    for (size_t k = 0; k < ARRAY_LEN(codes); k++) {
        if (imap_said(i, codes[k]))
            return true;
    }
    return false;
}

static int make_folder(struct imap *i, const char *name)
{
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_create(i->session, name);
    if (rc == MAILIMAP_NO_ERROR)
        mailimap_subscribe(i->session, name);
    return rc;
}

/* 0 = moved (or copied); 1 = the server has no such folder and makes none; -1 = refused (ERR_MAILBOX), or the
 * connection is gone. */
static int move(struct imap *i, struct mailimap_set *set, const char *name, struct err *e)
{
    int rc = move_once(i, set, name);
    bool refused = rc != MAILIMAP_NO_ERROR && refused_for_now(i);
    if (rc != MAILIMAP_NO_ERROR && !wire_broke(rc) && !refused) {
        rc = make_folder(i, name);
        refused =
            rc != MAILIMAP_NO_ERROR && (imap_said(i, "ALREADYEXISTS") || imap_said(i, "already exists"));
        if (rc == MAILIMAP_NO_ERROR || refused)
            rc = move_once(i, set, name);
    }
    if (rc == MAILIMAP_NO_ERROR)
        return 0;
    return refused || wire_broke(rc) ? imap_fail(i, rc, "filing finished mail", e) : 1;
}

static int mark_as_ours(struct imap *i, struct mailimap_set *set, struct err *e)
{
    if (!i->keywords || !i->options->instance)
        return 0;
    return flag(i, set, mailimap_flag_new_flag_keyword(imap_owner_keyword(i)), e);
}

static int file_into(struct imap *i, struct mailimap_set *set, enum mailbox_folder f, struct err *e)
{
    if (mark_as_ours(i, set, e) != 0)
        return -1;
    if (i->no_folders[f])
        return mark_in_place(i, set, f, e);
    char *name = imap_folder_name(folder_of(i, f));
    int rc = move(i, set, name, e);
    free(name);
    if (rc == 1) {
        LOG(LOG_WARN, "imap", "no-folder", LS("folder", folder_of(i, f)), LS("mailbox", i->conf->name),
            LS("says", i->session->imap_response),
            LS("hint", "finished mail stays in the inbox with a flag"));
        i->no_folders[f] = true;
        return mark_in_place(i, set, f, e);
    }
    if (rc != 0 || i->has_move)
        return rc;
    return flag(i, set, mailimap_flag_new_deleted(), e);
}

/* One folder's part of what is owed. *refused: the server would not; that mail stays owed, where it is. */
static int file_one(struct imap *i, const struct mailbox_filing *owed, size_t n, enum mailbox_folder f,
                    bool *refused, struct err *e)
{
    struct mailbox_filing done[MOST];
    size_t k = 0;
    struct mailimap_set *set = mailimap_set_new_empty();
    for (size_t m = 0; m < n; m++) {
        if (owed[m].folder == f) {
            imap_set_add(set, owed[m].uid);
            done[k++] = owed[m];
        }
    }
    CRASH_POINT("file.before");
    int rc = k ? file_into(i, set, f, e) : 0;
    mailimap_set_free(set);
    if (rc != 0 && e->code == ERR_MAILBOX) {
        *refused = true;
        return 0;
    }
    if (rc != 0)
        return -1;
    CRASH_POINT("file.after");
    if (k && i->sink->filed(i->sink->self, i->uidvalidity, done, k, e) != 0)
        return -1;
    /* what left the inbox must not look like expunged mail to the next IDLE */
    if (k && i->has_move && !i->no_folders[f])
        i->exists = i->exists > k ? i->exists - (uint32_t)k : 0;
    return 0;
}

int imap_file_owed(struct imap *i, struct err *e)
{
    struct mailbox_filing owed[MOST];
    bool refused = false;
    size_t n;
    while (!refused && (n = i->sink->owed(i->sink->self, i->uidvalidity, owed, MOST)) > 0) {
        for (enum mailbox_folder f = MAILBOX_DONE; f <= MAILBOX_PARKED; f++) {
            if (file_one(i, owed, n, f, &refused, e) != 0)
                return -1;
        }
        if (n < MOST)
            break;
    }
    /* filing is a courtesy: new mail must be taken all the same */
    if (refused && i->sink->state)
        i->sink->state(i->sink->self, MAILBOX_UNFILED, e);
    return 0;
}
