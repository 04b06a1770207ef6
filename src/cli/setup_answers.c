/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * setup_answers: answers out of a file, `key = value` a line; quotes and a semicolon as in frontdesk.conf do
 * no harm. A secret stands in a file of its own (KEY_file), or in the file of answers if nobody else may read
 * that. See setup.h.
 */
#include "frontdesk/secret.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 256 << 10, MOST_PROBLEMS = 100 };

struct reader {
    struct setup *s;
    const char *name;
    bool open_to_others;
    unsigned line, n_problems;
    struct buf *problems;
};

static void problem(struct reader *r, unsigned line, const char *fmt, ...) PRINTF(3, 4);
static void problem(struct reader *r, unsigned line, const char *fmt, ...)
{
    va_list ap;
    if (r->n_problems++ >= MOST_PROBLEMS)
        return;
    buf_printf(r->problems, "%s:%u: ", r->name, line);
    va_start(ap, fmt);
    buf_vprintf(r->problems, fmt, ap);
    va_end(ap);
    buf_putc(r->problems, '\n');
}

/* --- the file --- */

static int slurp(struct reader *r, const char *path, struct buf *text)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    char chunk[8192];
    ssize_t n = 0;
    if (fd < 0 || fstat(fd, &st) != 0) {
        problem(r, 1, "cannot be opened: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    r->open_to_others = S_ISREG(st.st_mode) && (st.st_mode & 077);
    while (!text->overflow && (n = read(fd, chunk, sizeof(chunk))) > 0)
        buf_put(text, chunk, (size_t)n);
    explicit_bzero(chunk, sizeof(chunk));
    if (n < 0)
        problem(r, 1, "cannot be read: %s", strerror(errno));
    else if (text->overflow)
        problem(r, 1, "is larger than %d KB", FILE_BYTES >> 10);
    else if (memchr(text->data, '\0', text->len))
        problem(r, 1, "holds a NUL byte");
    close(fd);
    return r->n_problems ? -1 : 0;
}

/* --- one line --- */

/* "KEY" or, of a secret, "KEY_file"; SETUP_ANSWERS: there is none. */
static enum setup_answer find(struct slice key, bool *by_file)
{
    char file[100];
    for (size_t i = 0; i < SETUP_ANSWERS; i++) {
        const struct setup_question *q = &setup_questions[i];
        snprintf(file, sizeof(file), "%s_file", q->key);
        *by_file = q->kind == ASK_SECRET && slice_eq(key, slice_of(file));
        if (*by_file || slice_eq(key, slice_of(q->key)))
            return (enum setup_answer)i;
    }
    return SETUP_ANSWERS;
}

static void say_unknown(struct reader *r, struct slice key)
{
    const char *names[SETUP_ANSWERS + 1] = {0};
    char word[100];
    for (size_t i = 0; i < SETUP_ANSWERS; i++)
        names[i] = setup_questions[i].key;
    key = slice_cut(key, 90);
    snprintf(word, sizeof(word), "%.*s", SLICE_ARG(key));
    const char *near = fold_nearest(word, names);
    problem(r, r->line, "%s: unknown key%s%s%s; `frontdesk setup --answers-example` lists them", word,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* What stands behind the =, malloc'ed: as it is, or in quotes with a semicolon behind, as in frontdesk.conf.
 * Bare words keep theirs: a password may end in one. */
static char *value_of(struct slice rest)
{
    struct slice v = slice_trim(rest), quoted = v;
    if (slice_ends_nocase(v, SLICE(";")))
        quoted = slice_trim(slice_cut(v, v.len - 1));
    bool in_quotes = quoted.len >= 2 && quoted.ptr[0] == '"' && quoted.ptr[quoted.len - 1] == '"';
    if (in_quotes)
        v = slice_cut(slice_skip(quoted, 1), quoted.len - 2);
    char *text = mem_alloc(v.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < v.len; i++) {
        bool escapes = in_quotes && v.ptr[i] == '\\' && i + 1 < v.len;
        text[n++] = v.ptr[escapes ? ++i : i];
    }
    return text;
}

/* A secret out of its own file. */
static void take_file(struct reader *r, enum setup_answer id, const char *path)
{
    struct secret secret;
    struct err e = ERR_INIT;
    if (secret_load(&secret, path, &e) != 0) {
        problem(r, r->line, "%s_file: %s", setup_questions[id].key, e.text);
        return;
    }
    setup_set(r->s, id, secret.value);
    secret_release(&secret);
}

static void take_value(struct reader *r, enum setup_answer id, bool by_file, const char *value)
{
    const struct setup_question *q = &setup_questions[id];
    if (r->s->lines[id]) {
        problem(r, r->line, "%s: is there already, on line %u", q->key, r->s->lines[id]);
        return;
    }
    r->s->lines[id] = r->line;
    if (q->kind == ASK_SECRET && !by_file && r->open_to_others)
        problem(r, r->line, "%s: others can read this file: chmod 600 it, or name a file in %s_file", q->key,
                q->key);
    else if (by_file)
        take_file(r, id, value);
    else
        setup_set(r->s, id, value);
}

static void take_line(struct reader *r, struct slice line)
{
    struct scan c = scan_of(slice_trim(line));
    bool by_file;
    if (scan_end(&c) || scan_peek(&c) == '#')
        return;
    struct slice key = slice_trim(scan_until(&c, "="));
    if (!scan_char(&c, '=')) {
        problem(r, r->line, "no = in this line; allowed: key = value");
        return;
    }
    enum setup_answer id = find(key, &by_file);
    if (id == SETUP_ANSWERS) {
        say_unknown(r, key);
        return;
    }
    char *text = value_of(scan_rest(&c));
    take_value(r, id, by_file, text);
    explicit_bzero(text, strlen(text));
    free(text);
}

/* --- all of them together --- */

static void say_unused(struct reader *r, enum setup_answer id)
{
    const struct setup_question *q = &setup_questions[id];
    char when[300];
    size_t n = 0;
    for (const char *p = q->when; *p && n < sizeof(when) - 10; p++)
        n += (size_t)snprintf(when + n, sizeof(when) - n,
                              *p == '|'   ? " or "
                              : *p == ' ' ? " and "
                                          : "%c",
                              *p);
    problem(r, r->s->lines[id], "%s: is only used with %s", q->key, when);
}

static void say_missing(struct reader *r, enum setup_answer id)
{
    const struct setup_question *q = &setup_questions[id];
    bool secret = q->kind == ASK_SECRET;
    problem(r, 1, "%s: is missing: %s%s%s%s", q->key, q->prompt ? q->prompt : q->help,
            secret ? "; or name a file in " : "", secret ? q->key : "", secret ? "_file" : "");
}

/* One answer of the file, or what stands for it. Earlier ones are done: conditions look at them. */
static void settle(struct reader *r, enum setup_answer id)
{
    const struct setup_question *q = &setup_questions[id];
    struct setup *s = r->s;
    struct buf kept = BUF_INIT(64 << 10), why = BUF_INIT(8000);
    bool counts = setup_holds(s, q->when);
    if (!counts && s->lines[id])
        say_unused(r, id);
    if (counts && !s->lines[id] && !(q->optional && id != A_ALERTS))
        setup_preset(s, id, &kept);
    if (kept.len)
        setup_set(s, id, kept.data);
    if (counts && !setup_get(s, id)[0] && !q->optional &&
        !(q->kind == ASK_SECRET && s->lines[id] && r->n_problems))
        say_missing(r, id);
    if (counts && setup_get(s, id)[0]) {
        if (setup_check(s, id, setup_get(s, id), &kept, &why))
            setup_set(s, id, kept.data);
        else
            problem(r, s->lines[id] ? s->lines[id] : 1, "%s", why.data);
    }
    buf_wipe(&kept);
    buf_release(&why);
}

int setup_read_answers(struct setup *s, const char *path, struct buf *problems)
{
    struct reader r = {.s = s, .name = path, .problems = problems};
    struct buf text = BUF_INIT(FILE_BYTES);
    int rc = slurp(&r, path, &text);
    struct scan c = scan_of(buf_view(&text));
    while (rc == 0 && !scan_end(&c)) {
        r.line++;
        take_line(&r, scan_line(&c));
    }
    buf_wipe(&text);
    for (size_t i = 0; rc == 0 && i < SETUP_ANSWERS; i++)
        settle(&r, (enum setup_answer)i);
    return r.n_problems ? -1 : 0;
}

/* --- the example --- */

static void print_words(const struct setup_question *q)
{
    struct scan c = scan_of(slice_of(q->words));
    struct slice word, meaning;
    while (setup_next_word(&c, &word, &meaning))
        printf("#   %-16.*s %.*s\n", SLICE_ARG(word), SLICE_ARG(meaning));
}

static void print_one(const struct setup_question *q)
{
    const char *prompt = q->prompt;
    printf("\n# %s%s\n", prompt, q->optional ? " (may be left out)" : "");
    if (q->help)
        setup_print_wrapped("# ", q->help);
    if (q->words)
        print_words(q);
    if (q->kind == ASK_SECRET)
        printf("#%s_file = /root/%s\n", q->key, q->file);
    else
        printf("#%s = %s\n", q->key, q->example ? q->example : "");
}

void setup_print_example(void)
{
    printf("# Answers for `frontdesk setup --answers FILE`: key = value, one a line. Take the # away from "
           "those that\n"
           "# you need. A secret stands in a file of its own (KEY_file, mode 0600, one line), or here as KEY "
           "= SECRET\n"
           "# if this file is mode 0600. What is left out is taken as the dialogue would offer it, or asked "
           "for.\n");
    for (size_t i = 0; i < SETUP_ANSWERS; i++) {
        if (setup_questions[i].prompt)
            print_one(&setup_questions[i]);
    }
    struct buf rest = BUF_INIT(4000);
    for (size_t i = 0; i < SETUP_ANSWERS; i++) {
        if (!setup_questions[i].prompt)
            buf_printf(&rest, "%s%s", rest.len ? ", " : "", setup_questions[i].key);
    }
    printf("\n# Seldom needed, or for tests:\n");
    setup_print_wrapped("#   ", rest.data);
    buf_release(&rest);
}
