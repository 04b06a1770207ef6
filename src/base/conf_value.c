/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_value: one reader a type of setting. Each says what is wrong; the caller adds what is allowed. */
#include "conf_value.h"
#include "frontdesk/due.h"

#include <idn2.h>

bool conf_wrong(struct value *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(v->why, sizeof(v->why), fmt, ap);
    va_end(ap);
    return false;
}

static bool keep(struct value *v, const char *text)
{
    *(char **)v->to = pool_copy(v->reader->pool, text);
    return true;
}

bool conf_read_text(struct value *v)
{
    if (!v->text)
        return conf_wrong(v, "must be a text in quotes");
    size_t len = strlen(v->text);
    if (len < v->row->min)
        return conf_wrong(v, "is empty");
    if (len > v->row->max)
        return conf_wrong(v, "is longer than %llu bytes", (unsigned long long)v->row->max);
    if (len && slice_trim(slice_of(v->text)).len != len)
        return conf_wrong(v, "begins or ends with a blank");
    return keep(v, v->text);
}

bool conf_only(const char *text, const char *set)
{
    return text[0] && strspn(text, set) == strlen(text);
}

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool read_name(struct value *v)
{
    return conf_read_text(v) &&
           (conf_only(v->text, LOWER UPPER DIGITS "-") || conf_wrong(v, "\"%s\" is no short name", v->text));
}

static bool read_path(struct value *v)
{
    return conf_read_text(v) && (v->text[0] == '/' || conf_wrong(v, "\"%s\" is no absolute path", v->text));
}

static bool read_secret_file(struct value *v)
{
    if (!conf_read_text(v))
        return false;
    if (!slice_starts(slice_of(v->text), SLICE("cred:")))
        return v->text[0] == '/' || conf_wrong(v, "\"%.200s\" is no path of a file", v->text);
    const char *name = v->text + strlen("cred:");
    return (conf_only(name, LOWER UPPER DIGITS "-_.") && name[0] != '.') ||
           conf_wrong(v, "\"%.200s\" is no name of a credential", v->text);
}

/* Lower-case A-labels into `out`; at least two labels unless `one_label`. */
bool conf_to_domain(struct slice text, char out[256], bool one_label)
{
    char name[256], *ascii = NULL;
    if (!text.len || text.len >= sizeof(name))
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = '\0';
    if (idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
        return false;
    size_t len = strlen(ascii);
    bool ok = len > 0 && len < 254;
    for (size_t i = 0; ok && i < len; i++)
        out[i] = (char)(ascii[i] >= 'A' && ascii[i] <= 'Z' ? ascii[i] + 32 : ascii[i]);
    if (ok)
        out[len] = '\0';
    idn2_free(ascii);
    if (!ok || !conf_only(out, LOWER DIGITS "-.") || out[0] == '.' || out[0] == '-' || out[len - 1] == '.' ||
        strstr(out, "..") || strstr(out, ".-") || strstr(out, "-."))
        return false;
    return one_label || strchr(out, '.');
}

/* The address with its domain in lower case, in the pool; NULL if it is none. */
static char *to_address(struct conf_reader *r, const char *text)
{
    const char *at = strrchr(text, '@');
    char domain[256];
    size_t local = at ? (size_t)(at - text) : 0;
    if (!at || local < 1 || local > 64 || text[0] == '.' || at[-1] == '.' ||
        strspn(text, LOWER UPPER DIGITS ".!#$%&'*+-/=?^_`{|}~") != local)
        return NULL;
    if (!conf_to_domain(slice_of(at + 1), domain, true))
        return NULL;
    return pool_printf(r->pool, "%.*s@%s", (int)local, text, domain);
}

static bool read_address(struct value *v)
{
    if (!conf_read_text(v))
        return false;
    char *address = to_address(v->reader, v->text);
    if (!address)
        return conf_wrong(v, "\"%s\" is no e-mail address", v->text);
    *(char **)v->to = address;
    return true;
}

static bool read_due(struct value *v)
{
    struct due due;
    struct err e = ERR_INIT;
    return conf_read_text(v) &&
           (due_parse(v->text, &due, &e) == 0 || conf_wrong(v, "\"%s\" is no due rule", v->text));
}

static bool read_zone(struct value *v)
{
    struct tm tm;
    /* the set keeps paths and the POSIX rules that GLib also takes out of the name */
    return conf_read_text(v) && ((conf_only(v->text, LOWER UPPER DIGITS "/_-+") && v->text[0] != '/' &&
                                  clock_local(0, v->text, &tm)) ||
                                 conf_wrong(v, "there is no time zone \"%s\"", v->text));
}

/* --- lists ------------------------------------------------------------------------------------------------
 */

static char *entry_domain(struct conf_reader *r, const char *text)
{
    char domain[256];
    return conf_to_domain(slice_of(text), domain, false) ? pool_copy(r->pool, domain) : NULL;
}

static char *entry_date(struct conf_reader *r, const char *text)
{
    static const uint64_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct slice s = slice_of(text);
    uint64_t year = 2024, month, day; /* a leap year: 02-29 is a day of some years */
    if (s.len == strlen("2026-12-25")) {
        if (s.ptr[4] != '-' || !slice_to_u64(slice_cut(s, 4), 2000, 2199, &year))
            return NULL;
        s = slice_skip(s, 5);
    }
    if (s.len != strlen("12-25") || s.ptr[2] != '-' || !slice_to_u64(slice_cut(s, 2), 1, 12, &month) ||
        !slice_to_u64(slice_skip(s, 3), 1, days[month - 1], &day))
        return NULL;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && day == 29 && !leap ? NULL : pool_copy(r->pool, text);
}

static bool is_list(struct value *v)
{
    int type = config_setting_type(v->s);
    if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST)
        return conf_wrong(v, "must be a list in brackets");
    uint64_t n = (uint64_t)config_setting_length(v->s);
    if (n < v->row->min)
        return conf_wrong(v, "is empty");
    if (n > v->row->max)
        return conf_wrong(v, "has %llu entries, at most %llu are allowed", (unsigned long long)n,
                          (unsigned long long)v->row->max);
    return true;
}

