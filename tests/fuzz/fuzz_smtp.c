/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_smtp: two letters to a server that says the input. A letter counts as taken only after a 2xx to its
 * final dot; once that dot has left, only an answer can make it "certainly not taken", and it never leaves
 * twice in one call.
 */
#include "fakestream.h"

#include "frontdesk/outbox.h"

static const char text[] = "Subject: x\r\n\r\nline\r\n.dot\r\n..\r\n.\r\nend";
static const char stuffed[] = "Subject: x\r\n\r\nline\r\n..dot\r\n...\r\n..\r\nend\r\n.\r\n";

static size_t count(struct slice s, const char *what, size_t *last)
{
    size_t n = 0, at = 0;
    long next;
    while ((next = slice_find(slice_skip(s, at), slice_of(what))) >= 0) {
        at += (size_t)next + strlen(what);
        n++;
    }
    *last = at;
    return n;
}

/* The class (2 for 250) of the last line that the server said, read as generously as libetpan does, of those
 * in the connection through which the letter left: another one may have been tried after a "not now". */
static long verdict(size_t letter_ends)
{
    bool since = letter_ends <= fake_peer.sent_before;
    struct slice heard =
        since ? slice_cut(buf_view(&fake_peer.heard), fake_peer.heard_before) : buf_view(&fake_peer.heard);
    const char *last = "";
    struct scan c = scan_of(heard);
    while (!scan_end(&c))
        last = scan_line(&c).ptr;
    return strtol(last, NULL, 10) / 100;
}

static void offer(struct outbox *out, const char *to)
{
    struct err e = ERR_INIT;
    size_t sent_before = fake_peer.sent.len, last;
    int rc = outbox_send(out, "tickets@bot.test", to, slice_of(text), &e);
    struct slice sent = slice_skip(buf_view(&fake_peer.sent), sent_before);
    size_t letters = count(sent, stuffed, &last), letter_ends = sent_before + last;
    ENSURE(letters <= 1 && count(sent, "\r\nend\r\n.\r\n", &last) == letters);
    ENSURE(rc == 0 ||
           (e.code != ERR_NONE && fuzz_is_clean(slice_of(e.text)) && fuzz_is_utf8(slice_of(e.text))));
    ENSURE(!strstr(e.text, "sesame") || slice_find(buf_view(&fake_peer.heard), SLICE("sesame")) >= 0);
    ENSURE(!strstr(e.text, "password") || slice_find(buf_view(&fake_peer.heard), SLICE("password")) >= 0);
    if (rc == 0)
        ENSURE(letters == 1 && verdict(letter_ends) == 2);
    else if (letters == 1 && err_class(&e) != ERR_CLASS_UNKNOWN)
        ENSURE(verdict(letter_ends) != 2);
    else
        ENSURE(letters == 1 || err_class(&e) != ERR_CLASS_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char host[] = "127.0.0.1", url[] = "smtp://127.0.0.1:25", user[] = "tickets@bot.test", file[60];
    struct scan c = scan_of(slice_from((const char *)data, size));
    unsigned mode = fuzz_pick(&c, 8);
    struct conf_server server = {.url = url, .host = host, .port = 25, .tls = CONF_TLS_NONE};
    if (mode & 1) {
        snprintf(file, sizeof(file), "%s", fake_password_file());
        server.user = user;
        server.password_file = file;
    }
    if (mode & 4) {
        server.user = user;
        server.password_file = NULL;
        server.oauth2 = CONF_OAUTH2_MICROSOFT;
        server.login = fake_login();
    }
    if (mode & 2)
        server.tls = CONF_TLS_STARTTLS;
    struct outbox_options options = {
        .smtp = &server, .helo_name = "bot.test", .connections = 1, .stop_fd = -1};
    struct outbox out;
    struct err e = ERR_INIT;
    fake_peer_start(scan_rest(&c));
    ENSURE(outbox_smtp_init(&out, &options, &e) == 0);
    offer(&out, "dana@corp.test");
    offer(&out, "mike@corp.test");
    outbox_release(&out);
    fake_peer_stop();
    return 0;
}
