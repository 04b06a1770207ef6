/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_conf: any text as a configuration; its first line also as a due rule. */
#include "frontdesk/due.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* libconfig's scanner forgets its buffer when a text is not closed: theirs, and once a start. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so\n";
}

static void try_rule(const char *text)
{
    struct due_calendar cal = {.tz = "Europe/Berlin", .workdays = 0x3e, .day_end_min = 1020};
    struct scan c = scan_of(slice_of(text));
    struct buf line = BUF_INIT(1000);
    buf_slice(&line, slice_cut(scan_line(&c), 999));
    struct due due;
    struct err e = ERR_INIT;
    int64_t ms;
    if (due_parse(line.data, &due, &e) == 0 && !due_compute(&due, &cal, 1795536000000, &ms))
        abort();
    buf_release(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > (64 << 10))
        return 0;
    struct buf text = BUF_INIT(1 << 20), problems = BUF_INIT(1 << 20);
    buf_put(&text, data, size);
    struct conf *conf;
    int rc = conf_parse(text.data, "fuzz.conf", &conf, &problems);
    /* a refusal always has words, and a configuration always a mailbox */
    if ((rc != 0) != (problems.len > 0) || (rc == 0) != (conf != NULL) || (conf && !conf->n_mailboxes))
        abort();
    conf_free(&conf);
    try_rule(text.data);
    buf_release(&text);
    buf_release(&problems);
    return 0;
}
