/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_template: a folder of templates (text, HTML, a partial), a how-to, and the values that go into them.
 * What loads can be rendered or says why not; what is rendered holds of the values no control, and no mark of
 * HTML.
 */
#include "fuzz.h"

#include "frontdesk/reply.h"
#include "frontdesk/reply_sentence.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void remove_folder(void)
{
    static const char *const names[] = {"en/reply/letter.txt",
                                        "en/reply/letter.html",
                                        "en/reply/_part.txt",
                                        "en/reply/_part.html",
                                        "en/help/topic.txt",
                                        "en/words.txt",
                                        "en/reply",
                                        "en/help",
                                        "en",
                                        ""};
    char path[100];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        remove(path);
    }
}

static void put_file(const char *name, struct slice text)
{
    char path[100];
    snprintf(path, sizeof(path), "%s/en/%s", folder, name);
    FILE *f = fopen(path, "wb");
    ENSURE(f && fwrite(text.ptr ? text.ptr : "", 1, text.len, f) == text.len && fclose(f) == 0);
}

/* A sentence for each row, so that what is wrong is wrong in the letters. */
static void put_sentences(void)
{
    static const char *const names[] = {
#define NAME(name, facts) #name,
        SAY_TABLE(NAME)
#undef NAME
    };
    struct buf words = BUF_INIT(1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        buf_putc(&words, '[');
        for (const char *p = names[i]; *p; p++)
            buf_putc(&words, *p == '_' ? '-' : (char)(*p + 32));
        buf_puts(&words, "]\ntext: x\n");
    }
    for (int code = 0; code <= ERR_EXHAUSTED; code++) {
        if (code != ERR_NONE && code != ERR_USAGE)
            buf_printf(&words, "[error-%s]\ntext: x\n", err_code_name((enum err_code)code));
    }
    put_file("words.txt", buf_view(&words));
    buf_release(&words);
}

static void make_folder(void)
{
    char path[100];
    if (folder[0])
        return;
    snprintf(folder, sizeof(folder), "%s/fuzz-template-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ENSURE(mkdtemp(folder));
    static const char *const below[] = {"en", "en/reply", "en/help"};
    for (size_t i = 0; i < ARRAY_LEN(below); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, below[i]);
        ENSURE(mkdir(path, 0700) == 0);
    }
    put_sentences();
    atexit(remove_folder);
}

static struct view *values(struct scan *c, struct pool *pool)
{
    struct view *v = view_new(pool);
    view_set(v, "title", fuzz_field(c));
    view_set(v, "reason", fuzz_field(c));
    view_flag(v, "made", fuzz_pick(c, 2));
    for (int i = 0; i < 20 && !scan_end(c); i++) {
        struct view *item = view_item(v, "people");
        view_set(item, "name", fuzz_field(c));
        view_setf(item, "n", "%d", i);
    }
    return v;
}

static bool any_of(struct slice s, const char *set)
{
    struct scan c = scan_of(s);
    scan_until(&c, set);
    return !scan_end(&c);
}

/* Only what the templates bring themselves may be there. */
static void check(struct slice sources, const struct buf *subject, const struct buf *text,
                  const struct buf *html)
{
    bool plain = true;
    struct scan c = scan_of(sources);
    while (!scan_end(&c)) {
        int byte = scan_next(&c);
        plain = plain && (byte >= 0x20 || byte == '\n') && byte != 0x7f && byte < 0x80;
    }
    ENSURE(subject->len <= 900 && slice_find_char(buf_view(subject), '\n') < 0);
    for (size_t i = 0; plain && i < text->len; i++)
        ENSURE((unsigned char)text->data[i] >= 0x20 || text->data[i] == '\n');
    ENSURE(!plain || fuzz_is_clean(buf_view(subject)));
    if (!any_of(sources, "<>\"'&"))
        ENSURE(!any_of(buf_view(html), "<>\"'"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct slice plain = fuzz_field(&c), rich = fuzz_field(&c), part = fuzz_field(&c);
    struct slice sources =
        slice_from((const char *)data, (size_t)((c.p ? c.p : (const char *)data) - (const char *)data));
    struct buf problems = BUF_INIT(1 << 20), subject = BUF_INIT(4096), text = BUF_INIT(1 << 18),
               html = BUF_INIT(1 << 18);
    struct pool *pool = pool_new(16 << 20);
    struct templates *t;
    struct err e = ERR_INIT;
    make_folder();
    put_file("reply/letter.txt", plain);
    put_file("reply/letter.html", rich);
    put_file("reply/_part.txt", part);
    put_file("reply/_part.html", part);
    put_file("help/topic.txt", scan_rest(&c));
    int rc = templates_load(&t, folder, NULL, "en", &problems);
    ENSURE((rc == 0) == (problems.len == 0) && (rc == 0) == (t != NULL));
    if (t && templates_render(t, "letter", values(&c, pool), &subject, &text, &html, &e) == 0)
        check(sources, &subject, &text, &html);
    else
        ENSURE(!t || (e.code == ERR_TEMPLATE && e.text[0]));
    templates_free(&t);
    pool_free(&pool);
    buf_release(&problems);
    buf_release(&subject);
    buf_release(&text);
    buf_release(&html);
    return 0;
}