static bool clean(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    return true;
}

static bool read_list(struct value *v, char *(*entry)(struct conf_reader *r, const char *text))
{
    struct conf_strings *list = v->to;
    if (!v->s) /* no list has a preset */
        return true;
    if (!is_list(v))
        return false;
    unsigned n = (unsigned)config_setting_length(v->s);
    list->v = pool_array(v->reader->pool, n + 1, sizeof(char *));
    for (unsigned i = 0; i < n; i++) {
        const char *text = config_setting_get_string(config_setting_get_elem(v->s, i));
        if (!text)
            return conf_wrong(v, "entry %u is no text in quotes", i + 1);
        char *made = clean(text) ? entry(v->reader, text) : NULL;
        if (!made)
            return conf_wrong(v, "entry %u \"%.100s\" is wrong", i + 1,
                              clean(text) ? text : "(control character)");
        list->v[list->n++] = made;
    }
    return true;
}

static char *entry_argument(struct conf_reader *r, const char *text)
{
    return strlen(text) <= 1000 ? pool_copy(r->pool, text) : NULL;
}

static bool read_command(struct value *v)
{
    const struct conf_strings *list = v->to;
    return read_list(v, entry_argument) &&
           (!list->n || list->v[0][0] == '/' || conf_wrong(v, "\"%.100s\" is no absolute path", list->v[0]));
}

static bool add_weekday(struct value *v, const char *word, unsigned *bits)
{
    static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    for (unsigned i = 0; i < ARRAY_LEN(days); i++)
        if (slice_eq_nocase(slice_of(word), slice_of(days[i]))) {
            *bits |= 1U << i;
            return true;
        }
    return conf_wrong(v, "\"%.50s\" is no day", word && clean(word) ? word : "(no text)");
}

static bool read_weekdays(struct value *v)
{
    unsigned bits = 0;
    if (v->s && !is_list(v))
        return false;
    for (int i = 0; v->s && i < config_setting_length(v->s); i++) {
        const char *word = config_setting_get_string(config_setting_get_elem(v->s, (unsigned)i));
        if (!add_weekday(v, word, &bits))
            return false;
    }
    struct scan c = scan_of(slice_of(v->s ? "" : v->text));
    while (!scan_end(&c)) {
        if (!add_weekday(v, pool_slice(v->reader->pool, scan_until(&c, " ")), &bits))
            return false;
        scan_char(&c, ' ');
    }
    *(unsigned *)v->to = bits;
    return true;
}

/* --- numbers ----------------------------------------------------------------------------------------------
 */

