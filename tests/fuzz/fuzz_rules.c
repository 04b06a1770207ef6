/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_rules: any bytes as a rule file, and (behind a NUL) a text that is matched with it: it is a rule that
 * keeps its promises, or told with file and line. */
#include "fuzz.h"

#include "frontdesk/diagnose_match.h"

#include <fcntl.h>
#include <stdlib.h>

/* libconfig's scanner forgets its buffer when a text is not closed: theirs, and once a start. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so\n";
}

static void write_rule(const char *path, struct slice text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ENSURE(fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len);
    close(fd);
}

/* Each line is "FILE:LINE: words". */
static void look_at_problems(struct slice problems, const char *dir)
{
    struct scan c = scan_of(problems);
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        ENSURE(slice_starts(line, slice_of(dir)) || line.len == 0 || line.ptr[0] != '/');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char dir[] = "/tmp/frontdesk-fuzz-rules-XXXXXX";
    static const char *const checks[] = {"invoice", "item", NULL}, *const kinds[] = {"item-missing", NULL};
    char path[100];
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct slice rule = fuzz_field(&c), text = scan_rest(&c);
    struct diagnose_rules *rules = NULL;
    struct buf problems = BUF_INIT(1 << 20), firm = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
    ENSURE(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/my-rule.conf", dir);
    write_rule(path, rule);
    const char *ours[] = {dir, NULL}, *none[] = {NULL}, *firms[] = {dir, NULL};
    int rc = diagnose_rules_load(&rules, ours, NULL, checks, kinds, &problems, &firm, &e);
    ENSURE(firm.len == 0 && (rc == 0) == (problems.len == 0) && (rc == 0) == (rules != NULL));
    look_at_problems(buf_view(&problems), dir);
    diagnose_rules_free(&rules);
    /* as the firm's, it never stops anything */
    ENSURE(diagnose_rules_load(&rules, none, firms, checks, kinds, &firm, &firm, &e) == 0);
    size_t n;
    (void)diagnose_rules_list(rules, &n);
    ENSURE(n == (rc == 0) && (rc == 0) == (firm.len == 0));
    struct pool *pool = pool_new(64 << 20);
    struct diagnoses *d = mem_alloc(sizeof(*d));
    struct diagnose_text piece = {.where = "", .text = text, .own = true};
    diagnose_match(rules, &piece, 1, pool, d);
    ENSURE(d->n <= n);
    free(d);
    pool_free(&pool);
    diagnose_rules_free(&rules);
    fuzz_remove_dir(dir);
    buf_release(&problems);
    buf_release(&firm);
    return 0;
}
