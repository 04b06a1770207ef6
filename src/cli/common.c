/* SPDX-License-Identifier: GPL-2.0-or-later */
/* common: what subcommands share: the configuration, errors as exit codes, text made safe for a terminal. */
#include "cli.h"

struct conf *cli_conf(const struct cli *cli)
{
    struct conf *conf = NULL;
    struct buf problems = BUF_INIT(256 * 1024);
    if (conf_load(cli->conf_path, &conf, &problems) != 0) {
        struct scan c = scan_of(buf_view(&problems));
        while (!scan_end(&c)) {
            struct slice line = scan_line(&c);
            fprintf(stderr, "frontdesk: %.*s\n", SLICE_ARG(line));
        }
        fprintf(stderr, "frontdesk: nothing was started; frontdesk.conf(5) explains every setting\n");
    }
    buf_release(&problems);
    return conf;
}

int cli_fail(const struct err *e)
{
    static const struct {
        enum err_code code;
        int exit_code;
    } codes[] = {{ERR_CONFIG, EX_CONFIG},      {ERR_LABEL, EX_CONFIG},
                 {ERR_TEMPLATE, EX_CONFIG},    {ERR_IO, EX_IOERR},
                 {ERR_DISK_FULL, EX_IOERR},    {ERR_LOCKED, EX_TEMPFAIL},
                 {ERR_NOT_FOUND, EX_NOINPUT},  {ERR_USAGE, EX_USAGE},
                 {ERR_JOURNAL, EX_DATAERR},    {ERR_JOURNAL_NEWER, EX_DATAERR},
                 {ERR_MAIL, EX_DATAERR},       {ERR_LIMIT, EX_DATAERR},
                 {ERR_CREDENTIALS, EX_NOPERM}, {ERR_PERMISSION, EX_NOPERM}};
    fprintf(stderr, "frontdesk: %s\n", e->text);
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i].code == e->code)
            return codes[i].exit_code;
    }
    return err_class(e) == ERR_CLASS_RETRY ? EX_TEMPFAIL : EX_UNAVAILABLE;
}

void cli_time(const struct conf *conf, int64_t ms, char out[32])
{
    struct tm tm;
    if (ms <= 0 || !clock_local(ms, conf->firm.timezone, &tm))
        snprintf(out, 32, "-");
    else
        strftime(out, 32, "%d %b %H:%M:%S", &tm);
}

void cli_print(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        /* C1 controls in UTF-8 are c2 80 .. c2 9f */
        bool c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
        if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f || c1)
            putchar('?');
        else
            putchar(*p);
        p += c1;
    }
}

bool cli_date(const char *text, const char *zone, int64_t *ms)
{
    uint64_t year, month, day;
    struct slice s = slice_of(text);
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-')
        return false;
    if (!slice_to_u64(slice_cut(s, 4), 1990, 2200, &year) ||
        !slice_to_u64(slice_from(s.ptr + 5, 2), 1, 12, &month) ||
        !slice_to_u64(slice_from(s.ptr + 8, 2), 1, 31, &day))
        return false;
    struct tm tm = {.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};
    return clock_from_local(&tm, zone, ms);
}
