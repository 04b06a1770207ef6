/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gate: every trust profile against forgers: each row of tests/fixtures/spoof.tsv is a header block as it
 * would lie in the mailbox, and what must come out. The form of the file stands at its head. */
#include "frontdesk/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { NAMES_MAX = 64, ROWS_MAX = 400, FILE_MAX = 1 << 20 };

struct row {
    struct slice profile, reason, what, fields;
};

static struct {
    struct buf text;
    struct {
        struct slice name, text;
    } names[NAMES_MAX];
    size_t n_names;
    struct row rows[ROWS_MAX];
    size_t n_rows;
} table;

static int load(void **state)
{
    (void)state;
    char path[4300], chunk[16384];
    const char *root = getenv("FRONTDESK_SRC");
    snprintf(path, sizeof(path), "%s/tests/fixtures/spoof.tsv", root ? root : ".");
    FILE *f = fopen(path, "re");
    if (!f)
        return -1;
    table.text = (struct buf)BUF_INIT(FILE_MAX);
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
        buf_put(&table.text, chunk, n);
    fclose(f);
    struct scan c = scan_of(buf_view(&table.text));
    while (!scan_end(&c)) {
        struct scan line = scan_of(scan_line(&c));
        struct slice cells[4];
        if (scan_end(&line) || scan_peek(&line) == '#')
            continue;
        bool name = slice_starts(scan_rest(&line), SLICE("= "));
        for (size_t i = 0; i < (name ? 2U : 4U); i++) {
            cells[i] = scan_until(&line, "\t");
            scan_char(&line, '\t');
        }
        if (name) {
            table.names[table.n_names].name = slice_skip(cells[0], 2);
            table.names[table.n_names++].text = cells[1];
        } else {
            table.rows[table.n_rows++] = (struct row){cells[0], cells[1], cells[2], cells[3]};
        }
        if (!scan_end(&line) || table.n_names == NAMES_MAX || table.n_rows == ROWS_MAX)
            return -1;
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    buf_release(&table.text);
    return 0;
}

static int hex(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void expand(struct buf *out, struct slice fields)
{
    struct scan c = scan_of(fields);
    while (!scan_end(&c)) {
        int ch = scan_next(&c);
        if (ch == '{') {
            struct slice name = scan_until(&c, "}");
            size_t i = 0;
            while (i < table.n_names && !slice_eq(table.names[i].name, name))
                i++;
            if (i == table.n_names || !scan_char(&c, '}'))
                fail_msg("no such name: %.*s", SLICE_ARG(name));
            expand(out, table.names[i].text);
        } else if (ch == '\\') {
            ch = scan_next(&c);
            int high = ch == 'x' ? hex(scan_next(&c)) : 0, low = ch == 'x' ? hex(scan_next(&c)) : 0;
            assert_true(high >= 0 && low >= 0 && strchr("nx\\", ch));
            buf_putc(out, (char)(ch == 'n' ? '\n' : ch == 'x' ? high * 16 + low : ch));
        } else {
            buf_putc(out, (char)ch);
        }
    }
}

/* With the mailbox set to `profile`, which the row need not be about. */
static void judge(const struct row *row, struct slice profile, const char *reason)
{
    static char corp[] = "corp.test", bot[] = "tickets@bot.test", server[] = "mx.corp.test";
    static char *domains[] = {corp};
    struct conf_mailbox box = {.address = bot,
                               .trust = slice_eq(profile, SLICE("google"))            ? CONF_TRUST_GOOGLE
                                        : slice_eq(profile, SLICE("exchange-online")) ? CONF_TRUST_EXCHANGE
                                                                                      : CONF_TRUST_SERVER,
                               .trust_server = server};
    struct conf conf = {.firm = {.domains = {.v = domains, .n = 1}}, .mailboxes = &box, .n_mailboxes = 1};
    struct gate_context c = {.conf = &conf, .mailbox = &box, .message_id_host = "frontdesk.bot.test"};
    struct gate_result r;
    struct message m;
    struct err e = ERR_INIT;
    struct buf mail = BUF_INIT(10000);
    expand(&mail, row->fields);
    buf_puts(&mail, "Subject: x\n\nhello\n");
    if (reader_read(&m, buf_view(&mail), false, NULL, &e) != 0)
        fail_msg("%.*s: %s", SLICE_ARG(row->what), e.text);
    gate_judge(&m, &c, &r);
    message_release(&m);
    bool staff = strcmp(reason, "auth-pass") == 0 || strcmp(reason, "auth-internal") == 0;
    if (strcmp(r.reason, reason) != 0 || (r.verdict == GATE_STAFF) != staff)
        fail_msg("%.*s\n%s\nexpected %s, got %s/%s (%s)", SLICE_ARG(row->what), mail.data, reason,
                 gate_verdict_name(r.verdict), r.reason, r.evidence);
    assert_true(r.evidence[0] && !r.unauthenticated);
    buf_release(&mail);
}

static bool is_pass(struct slice reason)
{
    return slice_eq(reason, SLICE("auth-pass")) || slice_eq(reason, SLICE("auth-internal"));
}

static void every_row(void **state)
{
    size_t attacks = 0;
    (void)state;
    for (size_t i = 0; i < table.n_rows; i++) {
        const struct row *row = &table.rows[i];
        char reason[40];
        snprintf(reason, sizeof(reason), "%.*s", SLICE_ARG(row->reason));
        judge(row, row->profile, reason);
        attacks += !is_pass(row->reason);
    }
    assert_true(attacks >= 150);
}

/* What one profile's server writes proves nothing where another is trusted. */
static void profiles_are_strangers(void **state)
{
    static const char *const others[] = {"exchange-online", "google", "server:mx.corp.test"};
    (void)state;
    for (size_t i = 0; i < table.n_rows; i++) {
        const struct row *row = &table.rows[i];
        for (size_t k = 0; k < ARRAY_LEN(others); k++) {
            if (slice_starts(row->reason, SLICE("auth-")) && !slice_eq(row->profile, slice_of(others[k])))
                judge(row, slice_of(others[k]), "auth-no-border");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(profiles_are_strangers),
    };
    return cmocka_run_group_tests_name("trust", tests, load, unload);
}