static bool get_number(struct value *v, uint64_t *out)
{
    if (!v->s)
        return slice_to_u64(slice_of(v->text), 0, UINT64_MAX, out) || conf_wrong(v, "is no number");
    int type = config_setting_type(v->s);
    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
        return conf_wrong(v, "must be a whole number without quotes");
    long long n = config_setting_get_int64(v->s);
    if (type == CONFIG_TYPE_INT)
        n = config_setting_get_int(v->s);
    if (n < 0)
        return conf_wrong(v, "%lld is out of range", n);
    *out = (uint64_t)n;
    return true;
}

static bool in_range(struct value *v, uint64_t n)
{
    return (n >= v->row->min && n <= v->row->max) ||
           conf_wrong(v, "%llu is out of range", (unsigned long long)n);
}

static bool read_number(struct value *v)
{
    uint64_t n = 0;
    if (!get_number(v, &n) || !in_range(v, n))
        return false;
    *(unsigned *)v->to = (unsigned)n;
    return true;
}

static bool read_size(struct value *v)
{
    static const struct {
        const char *unit;
        unsigned shift;
    } units[] = {{"B", 0}, {"KB", 10}, {"MB", 20}, {"GB", 30}};
    uint64_t n = 0;
    if (v->text) {
        struct scan c = scan_of(slice_of(v->text));
        bool ok = slice_to_u64(scan_while(&c, DIGITS), 0, UINT32_MAX, &n);
        struct slice unit = slice_trim(scan_rest(&c));
        size_t i = 0;
        while (i < ARRAY_LEN(units) && !slice_eq_nocase(unit, slice_of(units[i].unit)))
            i++;
        if (!ok || i == ARRAY_LEN(units))
            return conf_wrong(v, "\"%.50s\" is no size", v->text);
        n <<= units[i].shift;
    } else if (!get_number(v, &n)) {
        return false;
    }
    if (!in_range(v, n))
        return false;
    *(uint64_t *)v->to = n;
    return true;
}

static bool read_bool(struct value *v)
{
    if (v->s && config_setting_type(v->s) != CONFIG_TYPE_BOOL)
        return conf_wrong(v, "must be true or false without quotes");
    *(bool *)v->to = v->s && config_setting_get_bool(v->s);
    return true;
}

static bool read_hours(struct value *v)
{
    uint64_t h1, m1, h2, m2;
    struct slice s = slice_of(v->text);
    if (s.len != strlen("08:00-17:00") || s.ptr[2] != ':' || s.ptr[5] != '-' || s.ptr[8] != ':' ||
        !slice_to_u64(slice_cut(s, 2), 0, 23, &h1) ||
        !slice_to_u64(slice_cut(slice_skip(s, 3), 2), 0, 59, &m1) ||
        !slice_to_u64(slice_cut(slice_skip(s, 6), 2), 0, 23, &h2) ||
        !slice_to_u64(slice_skip(s, 9), 0, 59, &m2))
        return conf_wrong(v, "is no pair of times");
    int *minutes = v->to; /* day_start_min and day_end_min stand together */
    minutes[0] = (int)(h1 * 60 + m1);
    minutes[1] = (int)(h2 * 60 + m2);
    return minutes[0] < minutes[1] || conf_wrong(v, "closes before it opens");
}

static bool read_digits(struct value *v)
{
    return conf_read_text(v) &&
           (conf_only(v->text, DIGITS) || conf_wrong(v, "\"%.60s\" is no number", v->text));
}

static bool read_environment(struct value *v)
{
    if (!v->text)
        return conf_wrong(v, "must be a text in quotes");
    bool sandbox = slice_eq_nocase(slice_of(v->text), SLICE("sandbox"));
    *(bool *)v->to = sandbox;
    return sandbox || slice_eq_nocase(slice_of(v->text), SLICE("production")) ||
           conf_wrong(v, "\"%.60s\" is no environment", v->text);
}

/* --- one of some words --- */

static bool choose(struct value *v, const char *word, unsigned *out)
{
    if (!word)
        return conf_wrong(v, "must be a text in quotes");
    return conf_choice(v->row->type, word, out) ||
           conf_wrong(v, "\"%.60s\" is none of the words", clean(word) ? word : "(control character)");
}

static bool read_integration(struct value *v)
{
    unsigned value = 0;
    bool ok = !v->s || choose(v, v->text, &value); /* absent: not said */
    *(enum conf_integration *)v->to = (enum conf_integration)value;
    return ok;
}

