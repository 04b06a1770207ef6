/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup_presets: what an answer is when nobody says otherwise: out of the other answers, this machine, and
 * what Autotask and the inbox show. See setup.h. */
#include "setup.h"

#include <unistd.h>

/* The system's zone: where its link points, else the name in /etc/timezone. */
static void put_zone(struct buf *out)
{
    static const char folder[] = "/zoneinfo/";
    char target[300] = "", line[100] = "";
    struct tm tm;
    ssize_t n = readlink("/etc/localtime", target, sizeof(target) - 1);
    long at = n > 0 ? slice_find(slice_from(target, (size_t)n), slice_of(folder)) : -1;
    FILE *f = fopen("/etc/timezone", "re");
    if (f && !fgets(line, sizeof(line), f))
        line[0] = '\0';
    if (f)
        fclose(f);
    line[strcspn(line, "\r\n")] = '\0';
    const char *zone = at >= 0 ? target + at + strlen(folder) : line;
    buf_puts(out, zone[0] && clock_local(0, zone, &tm) ? zone : "UTC");
}

static void put_first(const char *list, struct buf *out)
{
    const char *words[1];
    struct pool *pool = pool_new(1 << 16);
    if (setup_split(list, pool, words, 1) == 1)
        buf_puts(out, words[0]);
    pool_free(&pool);
}

/* Of the domain that staff write from, or whatever stands behind the @ of the mailbox. */
static void put_with_domain(const struct setup *s, const char *before, struct buf *out)
{
    const char *at = strrchr(setup_get(s, A_ADDRESS), '@');
    struct buf domain = BUF_INIT(300);
    if (at)
        buf_puts(&domain, at + 1);
    else
        put_first(setup_get(s, A_DOMAINS), &domain);
    if (domain.len)
        buf_printf(out, "%s%s", before, domain.data);
    buf_release(&domain);
}

/* Mostly both servers are one machine. */
static void put_smtp(const struct setup *s, struct buf *out)
{
    struct scan c = scan_of(slice_of(setup_get(s, A_IMAP)));
    scan_until(&c, "/");
    scan_while(&c, "/");
    struct slice host = scan_char(&c, '[') ? scan_until(&c, "]") : scan_until(&c, ":/");
    bool v6 = slice_find_char(host, ':') >= 0;
    if (host.len)
        buf_printf(out, "smtp://%s%.*s%s", v6 ? "[" : "", SLICE_ARG(host), v6 ? "]" : "");
}

/* What differs by where the mailbox is. */
static const struct {
    const char *provider;
    enum setup_answer id;
    const char *text;
} of_provider[] = {
    {"microsoft", A_LOGIN, "application"},
    {"google", A_LOGIN, "password"},
    {"server", A_LOGIN, "password"},
    {"microsoft", A_IMAP, "imaps://outlook.office365.com"},
    {"google", A_IMAP, "imaps://imap.gmail.com"},
    {"microsoft", A_SMTP, "smtp://smtp.office365.com:587"},
    {"google", A_SMTP, "smtps://smtp.gmail.com"},
    {"microsoft", A_TRUST, "exchange-online"},
    {"google", A_TRUST, "google"},
};

static bool put_by_provider(const struct setup *s, enum setup_answer id, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(of_provider); i++) {
        if (of_provider[i].id == id && setup_is(s, A_PROVIDER, of_provider[i].provider)) {
            buf_puts(out, of_provider[i].text);
            return true;
        }
    }
    return false;
}

/* The first of these that Autotask has; before it was asked, the first one. */
static void put_label(const struct setup *s, enum setup_answer id, struct buf *out)
{
    static const struct {
        enum setup_answer id;
        const char *label;
    } usual[] = {{A_QUEUE, "Service Desk"}, {A_QUEUE, "Help Desk"},         {A_QUEUE, "Level I Support"},
                 {A_TRIAGE, "Triage"},      {A_TRIAGE, "Monitoring Alert"}, {A_STATUS, "New"},
                 {A_PRIORITY, "Medium"},    {A_PRIORITY, "Normal"},         {A_CANCELLED, "Cancelled"},
                 {A_CANCELLED, "Canceled"}, {A_CANCELLED, "Complete"}};
    bool asked = s->directory || (id != A_QUEUE && id != A_TRIAGE && id != A_CANCELLED);
    for (size_t i = 0; asked && i < ARRAY_LEN(usual); i++) {
        const char *label = s->directory ? setup_find_label(s, id, usual[i].label) : usual[i].label;
        if (usual[i].id == id && label) {
            buf_puts(out, label);
            return;
        }
    }
}

static void put_state_folder(const struct setup *s, struct buf *out)
{
    char path[4000];
    cli_folder(s->conf_path, "state", path);
    buf_puts(out, setup_for_service(s) ? FD_STATE_DIR : path);
}

/* Is `name` the domain, or below it? */
static bool is_below(struct slice name, const char *domain)
{
    size_t len = domain ? strlen(domain) : 0;
    if (!len || name.len < len || !slice_eq_nocase(slice_skip(name, name.len - len), slice_of(domain)))
        return false;
    return name.len == len || name.ptr[name.len - len - 1] == '.';
}

/* A sender can write such a field too: a name is offered only if it is the firm's own, by the address or by
 * the incoming server, and stands on top of every mail that is there. */
static void put_seen(const struct setup *s, struct buf *out)
{
    struct scan c = scan_of(buf_view(&s->seen)), url = scan_of(slice_of(setup_get(s, A_IMAP)));
    struct slice name = scan_line(&c);
    char host[300];
    const char *at = strrchr(setup_get(s, A_ADDRESS), '@');
    scan_until(&url, "/");
    scan_while(&url, "/");
    struct slice h = scan_until(&url, ":/");
    snprintf(host, sizeof(host), "%.*s", SLICE_ARG(h));
    const char *dot = strchr(host, '.');
    bool own = is_below(name, at ? at + 1 : NULL) || (dot && strchr(dot + 1, '.') && is_below(name, dot + 1));
    if (name.len && own && s->mails_seen == s->tops)
        buf_slice(out, name);
}

void setup_preset(const struct setup *s, enum setup_answer id, struct buf *out)
{
    if (setup_questions[id].kind == ASK_LABEL)
        put_label(s, id, out);
    else if (put_by_provider(s, id, out))
        return;
    else if (id == A_TIMEZONE)
        put_zone(out);
    else if (id == A_ALERTS)
        put_first(setup_get(s, A_ADMINS), out);
    else if (id == A_ADDRESS)
        put_with_domain(s, "newticket@", out);
    else if (id == A_TENANT)
        put_with_domain(s, "", out);
    else if (id == A_IMAP)
        put_with_domain(s, "imaps://mail.", out);
    else if (id == A_SMTP)
        put_smtp(s, out);
    else if (id == A_USER)
        buf_puts(out, setup_get(s, A_ADDRESS));
    else if (id == A_TRUST)
        put_seen(s, out);
    else if (id == A_INTEGRATION)
        buf_puts(out, "none");
    else if (id == A_READ_BOOKS)
        buf_puts(out, "no");
    else if (id == A_QB_ENVIRONMENT)
        buf_puts(out, "production");
    else if (id == A_JOURNAL)
        put_state_folder(s, out);
    else if (id == A_TEMPLATES)
        buf_puts(out, FD_TEMPLATE_DIR);
}
