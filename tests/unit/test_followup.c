/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * followup: every mail of tests/fixtures/replies, whole as its program writes it, gives the changes and the
 * note that stand in expected.tsv there; lines give changes or none; the work grows with the text and no
 * faster.
 */
#include "frontdesk/command_followup.h"
#include "frontdesk/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "followup_tenant.h"
#include "local_time.h"

struct world {
    struct directory *d;
    struct command_names *names;
};

static int set_up(void **state)
{
    static struct world w;
    w.d = directory_build(&tenant);
    w.names = names_index_new(w.d);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    names_index_free(&w->names);
    directory_unref(&w->d);
    return 0;
}

/* --- what was read, as one line --- */

static void describe_people(const struct change *c, struct buf *out)
{
    if (c->n_resources == 0)
        buf_printf(out, "?%.*s", SLICE_ARG(c->said));
    for (size_t i = 0; i < c->n_resources; i++)
        buf_printf(out, "%s%s", i ? "," : "", c->resources[i]->user);
    for (size_t i = 0; i < c->n_suggestions; i++)
        buf_printf(out, "%s%s", i ? "," : "(", c->suggestions[i]->user);
    buf_puts(out, c->n_suggestions ? ")" : "");
}

static void describe_value(const struct override *o, struct buf *out)
{
    static const char *const states[] = {"", "?", "*", "past "};
    buf_printf(out, "set %s=%s", override_key_name(o->key), states[o->state]);
    if (o->name && o->name[0])
        buf_puts(out, o->name);
    else
        buf_slice(out, o->said);
}

static void describe(const struct followup *f, struct buf *out)
{
    static const char *const kinds[] = {"choice", "undo",     "to ", "add ",  "remove ",
                                        "",       "separate", "ack", "snooze"};
    buf_puts(out, f->n ? "" : f->thanks_only ? "thanks" : "-");
    for (size_t i = 0; i < f->n; i++) {
        const struct change *c = &f->changes[i];
        buf_printf(out, "%s%s", i ? " ; " : "", kinds[c->kind]);
        if (c->kind == CHANGE_CHOICE || c->kind == CHANGE_SNOOZE)
            buf_printf(out, " %u", c->number);
        else if (c->kind == CHANGE_UNDO)
            buf_puts(out, c->force ? "!" : "");
        else if (c->kind == CHANGE_SET)
            describe_value(&c->value, out);
        else if (c->kind <= CHANGE_REMOVE)
            describe_people(c, out);
    }
    buf_puts(out, "\t");
    for (size_t i = 0; i < f->note.len; i++)
        buf_printf(out, f->note.ptr[i] == '\n' ? "\\n" : "%c", f->note.ptr[i]);
    buf_puts(out, f->note.len ? "" : "-");
}

static void read_followup(const struct world *w, struct slice own, bool asked, struct buf *out)
{
    struct due_calendar cal = {.tz = YORK, .workdays = 0x3e, .day_end_min = 1020, .holidays = &holidays};
    struct pool *pool = pool_new(8 << 20);
    struct followup *f = pool_alloc(pool, sizeof(*f));
    followup_read(f, own, asked, w->d, w->names, &cal, local("2026-11-24 10:00", YORK), pool);
    describe(f, out);
    assert_false(pool_exhausted(pool));
    pool_free(&pool);
}

/* --- whole mails --- */

static struct slice cut_field(struct slice *rest)
{
    struct scan c = scan_of(*rest);
    struct slice field = scan_until(&c, "\t");
    scan_char(&c, '\t');
    *rest = scan_rest(&c);
    return field;
}