static bool read_oauth2(struct value *v)
{
    unsigned value = 0;
    bool ok = choose(v, v->text, &value);
    *(enum conf_oauth2 *)v->to = (enum conf_oauth2)value;
    return ok;
}

static bool read_day(struct value *v)
{
    if (!v->text || strlen(v->text) != strlen("2027-05-31") || !entry_date(v->reader, v->text))
        return conf_wrong(v, "is no date");
    return keep(v, v->text);
}

static bool read_either(struct value *v)
{
    unsigned value = 0;
    bool ok = choose(v, v->text, &value);
    *(bool *)v->to = value;
    return ok;
}

static bool read_choices(struct value *v)
{
    unsigned bits = 0, bit = 0;
    if (v->s && !is_list(v))
        return false;
    for (int i = 0; v->s && i < config_setting_length(v->s); i++) {
        if (!choose(v, config_setting_get_string(config_setting_get_elem(v->s, (unsigned)i)), &bit))
            return false;
        bits |= bit;
    }
    *(unsigned *)v->to = bits;
    return true;
}

static bool dispatch(struct value *v)
{
    switch (v->row->type) {
    case CONF_TEXT:
    case CONF_WATCH:
        return conf_read_text(v);
    case CONF_NAME:
        return read_name(v);
    case CONF_PATH:
        return read_path(v);
    case CONF_SECRET_FILE:
        return read_secret_file(v);
    case CONF_ADDRESS:
        return read_address(v);
    case CONF_DUE:
        return read_due(v);
    case CONF_ZONE:
        return read_zone(v);
    case CONF_API_URL:
        return conf_read_api_url(v);
    case CONF_ADDRESSES:
        return read_list(v, to_address);
    case CONF_COMMAND:
        return read_command(v);
    case CONF_DOMAINS:
        return read_list(v, entry_domain);
    case CONF_DATES:
        return read_list(v, entry_date);
    case CONF_NUMBER:
        return read_number(v);
    case CONF_SIZE:
        return read_size(v);
    case CONF_BOOL:
        return read_bool(v);
    case CONF_WEEKDAYS:
        return read_weekdays(v);
    case CONF_HOURS:
        return read_hours(v);
    case CONF_IMAP_URL:
        return conf_read_server(v, true);
    case CONF_SMTP_URL:
        return conf_read_server(v, false);
    case CONF_LISTEN:
        return conf_read_listen(v);
    case CONF_TRUST_PROFILE:
        return conf_read_trust(v);
    case CONF_DIGITS:
        return read_digits(v);
    case CONF_ENVIRONMENT:
        return read_environment(v);
    case CONF_INTEGRATION:
        return read_integration(v);
    case CONF_OAUTH2:
        return read_oauth2(v);
    case CONF_DAY:
        return read_day(v);
    case CONF_MATCH_BY:
    case CONF_NUMBERS_BY:
        return read_either(v);
    case CONF_MATCH_ALSO:
        return read_choices(v);
    }
    return false;
}

void conf_value_read(struct conf_reader *r, const struct conf_row *row, const char *key,
                     const config_setting_t *s, void *base)
{
    struct value v = {.reader = r, .row = row, .s = s, .to = (char *)base + row->offset};
    unsigned line = config_setting_source_line(s);
    v.text = config_setting_get_string(s);
    if (v.text && !clean(v.text))
        conf_wrong(&v, "holds a control character");
    else if (dispatch(&v))
        return;
    struct buf limits = BUF_INIT(100);
    if (row->type == CONF_NUMBER)
        buf_printf(&limits, " from %llu to %llu", (unsigned long long)row->min, (unsigned long long)row->max);
    else if (row->type == CONF_SIZE)
        buf_printf(&limits, ", from %llu KB to %llu MB", (unsigned long long)(row->min >> 10),
                   (unsigned long long)(row->max >> 20));
    conf_problem(r, line, "%s: %s; allowed: %s%s", key, v.why, conf_type_words(row->type), limits.data);
    buf_release(&limits);
}

void conf_value_preset(struct conf_reader *r, const struct conf_row *row, void *base)
{
    struct value v = {.reader = r, .row = row, .text = row->preset, .to = (char *)base + row->offset};
    if (row->preset && !dispatch(&v))
        conf_problem(r, 0, "%s: the preset %s is wrong: %s", row->path, row->preset, v.why);
}
