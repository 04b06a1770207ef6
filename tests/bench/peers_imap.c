/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peers: IMAP over a backlog made at start: 75 % 2 KB text, 24 % 20 KB multipart, 1 % with 1 MB attached,
 * from 100 senders, each addressed to a technician. */
#include "peers.h"

struct mail {
    struct bytes text;
    bool gone;
};

static struct mail *mails;
static size_t n_mails, n_fetched, n_moved;

static void put_filler(struct bytes *b, size_t len)
{
    static const char line[] =
        "VGhlIHByaW50ZXIgb24gdGhlIHNlY29uZCBmbG9vciBpcyBvZmZsaW5lIGFnYWluLCBwbGVhc2Ug\r\n";

    while (len > sizeof(line)) {
        peer_put(b, line, sizeof(line) - 1);
        len -= sizeof(line) - 1;
    }
}

static void put_parts(struct bytes *b, size_t len, bool file)
{
    peer_putf(b, "Content-Type: multipart/%s; boundary=\"edge\"\r\n\r\n", file ? "mixed" : "alternative");
    peer_putf(b, "--edge\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease look at this.\r\n");
    if (file)
        peer_putf(b,
                  "--edge\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
                  "Content-Disposition: attachment; filename=\"log.bin\"\r\n\r\n");
    else
        peer_putf(
            b, "--edge\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Please look at this.</p><p>\r\n");
    put_filler(b, len);
    peer_putf(b, "--edge--\r\n");
}