/* *quoted counts the mails that must change nothing although a change stands in what they quote. */
static size_t check_mail(const struct world *w, const char *folder, struct slice row, size_t *quoted)
{
    char path[4400];
    struct slice name = cut_field(&row), asked = cut_field(&row);
    struct message m;
    struct err e = ERR_INIT;
    struct buf own = BUF_INIT(1 << 20), got = BUF_INIT(1 << 20);
    snprintf(path, sizeof(path), "%s/%.*s.eml", folder, SLICE_ARG(name));
    if (reader_read_file(&m, path, NULL, &e) != 0)
        fail_msg("%s: %s", path, e.text);
    struct slice text = message_str(&m, m.text);
    own_text(&own, text);
    read_followup(w, buf_view(&own), slice_eq(asked, SLICE("1")), &got);
    bool nothing = slice_starts(row, SLICE("-")) || slice_starts(row, SLICE("thanks"));
    *quoted += nothing && slice_find(text, SLICE("undo")) >= 0;
    bool same = slice_eq(buf_view(&got), row);
    if (!same)
        print_error("%.*s\n  wanted %.*s\n  got    %s\n  own    %s\n", SLICE_ARG(name), SLICE_ARG(row),
                    got.data, own.data);
    buf_release(&own);
    buf_release(&got);
    message_release(&m);
    return !same;
}

static void replies_of_every_program_are_read(void **state)
{
    const char *root = getenv("FRONTDESK_SRC");
    char folder[4200], path[4300], line[2000];
    size_t rows = 0, wrong = 0, quoted = 0;
    snprintf(folder, sizeof(folder), "%s/tests/fixtures/replies", root ? root : ".");
    snprintf(path, sizeof(path), "%s/expected.tsv", folder);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        struct slice row = slice_trim(slice_of(line));
        if (row.len == 0 || row.ptr[0] == '#')
            continue;
        rows++;
        wrong += check_mail(*state, folder, row, &quoted);
    }
    fclose(f);
    print_message("# %zu mails, %zu of them with a change in the quotation only\n", rows, quoted);
    assert_true(rows >= 120 && quoted >= 30);
    assert_int_equal(wrong, 0);
}

/* --- own text as such --- */

static void own_text_is_clean(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        {"a\n\n\nb\n", "a\n\nb\n"},
        {"a\n\n----------\n\n-----Original Message-----\nFrom: x\n", "a\n"},
        {"a\n________________________________\nFrom: x\nTo: y@z\nb\n", "a\n"},
        {"a\n________________________________\nb\n", "a\n________________________________\nb\n"},
        {"## Reply above this line ##\na\n", ""},
        {"a\n> b\nc\n> d\n", "a\n\nc\n"},
        {"He wrote:\n> b\nc\n", "c\n"},
        {"a\n\nDesk <desk@corp.test> wrote:\n\nb\n", "a\n"},
        {"a\n\nOn Tue, Nov 24, 2026 at 9:12 AM The Northwind Front Desk of Northwind IT Services\n"
         "<desk@corp.test> wrote:\n> b\n",
         "a\n"},
        {"a\n\nThe Northwind Front Desk of Northwind IT Services, Springfield\n"
         "<desk@corp.test> ezt \xc3\xadrta (2026. nov. 24., K, 9:12):\n> b\n",
         "a\n"},
        {"a\n-- \nb\n\n> c\n\nd\n", "a\n\nd\n"},
        {"a\n__\nb\n", "a\n"},
        /* a line drawn by hand above a long text is no signature */
        {"a\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n",
         "a\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n"},
        {"a\n\nSent from my iPhone\n", "a\n"},
        {"The confidential file is in the safe.\n", "The confidential file is in the safe.\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf own = BUF_INIT(10000);
        own_text(&own, slice_of(rows[i][0]));
        assert_string_equal(own.data, rows[i][1]);
        buf_release(&own);
    }
}

/* --- lines --- */

static const struct {
    const char *text;
    bool asked;
    const char *want;
} lines[] = {
#include "followup_lines.h"
};

