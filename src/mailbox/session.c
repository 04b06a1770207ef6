/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session: connect, TLS, log in, select. mail.md sections 1.1 to 1.7. */
#include "imap_private.h"

#include <iconv.h>
#include <libetpan/mailimap_extension.h>

/* gcc takes iconv_t, where (iconv_t)-1 means failure, for memory that leaks */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

void imap_limit(struct imap *i, uint64_t bytes)
{
    stream_limit(i->stream, i->answer_ms, bytes);
}

void imap_hear(struct imap *i)
{
    if (i->session->imap_selection_info)
        i->session->imap_selection_info->sel_has_exists = 0;
}

bool imap_heard(const struct imap *i)
{
    return i->session->imap_selection_info && i->session->imap_selection_info->sel_has_exists;
}

int imap_fail(struct imap *i, int rc, const char *doing, struct err *e)
{
    struct err why = ERR_INIT;
    const char *words = i->session && i->session->imap_response ? i->session->imap_response : "";
    stream_error(i->stream, &why);
    bool wire = rc == MAILIMAP_ERROR_STREAM || rc == MAILIMAP_ERROR_PARSE || rc == MAILIMAP_ERROR_FATAL;
    if (wire) {
        *e = why;
        return err_wrap(e, "%s", doing);
    }
    return err_set(e, ERR_MAILBOX, "%s: %s says: %.300s", doing, i->conf->imap.host,
                   words[0] ? words : "(nothing)");
}

bool imap_said(const struct imap *i, const char *code)
{
    const struct mailimap_response_info *info = i->session->imap_response_info;
    const char *words = i->session->imap_response;
    return (info && info->rsp_atom && slice_eq_nocase(slice_of(info->rsp_atom), slice_of(code))) ||
           (words && slice_find_nocase(slice_of(words), slice_of(code)) >= 0);
}

void imap_set_add(struct mailimap_set *set, uint32_t uid)
{
    clistiter *end = clist_end(set->set_list);
    struct mailimap_set_item *last = end ? clist_content(end) : NULL;
    if (last && last->set_last != 0 && last->set_last + 1 == uid)
        last->set_last = uid;
    else
        mailimap_set_add_interval(set, uid, uid);
}

char *imap_folder_name(const char *utf8)
{
    size_t in_left = strlen(utf8), out_left = in_left * 8 + 16;
    char *out = mem_alloc(out_left), *at = out, *in = mem_copy(utf8), *from = in;
    iconv_t cd = iconv_open("UTF-7-IMAP", "UTF-8");
    if (cd != (iconv_t)-1) {
        bool bad = iconv(cd, &from, &in_left, &at, &out_left) == (size_t)-1 ||
                   iconv(cd, NULL, NULL, &at, &out_left) == (size_t)-1;
        iconv_close(cd);
        if (!bad) {
            free(in);
            return out;
        }
    }
    free(out);
    return in;
}

static int ask_capabilities(struct imap *i, struct err *e)
{
    struct mailimap_response *answer = NULL;
    imap_limit(i, SMALL_ANSWER);
    /* not mailimap_capability: it reads through NULL when the server says OK and nothing else */
    int rc = mailimap_send_current_tag(i->session);
    if (rc == MAILIMAP_NO_ERROR && stream_write(i->stream, "CAPABILITY\r\n", 12, e) != 0)
        return -1;
    if (rc == MAILIMAP_NO_ERROR)
        rc = mailimap_read_line(i->session) ? mailimap_parse_response(i->session, &answer)
                                            : MAILIMAP_ERROR_STREAM;
    if (rc != MAILIMAP_NO_ERROR)
        return imap_fail(i, rc, "asking what the server can do", e);
    mailimap_response_free(answer);
    return 0;
}

bool imap_can(struct imap *i, const char *name)
{
    /* an empty list of capabilities is no list, which libetpan does not expect */
    const struct mailimap_connection_info *info = i->session->imap_connection_info;
    bool listed = info && info->imap_capability && info->imap_capability->cap_list;
    if (listed && slice_starts(slice_of(name), SLICE("AUTH=")))
        return mailimap_has_authentication(i->session, name + strlen("AUTH=")) != 0;
    return listed && mailimap_has_extension(i->session, name) != 0;
}

static int start_tls(struct imap *i, struct err *e)
{
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_starttls(i->session);
    /* Debian's libetpan looks for injected words itself and then fails after a good answer */
    if (stream_mail(i->stream)->read_buffer_len > 0)
        return stream_start_tls(i->stream, e);
    if (rc != MAILIMAP_NO_ERROR) {
        imap_fail(i, rc, "STARTTLS", e);
        if (e->code == ERR_MAILBOX)
            e->code = ERR_TLS;
        return -1;
    }
    return stream_start_tls(i->stream, e);
}

static int greet(struct imap *i, struct err *e)
{
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_connect(i->session, stream_mail(i->stream));
    if (rc == MAILIMAP_NO_ERROR_AUTHENTICATED)
        return err_set(e, ERR_TLS,
                       "%s claims that nobody needs to log in (PREAUTH): that is how STARTTLS is got around",
                       i->conf->imap.host);
    if (rc != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return imap_fail(i, rc, "the greeting", e);
    return 0;
}

int imap_open(struct imap *i, struct err *e)
{
    if (stream_open(&i->stream, &i->conf->imap, i->options->stop_fd, i->answer_ms, e) != 0)
        return -1;
    i->shape = (struct imap_shape){0};
    stream_watch(i->stream, imap_shape_look, &i->shape);
    i->session = mailimap_new(0, NULL);
    ENSURE(i->session);
    if (greet(i, e) != 0)
        return -1;
    if (i->conf->imap.tls == CONF_TLS_STARTTLS && start_tls(i, e) != 0)
        return -1;
    /* asked again after TLS and after login: what was said before counts for nothing */
    if (ask_capabilities(i, e) != 0 || imap_log_in(i, e) != 0 || ask_capabilities(i, e) != 0)
        return -1;
    i->has_move = imap_can(i, "MOVE");
    i->has_uidplus = imap_can(i, "UIDPLUS");
    i->has_idle = imap_can(i, "IDLE");
    return 0;
}

void imap_close(struct imap *i)
{
    if (i->session) {
        i->session->imap_stream = NULL; /* it belongs to our stream */
        mailimap_free(i->session);
    }
    stream_free(&i->stream);
    i->session = NULL;
}

static bool keywords_allowed(const struct mailimap_selection_info *info)
{
    if (!info->sel_perm_flags)
        return false;
    for (clistiter *c = clist_begin(info->sel_perm_flags); c; c = clist_next(c)) {
        const struct mailimap_flag_perm *f = clist_content(c);
        if (f->fl_type == MAILIMAP_FLAG_PERM_ALL)
            return true;
    }
    return false;
}

int imap_select(struct imap *i, struct err *e)
{
    char *name = imap_folder_name(i->conf->inbox);
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_select(i->session, name);
    free(name);
    if (rc != MAILIMAP_NO_ERROR)
        return imap_fail(i, rc, "opening the inbox", e);
    const struct mailimap_selection_info *info = i->session->imap_selection_info;
    if (!info || info->sel_uidvalidity == 0)
        return err_set(e, ERR_PROTOCOL, "%s does not say UIDVALIDITY", i->conf->imap.host);
    i->uidvalidity = info->sel_uidvalidity;
    i->exists = info->sel_exists;
    i->keywords = keywords_allowed(info);
    return i->sink->selected(i->sink->self, i->uidvalidity, info->sel_uidnext ? info->sel_uidnext : 1,
                             i->exists, &i->next_uid, e);
}
