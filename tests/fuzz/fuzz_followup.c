/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_followup: own text is some of the lines of the text, in their order; what stands under a quote header
 * or behind marks is never own and changes nothing; what is read stays within its bounds. */
#include "frontdesk/command_followup.h"

#include "../unit/followup_tenant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct directory *d;
    struct command_names *names;
    struct due_calendar cal;
};

static const struct world *world(void)
{
    static struct world w = {.cal = {.tz = "UTC", .workdays = 0x3e, .day_end_min = 1020}};
    if (!w.d) {
        w.d = directory_build(&tenant);
        w.names = names_index_new(w.d);
    }
    return &w;
}

/* Every line that is not empty is a line of the text, and they come in its order. */
static void is_subset(struct slice own, struct slice text)
{
    struct scan a = scan_of(own), b = scan_of(text);
    ENSURE(own.len <= text.len + 1);
    while (!scan_end(&a)) {
        struct slice want = slice_trim(scan_line(&a));
        bool found = want.len == 0;
        while (!found && !scan_end(&b))
            found = slice_eq(want, slice_trim(scan_line(&b)));
        ENSURE(found);
    }
}

static size_t read_changes(struct slice own, bool asked)
{
    const struct world *w = world();
    struct pool *pool = pool_new(64 << 20);
    struct followup *f = pool_alloc(pool, sizeof(*f));
    followup_read(f, own, asked, w->d, w->names, &w->cal, 1795510800000, pool);
    size_t n = f->n;
    ENSURE(n <= FOLLOWUP_MAX && !pool_exhausted(pool) && f->note.len <= 2 * own.len);
    ENSURE(!f->thanks_only || (n == 0 && f->note.len == 0));
    for (size_t i = 0; i < n; i++) {
        const struct change *c = &f->changes[i];
        ENSURE(c->said.len <= own.len && c->n_resources <= COMMAND_MAX_RESOURCES &&
               c->n_suggestions <= COMMAND_MAX_SUGGESTIONS);
        ENSURE(c->kind != CHANGE_CHOICE || (c->number >= 1 && c->number <= 99));
        for (size_t k = 0; k < c->n_resources; k++)
            ENSURE(c->resources[k]->assignable);
    }
    pool_free(&pool);
    return n;
}

static size_t changes_of(struct slice text)
{
    struct buf own = BUF_INIT(64 << 20);
    own_text(&own, text);
    is_subset(buf_view(&own), text);
    size_t n = read_changes(buf_view(&own), text.len % 2);
    buf_release(&own);
    return n;
}

static bool begins_marked(struct slice text)
{
    struct slice s = slice_trim(text);
    return s.len && s.ptr[0] == '>';
}

/* The text as a quotation under somebody's note: nothing of it may act. */
static void quoted_changes_nothing(struct slice text)
{
    static const char *const heads[] = {
        "On Tue, Nov 24, 2026 at 9:12 AM Desk <desk@corp.test> wrote:\n\n",
        "Am 24.11.2026 um 09:12 schrieb Desk <desk@corp.test>:\n",
        "-----Original Message-----\nFrom: Desk\nSent: today\nTo: Dana\nSubject: x\n\n",
        "________________________________\nVon: Desk <desk@corp.test>\nGesendet: x\nAn: y\nBetreff: z\n\n",
    };
    struct buf b = BUF_INIT(64 << 20);
    if (!begins_marked(text)) {
        buf_puts(&b, "The laptop is at reception.\n\n");
        buf_puts(&b, heads[text.len % ARRAY_LEN(heads)]);
        buf_slice(&b, text);
        ENSURE(changes_of(buf_view(&b)) == 0);
    }
    buf_clear(&b);
    buf_puts(&b, "The laptop is at reception.\n\n");
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        buf_puts(&b, "> ");
        buf_slice(&b, scan_line(&c));
        buf_putc(&b, '\n');
    }
    ENSURE(changes_of(buf_view(&b)) == 0);
    buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_from((const char *)data, size);
    changes_of(text);
    read_changes(text, true);
    quoted_changes_nothing(text);
    return 0;
}