static void lines_are_changes_or_notes(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct buf got = BUF_INIT(10000);
        read_followup(*state, slice_of(lines[i].text), lines[i].asked, &got);
        if (strcmp(got.data, lines[i].want) != 0) {
            print_error("%s (%d)\n  wanted %s\n  got    %s\n", lines[i].text, lines[i].asked, lines[i].want,
                        got.data);
            wrong++;
        }
        buf_release(&got);
    }
    assert_int_equal(wrong, 0);
}

/* Changes beyond the most that are read are notes, never half of a line. */
static void too_many_changes_are_a_note(void **state)
{
    struct buf text = BUF_INIT(10000), got = BUF_INIT(10000);
    for (int i = 0; i < FOLLOWUP_MAX; i++)
        buf_puts(&text, "+Mike\n");
    buf_puts(&text, "+Sarah\n");
    read_followup(*state, buf_view(&text), false, &got);
    assert_true(slice_ends_nocase(buf_view(&got), SLICE("\t+Sarah")));
    buf_release(&text);
    buf_release(&got);
}

/* --- cost: bytes that were looked at, counted where the work is done --- */

static uint64_t looked_at;

void __real_fold_into(struct buf *out, struct slice text);
void __wrap_fold_into(struct buf *out, struct slice text);
void __wrap_fold_into(struct buf *out, struct slice text)
{
    looked_at += text.len + 1;
    __real_fold_into(out, text);
}

long __real_slice_find(struct slice s, struct slice what);
long __wrap_slice_find(struct slice s, struct slice what);
long __wrap_slice_find(struct slice s, struct slice what)
{
    looked_at += s.len + 1;
    return __real_slice_find(s, what);
}

long __real_slice_find_char(struct slice s, char c);
long __wrap_slice_find_char(struct slice s, char c);
long __wrap_slice_find_char(struct slice s, char c)
{
    looked_at += s.len + 1;
    return __real_slice_find_char(s, c);
}

struct slice __real_slice_trim(struct slice s);
struct slice __wrap_slice_trim(struct slice s);
struct slice __wrap_slice_trim(struct slice s)
{
    struct slice t = __real_slice_trim(s);
    looked_at += s.len - t.len + 1;
    return t;
}

static uint64_t cost(const struct world *w, const char *piece, size_t times)
{
    struct buf text = BUF_INIT(1 << 24), own = BUF_INIT(1 << 24), got = BUF_INIT(1 << 24);
    for (size_t i = 0; i < times; i++)
        buf_puts(&text, piece);
    looked_at = 0;
    own_text(&own, buf_view(&text));
    read_followup(w, buf_view(&own), true, &got);
    assert_false(text.overflow || own.overflow || got.overflow);
    buf_release(&text);
    buf_release(&own);
    buf_release(&got);
    return looked_at;
}

static void work_grows_with_the_text(void **state)
{
    static const char *const pieces[] = {
        "word ",
        "a line\n",
        "\n",
        "-- \n",
        "--\n\n\n\n",
        "> x\n",
        "> x\nwrote:\n",
        "On 1 2 3 4\nwrote:\n",
        "From: a\n",
        "From: a@b\nDate: x\nx\n",
        ":\n",
        "a@b:\n",
        "____________\nA: b\n",
        "----------",
        "Sent from my iPhone\n",
        "confidential privileged\n",
        "confidential\n\n",
        "to Mike, due fri\n",
        "to Mike and Sarah and ",
        "high, ",
        "Thanks\nDana Reed\n",
        "caution: originated from outside\n\n",
        ">",
        "\xe4\xba\xba\xef\xbc\x9a\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        uint64_t one = cost(*state, pieces[i], 2000), four = cost(*state, pieces[i], 8000);
        if (four > 5 * one + 100000)
            fail_msg("\"%s\": %llu for one part, %llu for four", pieces[i], (unsigned long long)one,
                     (unsigned long long)four);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_of_every_program_are_read), cmocka_unit_test(own_text_is_clean),
        cmocka_unit_test(lines_are_changes_or_notes),        cmocka_unit_test(too_many_changes_are_a_note),
        cmocka_unit_test(work_grows_with_the_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
