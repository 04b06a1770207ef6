/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peers: the SMTP sink. Counts letters and distinct Message-IDs. */
#include "peers.h"

enum { SLOTS = 1 << 20 };
enum mode { COMMAND, DATA, AUTH };

static uint64_t seen[SLOTS];
static size_t n_letters, n_distinct;

static void count(const char *text, size_t len)
{
    const char *id = memmem(text, len, "\nMessage-ID:", 12);
    uint64_t hash = 14695981039346656037u;

    n_letters++;
    if (!id)
        return;
    for (id += 12; *id != '>' && *id != '\r'; id++)
        hash = (hash ^ (unsigned char)*id) * 1099511628211u;
    hash |= 1; /* 0 marks a free slot */
    for (size_t i = hash >> 44; n_distinct < SLOTS / 2; i = (i + 1) % SLOTS) {
        if (seen[i] == hash)
            return;
        if (!seen[i]) {
            seen[i] = hash;
            n_distinct++;
            return;
        }
    }
}

static bool letter(struct conn *c)
{
    char *start = c->in.data + c->used;
    char *end = memmem(start, c->in.len - c->used, "\r\n.\r\n", 5);

    if (!end)
        return false;
    count(start, (size_t)(end - start));
    c->used = (size_t)(end + 5 - c->in.data);
    c->mode = COMMAND;
    peer_putf(&c->out, "250 taken\r\n");
    return true;
}

static void talk(struct conn *c)
{
    for (char *line; c->mode != DATA || letter(c);) {
        if (!(line = peer_line(c)))
            return;
        if (c->mode == AUTH) {
            c->mode = COMMAND;
            peer_putf(&c->out, "235 welcome\r\n");
        } else if (strncasecmp(line, "EHLO", 4) == 0) {
            peer_putf(&c->out,
                      "250-stub\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN\r\n");
        } else if (strncasecmp(line, "DATA", 4) == 0) {
            c->mode = DATA;
            peer_putf(&c->out, "354 go on\r\n");
        } else if (strncasecmp(line, "AUTH PLAIN", 10) == 0) {
            c->mode = line[10] ? COMMAND : AUTH;
            peer_putf(&c->out, line[10] ? "235 welcome\r\n" : "334 \r\n");
        } else if (strncasecmp(line, "QUIT", 4) == 0) {
            peer_putf(&c->out, "221 bye\r\n");
            c->closing = true;
        } else {
            peer_putf(&c->out, "250 fine\r\n");
        }
    }
}

static void figures(void)
{
    printf("smtp letters %zu distinct %zu\n", n_letters, n_distinct);
}

const struct peer peer_smtp = {"220 stub ESMTP\r\n", talk, figures};