void imap_backlog(size_t count)
{
    static const char *const names[] = {"Sarah", "Mike", "Shana"};

    n_mails = count;
    mails = calloc(count + 1, sizeof(*mails));
    if (!mails)
        peer_die("calloc");
    for (size_t i = 0; i < count; i++) {
        struct bytes *b = &mails[i].text;
        const unsigned sender = (unsigned)(i % 100);
        peer_putf(b,
                  "Authentication-Results: mx.desk.example; auth=pass smtp.auth=staff%u@northwind.example\r\n"
                  "Received: from client.example by mx.desk.example with ESMTPSA; Tue, 24 Nov 2026 10:00:00 "
                  "+0000\r\n"
                  "From: Staff %u <staff%u@northwind.example>\r\nTo: newticket@desk.example\r\n",
                  sender, sender, sender);
        peer_putf(b,
                  "Subject: %s: task number %zu\r\nMessage-ID: <bench-%zu@northwind.example>\r\n"
                  "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n",
                  names[i % 3], i, i);
        if (i % 100 == 50) {
            put_parts(b, 1400000, true);
        } else if (i % 4 == 3 && i % 100 != 51) {
            put_parts(b, 20000, false);
        } else {
            peer_putf(b, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
            put_filler(b, 1700);
        }
    }
}

/* Is `uid` in the set ("1:5,9,20:*")? */
static bool in_set(const char *set, size_t uid)
{
    while (*set && *set != ' ') {
        char *end;
        size_t first = *set == '*' ? n_mails : strtoul(set, &end, 10);
        if (*set == '*')
            end = (char *)(uintptr_t)set + 1;
        size_t last = first;
        if (*end == ':') {
            set = end + 1;
            last = *set == '*' ? n_mails : strtoul(set, &end, 10);
            if (*set == '*')
                end = (char *)(uintptr_t)set + 1;
        }
        if (first > last) {
            size_t swap = first;
            first = last;
            last = swap;
        }
        if (uid >= first && uid <= last)
            return true;
        if (*end != ',')
            break;
        set = end + 1;
    }
    return false;
}

static void put_body(struct bytes *out, const char *items, const struct mail *m)
{
    const char *section = strstr(items, "BODY");
    if (!section)
        return;
    size_t from = 0, len = m->text.len;
    const char *part = strchr(section, '<');
    if (strstr(section, "[HEADER]"))
        len = (size_t)(strstr(m->text.data, "\r\n\r\n") + 4 - m->text.data);
    if (part) {
        char *end;
        from = strtoul(part + 1, &end, 10);
        size_t most = *end == '.' ? strtoul(end + 1, NULL, 10) : len;
        from = from < len ? from : len;
        len = len - from < most ? len - from : most;
        peer_putf(out, " BODY[%s]<%zu> {%zu}\r\n", strstr(section, "[HEADER]") ? "HEADER" : "", from, len);
    } else {
        peer_putf(out, " BODY[%s] {%zu}\r\n", strstr(section, "[HEADER]") ? "HEADER" : "", len);
    }
    peer_put(out, m->text.data + from, len);
    n_fetched++;
}

static void fetch(struct conn *c, const char *set)
{
    const char *items = strchr(set, ' ') ? strchr(set, ' ') : "";
    size_t seq = 0;

    for (size_t i = 0; i < n_mails; i++) {
        if (mails[i].gone)
            continue;
        seq++;
        if (!in_set(set, i + 1))
            continue;
        peer_putf(&c->out, "* %zu FETCH (UID %zu", seq, i + 1);
        if (strstr(items, "FLAGS"))
            peer_putf(&c->out, " FLAGS ()");
        if (strstr(items, "RFC822.SIZE"))
            peer_putf(&c->out, " RFC822.SIZE %zu", mails[i].text.len);
        if (strstr(items, "INTERNALDATE"))
            peer_putf(&c->out, " INTERNALDATE \"24-Nov-2026 10:00:00 +0000\"");
        put_body(&c->out, items, &mails[i]);
        peer_putf(&c->out, ")\r\n");
    }
}

static void move(struct conn *c, const char *set)
{
    const int digits = (int)strcspn(set, " ");
    size_t seq = 0;

    peer_putf(&c->out, "* OK [COPYUID 1 %.*s %.*s] moved\r\n", digits, set, digits, set);
    for (size_t i = 0; i < n_mails; i++) {
        if (mails[i].gone)
            continue;
        seq++;
        if (!in_set(set, i + 1))
            continue;
        mails[i].gone = true;
        n_moved++;
        peer_putf(&c->out, "* %zu EXPUNGE\r\n", seq--);
    }
}

static void put_selected(struct conn *c)
{
    peer_putf(&c->out,
              "* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] ok\r\n"
              "* %zu EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT %zu] ok\r\n",
              n_mails - n_moved, n_mails + 1);
}

static bool is(const char *text, const char *verb)
{
    return strncasecmp(text, verb, strlen(verb)) == 0;
}

static void command(struct conn *c, char *line)
{
    static const char caps[] = "IMAP4rev1 IDLE UIDPLUS MOVE NAMESPACE";
    char *verb = strchr(line, ' ');

    if (!verb)
        return;
    *verb++ = '\0';
    if (is(verb, "IDLE")) {
        snprintf(c->tag, sizeof(c->tag), "%s", line);
        c->mode = 1;
        peer_putf(&c->out, "+ idling\r\n");
        return;
    }
    if (is(verb, "CAPABILITY"))
        peer_putf(&c->out, "* CAPABILITY %s\r\n", caps);
    else if (is(verb, "SELECT") || is(verb, "EXAMINE"))
        put_selected(c);
    else if (is(verb, "STATUS"))
        peer_putf(&c->out, "* STATUS INBOX (MESSAGES %zu UIDNEXT %zu UIDVALIDITY 1)\r\n", n_mails - n_moved,
                  n_mails + 1);
    else if (is(verb, "LIST"))
        peer_putf(&c->out, "* LIST () \"/\" INBOX\r\n");
    else if (is(verb, "NAMESPACE"))
        peer_putf(&c->out, "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
    else if (is(verb, "UID FETCH "))
        fetch(c, verb + 10);
    else if (is(verb, "UID MOVE "))
        move(c, verb + 9);
    else if (is(verb, "LOGOUT")) {
        peer_putf(&c->out, "* BYE\r\n");
        c->closing = true;
    }
    peer_putf(&c->out, "%s OK done\r\n", line);
}

static void talk(struct conn *c)
{
    for (char *line; (line = peer_line(c));) {
        if (c->mode == 1 && is(line, "DONE")) {
            c->mode = 0;
            peer_putf(&c->out, "%s OK done\r\n", c->tag);
        } else if (c->mode == 0) {
            command(c, line);
        }
    }
}

static void figures(void)
{
    printf("imap mails %zu bodies %zu moved %zu\n", n_mails, n_fetched, n_moved);
}

const struct peer peer_imap = {"* OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE NAMESPACE] stub\r\n", talk,
                               figures};
