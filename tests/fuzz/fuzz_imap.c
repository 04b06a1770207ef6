/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_imap: a mailbox whose server says the input (libetpan parses, we judge): mail is delivered in UID
 * order and never twice, parts are whole, only what was owed is filed, and nothing is believed after a
 * PREAUTH.
 */
#include "fakestream.h"

#include "frontdesk/mailbox.h"

#include <sys/eventfd.h>

/* A session up to the first mail, so that not every input must find its way through the login. */
static const char start[] = "* OK ready\r\n* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE\r\n!OK done\r\n!OK in\r\n"
                            "* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE\r\n!OK done\r\n* FLAGS (\\Seen)\r\n"
                            "* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
                            "* OK [UIDNEXT 2] x\r\n!OK [READ-WRITE] done\r\n";

enum { MOST_OWED = 300 };

struct seen {
    uint32_t first, last; /* UIDs: the first wanted, the last delivered */
    uint32_t part_uid;
    uint64_t part_off;
    uint32_t owed[MOST_OWED];
    size_t n_owed;
    unsigned sum; /* reads every byte */
};

static void touch(struct seen *s, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        s->sum += (unsigned char)bytes.ptr[i];
}

static void owe(struct seen *s, uint32_t uid)
{
    if (s->n_owed < MOST_OWED)
        s->owed[s->n_owed++] = uid;
}

static int selected(void *self, uint32_t uidvalidity, uint32_t uidnext, uint32_t exists, uint32_t *first,
                    struct err *e)
{
    struct seen *s = self;
    (void)exists;
    (void)e;
    ENSURE(uidvalidity != 0 && uidnext != 0);
    *s = (struct seen){.first = uidnext % 3};
    *first = s->first;
    return 0;
}

static int deliver(void *self, uint32_t uidvalidity, const struct mailbox_mail *mails, size_t n,
                   struct err *e)
{
    struct seen *s = self;
    (void)e;
    ENSURE(uidvalidity != 0 && n >= 1 && n <= 200);
    for (size_t i = 0; i < n; i++) {
        ENSURE(mails[i].uid >= s->first && mails[i].uid > s->last && mails[i].bytes.ptr);
        ENSURE(mails[i].received_ms > -INT64_C(1000) * 86400000 &&
               mails[i].received_ms < INT64_C(253402700000000));
        s->last = mails[i].uid;
        touch(s, mails[i].bytes);
        owe(s, mails[i].uid);
    }
    return 0;
}

static int part(void *self, uint32_t uidvalidity, const struct mailbox_mail *mail, uint64_t offset,
                struct slice bytes, bool last, struct err *e)
{
    struct seen *s = self;
    (void)uidvalidity;
    (void)e;
    ENSURE(mail->uid > s->last && mail->uid >= s->first);
    ENSURE(offset == 0 || (mail->uid == s->part_uid && offset == s->part_off));
    s->part_uid = mail->uid;
    s->part_off = offset + bytes.len;
    touch(s, bytes);
    if (last) {
        s->last = mail->uid;
        owe(s, mail->uid);
    }
    return 0;
}

static size_t owed(void *self, uint32_t uidvalidity, struct mailbox_filing *out, size_t max)
{
    struct seen *s = self;
    size_t n = s->n_owed < max ? s->n_owed : max;
    (void)uidvalidity;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct mailbox_filing){.uid = s->owed[i], .folder = (enum mailbox_folder)(s->owed[i] % 3)};
    return n;
}

static int filed(void *self, uint32_t uidvalidity, const struct mailbox_filing *done, size_t n, struct err *e)
{
    struct seen *s = self;
    (void)uidvalidity;
    (void)e;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < s->n_owed && s->owed[k] != done[i].uid)
            k++;
        ENSURE(k < s->n_owed);
        s->owed[k] = s->owed[--s->n_owed];
    }
    return 0;
}

static int stop_fd(void)
{
    static int fd = -1;
    if (fd < 0) {
        fd = eventfd(1, EFD_CLOEXEC);
        log_set_output(-1, false);
    }
    ENSURE(fd >= 0);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char host[] = "127.0.0.1", url[] = "imap://127.0.0.1", user[] = "tickets@bot.test",
                name[] = "desk", inbox[] = "INBOX", done[] = "D\xc3\xb6ne", refused[] = "Refused",
                parked[] = "Parked", file[60];
    struct scan c = scan_of(slice_from((const char *)data, size));
    unsigned mode = fuzz_pick(&c, 16);
    struct conf_mailbox box = {
        .name = name, .inbox = inbox, .done = done, .refused = refused, .parked = parked};
    snprintf(file, sizeof(file), "%s", fake_password_file());
    box.imap =
        (struct conf_server){.url = url, .host = host, .port = 143, .user = user, .password_file = file};
    if (mode & 8) {
        box.imap.password_file = NULL;
        box.imap.oauth2 = CONF_OAUTH2_MICROSOFT;
        box.imap.login = fake_login();
    }
    box.imap.tls = mode & 4 ? CONF_TLS_STARTTLS : CONF_TLS_NONE;
    struct mailbox_options options = {.conf = &box,
                                      .size_limit = 400000,
                                      .poll_seconds = 60,
                                      .instance = "0123456789abcdef",
                                      .stop_fd = stop_fd(),
                                      .wake_fd = -1,
                                      .once = mode & 1};
    struct seen seen = {0};
    struct mailbox_sink sink = {
        .self = &seen, .selected = selected, .deliver = deliver, .part = part, .owed = owed, .filed = filed};
    struct buf whole = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    if (mode & 2)
        buf_puts(&whole, start);
    buf_slice(&whole, scan_rest(&c));
    fake_peer_start(buf_view(&whole));
    if (mailbox_imap_run(&options, &sink, &e) != 0)
        ENSURE(e.code != ERR_NONE && fuzz_is_clean(slice_of(e.text)) && fuzz_is_utf8(slice_of(e.text)));
    ENSURE(fake_peer.connections <= 1);
    ENSURE(slice_find_nocase(slice_cut(buf_view(&fake_peer.heard), 9), SLICE("* PREAUTH")) < 0 ||
           slice_find(buf_view(&fake_peer.sent), SLICE("LOGIN")) < 0);
    fake_peer_stop();
    buf_release(&whole);
    return 0;
}
