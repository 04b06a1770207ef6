/* SPDX-License-Identifier: GPL-2.0-or-later */
/* members: members of JSON objects, texts that fit, times being read, records looked up by their mark. */
#include "client.h"

void member_text(struct buf *out, const char *name, const char *s)
{
    if (s && s[0])
        json_put_text(out, name, s);
}

void member_null(struct buf *out, const char *name)
{
    json_put_name(out, name);
    buf_puts(out, "null");
}

void member_time(struct buf *out, const char *name, int64_t ms)
{
    char text[32];
    if (!ms)
        return;
    clock_format_utc(ms, text);
    member_text(out, name, text);
}

/* --- texts that have to fit --- */

/* How many characters Autotask counts (UTF-16 units) fit: the length in bytes of the longest such prefix. */
static size_t fits(struct slice text, size_t most)
{
    size_t units = 0, at = 0;
    while (at < text.len) {
        unsigned char c = (unsigned char)text.ptr[at];
        size_t step = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        units += step == 4 ? 2 : 1;
        if (units > most)
            break;
        at += step < text.len - at ? step : text.len - at;
    }
    return at;
}

void put_marked(struct buf *out, const char *text, const char *mark, size_t most)
{
    struct slice s = slice_trim(slice_of(text));
    s = slice_cut(s, fits(s, most - strlen(mark) - 1));
    buf_slice(out, s);
    if (s.len)
        buf_putc(out, ' ');
    buf_puts(out, mark);
}

void put_cut_text(struct buf *out, const char *text, size_t most)
{
    static const char cut[] = "\n\n[...]";
    struct slice s = slice_of(text);
    if (fits(s, most) == s.len) {
        buf_slice(out, s);
        return;
    }
    buf_slice(out, slice_cut(s, fits(s, most - strlen(cut))));
    buf_puts(out, cut);
}

/* --- times: autotask-rest.md 2.4 --- */

static bool number(struct scan *c, size_t digits, uint64_t min, uint64_t max, int *out)
{
    uint64_t v;
    if (!slice_to_u64(slice_cut(scan_rest(c), digits), min, max, &v) || scan_rest(c).len < digits)
        return false;
    c->p += digits;
    *out = (int)v;
    return true;
}

static bool time_of_day(struct scan *c, struct tm *tm, int *ms)
{
    int digit, scale = 100;
    if (!number(c, 2, 0, 23, &tm->tm_hour) || !scan_char(c, ':') || !number(c, 2, 0, 59, &tm->tm_min) ||
        !scan_char(c, ':') || !number(c, 2, 0, 60, &tm->tm_sec))
        return false;
    if (!scan_char(c, '.'))
        return true;
    for (int n = 0; n < 7 && number(c, 1, 0, 9, &digit); n++, scale /= 10)
        *ms += digit * scale;
    return true;
}

bool time_parse(struct slice text, int64_t *ms)
{
    struct scan c = scan_of(text);
    struct tm tm = {0};
    int year, month, fraction = 0;
    if (!number(&c, 4, 1753, 9999, &year) || !scan_char(&c, '-') || !number(&c, 2, 1, 12, &month) ||
        !scan_char(&c, '-') || !number(&c, 2, 1, 31, &tm.tm_mday))
        return false;
    if (scan_char(&c, 'T') && !time_of_day(&c, &tm, &fraction))
        return false;
    scan_char(&c, 'Z');
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    int day = tm.tm_mday;
    *ms = (int64_t)timegm(&tm) * 1000 + fraction;
    return scan_end(&c) && tm.tm_mday == day;
}

/* --- by mark --- */

struct search {
    const struct marked *what;
    bool found;
    int64_t id;
};

/* A condition that was dropped on the way must not answer for us: parent and mark are compared here. */
static int look_at(void *self, const struct json *item, struct err *e)
{
    struct search *s = self;
    struct json parent = json_get(item, s->what->parent), text = json_get(item, s->what->field),
                id = json_get(item, "id");
    int64_t parent_id, n;
    if (json_int(&parent, -1, &parent_id, e) != 0 || json_int(&id, 0, &n, e) != 0)
        return -1;
    if (n <= 0 || parent_id < 0)
        return err_set(e, ERR_PROTOCOL, "id and %s: numbers expected", s->what->parent);
    const char *words = cJSON_GetStringValue(text.value);
    if (!s->found && parent_id == s->what->parent_id && words && strstr(words, s->what->mark)) {
        s->found = true;
        s->id = n;
    }
    return 0;
}

int find_marked(struct autotask *at, const struct marked *what, bool *found, int64_t *id, struct err *e)
{
    struct search s = {.what = what};
    struct buf body = BUF_INIT(2000);
    *found = false;
    *id = 0;
    ENSURE(what->mark && what->mark[0]);
    buf_printf(&body,
               "{\"MaxRecords\":500,\"IncludeFields\":[\"id\",\"%s\",\"%s\"],\"filter\":[{\"op\":\"eq\","
               "\"field\":\"%s\",\"value\":%lld},{\"op\":\"contains\",\"field\":\"%s\",\"value\":",
               what->parent, what->field, what->parent, (long long)what->parent_id, what->field);
    buf_put_json(&body, slice_of(what->mark));
    buf_puts(&body, "}]}");
    int rc = autotask_query(at, what->entity, body.data, look_at, &s, e);
    buf_release(&body);
    *found = rc == 0 && s.found;
    *id = *found ? s.id : 0;
    return rc;
}
