/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf: libconfig reads the syntax, the table (conf_table.c) decides what a key means, conf_value.c reads
 * each value, and the rules that span settings stand here. Problems are collected, sorted by line, and
 * reported together.
 */
#include "conf_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX      ((size_t)256 << 10)
#define POOL_MAX      ((size_t)16 << 20)
#define MAILBOXES_MAX 50
#define NICKNAMES_MAX 500
#define DEPTH_MAX     8
#define KEY_BYTES     256
#define NAMES_MAX     64

/* The pool that holds everything stands behind the public part. */
struct conf_box {
    struct conf conf;
    struct pool *pool;
};

void conf_problem(struct conf_reader *r, unsigned line, const char *fmt, ...)
{
    if (r->n_problems == ARRAY_LEN(r->problems))
        return;
    struct buf text = BUF_INIT(2000);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    r->problems[r->n_problems] =
        (struct conf_problem){.line = line, .order = r->n_problems, .text = pool_copy(r->pool, text.data)};
    r->n_problems++;
    buf_release(&text);
}

static int by_line(const void *a, const void *b)
{
    const struct conf_problem *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static void report(struct conf_reader *r, struct buf *out)
{
    qsort(r->problems, r->n_problems, sizeof(r->problems[0]), by_line);
    for (size_t i = 0; i < r->n_problems; i++)
        buf_printf(out, "%s:%u: %s\n", r->name, r->problems[i].line ? r->problems[i].line : 1,
                   r->problems[i].text);
    if (r->n_problems == ARRAY_LEN(r->problems))
        buf_printf(out, "%s:1: more problems than are shown here\n", r->name);
}

/* --- which keys are there ---------------------------------------------------------------------------------
 */

/* How `path` stands to a name of the table: the same, the beginning of it, or neither. */
enum relation { NOTHING, SAME, GROUP, LIST };

static enum relation relate(const char *path, const char *name)
{
    size_t len = strlen(path);
    if (strncmp(path, name, len) != 0)
        return NOTHING;
    if (!name[len])
        return SAME;
    if (name[len] == '.' || !len)
        return GROUP;
    return strncmp(name + len, "[].", 3) == 0 ? LIST : NOTHING;
}

static enum relation find_path(const char *path)
{
    for (size_t i = 0; i < conf_n_rows; i++) {
        enum relation is = relate(path, conf_rows[i].path);
        if (is != NOTHING)
            return is;
    }
    return NOTHING;
}

static const char *find_later(const char *path)
{
    for (size_t i = 0; i < conf_n_laters; i++)
        if (strcmp(path, conf_laters[i].path) == 0)
            return conf_laters[i].what;
    return NULL;
}

/* The names that may stand in the group `path` ("" is the file itself), into the pool; at most NAMES_MAX. */
static size_t names_in(struct conf_reader *r, const char *path, const char *names[NAMES_MAX + 1])
{
    size_t n = 0, len = path[0] ? strlen(path) + 1 : 0;
    for (size_t i = 0; i < conf_n_rows && n < NAMES_MAX; i++) {
        if (relate(path, conf_rows[i].path) != GROUP)
            continue;
        struct scan c = scan_of(slice_of(conf_rows[i].path + len));
        const char *name = pool_slice(r->pool, scan_until(&c, ".["));
        if (!n || strcmp(names[n - 1], name) != 0)
            names[n++] = name;
    }
    names[n] = NULL;
    return n;
}

static const char *elsewhere(const char *word)
{
    for (size_t i = 0; i < conf_n_rows; i++) {
        const char *dot = strrchr(conf_rows[i].path, '.');
        if (dot && strcmp(dot + 1, word) == 0)
            return conf_rows[i].path;
    }
    return NULL;
}

static void say_unknown(struct conf_reader *r, const config_setting_t *s, const char *group, const char *key)
{
    const char *names[NAMES_MAX + 1], *word = config_setting_name(s);
    unsigned line = config_setting_source_line(s);
    size_t n = names_in(r, group, names);
    const char *near = fold_nearest(word, names), *other = near ? NULL : elsewhere(word);
    struct buf text = BUF_INIT(1500);
    buf_printf(&text, "%s: unknown key; ", key);
    if (near || other) {
        size_t stem = strlen(key) - strlen(word);
        buf_printf(&text, "did you mean %.*s%s? ", near ? (int)stem : 0, key, near ? near : other);
    }
    buf_puts(&text, near || other ? "Allowed here: " : "allowed here: ");
    for (size_t i = 0; i < n; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", names[i]);
    conf_problem(r, line, "%s", text.data);
    buf_release(&text);
}

static void walk_group(struct conf_reader *r, const config_setting_t *group, const char *path,
                       const char *key, int depth);

static void walk_setting(struct conf_reader *r, const config_setting_t *s, const char *group,
                         const char *group_key, int depth)
{
    char path[KEY_BYTES], key[KEY_BYTES];
    const char *dot = group[0] ? "." : "";
    snprintf(path, sizeof(path), "%s%s%.100s", group, dot, config_setting_name(s));
    snprintf(key, sizeof(key), "%s%s%.100s", group_key, dot, config_setting_name(s));
    unsigned line = config_setting_source_line(s);
    const char *later = find_later(path);
    if (later) {
        conf_problem(r, line, "%s: %s is not built yet; remove the key", key, later);
        return;
    }
    switch (find_path(path)) {
    case SAME:
        return; /* its value is read later */
    case NOTHING:
        say_unknown(r, s, group, key);
        return;
    case GROUP:
        if (config_setting_type(s) == CONFIG_TYPE_GROUP)
            walk_group(r, s, path, key, depth + 1);
        else
            conf_problem(r, line, "%s: is a group of settings; allowed: %s = { … };", key, key);
        return;
    case LIST:
        break;
    }
    if (config_setting_type(s) != CONFIG_TYPE_LIST) {
        conf_problem(r, line, "%s: is a list of groups; allowed: %s = ( { … }, { … } );", key, key);
        return;
    }
    for (int i = 0; i < config_setting_length(s) && i < NICKNAMES_MAX; i++) {
        const config_setting_t *element = config_setting_get_elem(s, (unsigned)i);
        char element_path[KEY_BYTES], element_key[KEY_BYTES];
        snprintf(element_path, sizeof(element_path), "%.200s[]", path);
        snprintf(element_key, sizeof(element_key), "%.200s[%d]", key, i);
        if (config_setting_type(element) == CONFIG_TYPE_GROUP)
            walk_group(r, element, element_path, element_key, depth + 1);
        else
            conf_problem(r, config_setting_source_line(element), "%s: must be a group; allowed: { … }",
                         element_key);
    }
}

static void walk_group(struct conf_reader *r, const config_setting_t *group, const char *path,
                       const char *key, int depth)
{
    for (int i = 0; depth < DEPTH_MAX && i < config_setting_length(group); i++)
        walk_setting(r, config_setting_get_elem(group, (unsigned)i), path, key, depth);
}

/* --- reading the table ------------------------------------------------------------------------------------
 */

static const config_setting_t *member(const config_setting_t *group, const char *path)
{
    char name[KEY_BYTES];
    struct scan c = scan_of(slice_of(path));
    while (group && !scan_end(&c)) {
        struct slice part = scan_until(&c, ".");
        snprintf(name, sizeof(name), "%.*s", SLICE_ARG(part));
        scan_char(&c, '.');
        group =
            config_setting_type(group) == CONFIG_TYPE_GROUP ? config_setting_get_member(group, name) : NULL;
    }
    return group;
}

/* The line of the innermost group of `path` that is there: where a missing key belongs. */
static unsigned line_of(const config_setting_t *group, const char *path)
{
    char stem[KEY_BYTES];
    snprintf(stem, sizeof(stem), "%s", path);
    for (char *dot; (dot = strrchr(stem, '.'));) {
        *dot = '\0';
        const config_setting_t *s = member(group, stem);
        if (s)
            return config_setting_source_line(s);
    }
    return config_setting_is_root(group) ? 1 : config_setting_source_line(group);
}

static void note_place(struct conf_reader *r, const char *key, unsigned line)
{
    struct conf_place *place = pool_alloc(r->pool, sizeof(*place));
    *place = (struct conf_place){.next = r->places, .key = pool_copy(r->pool, key), .line = line};
    r->places = place;
}

static void read_scope(struct conf_reader *r, enum conf_scope scope, const config_setting_t *group,
                       const char *prefix, void *base)
{
    char key[KEY_BYTES];
    for (size_t i = 0; i < conf_n_rows; i++) {
        const struct conf_row *row = &conf_rows[i];
        if (row->scope != scope)
            continue;
        const char *path = conf_row_key(row);
        const config_setting_t *s = member(group, path);
        snprintf(key, sizeof(key), "%s%s", prefix, path);
        conf_value_preset(r, row, base);
        if (s)
            note_place(r, key, config_setting_source_line(s));
        if (s)
            conf_value_read(r, row, key, s, base);
        else if (row->required)
            conf_problem(r, line_of(group, path), "%s: is missing; allowed: %s", key,
                         conf_type_words(row->type));
    }
}

/* Reads each group of the list `path`; returns how many. */
static size_t read_elements(struct conf_reader *r, const config_setting_t *root, const char *path,
                            enum conf_scope scope, size_t size, size_t most, void **out)
{
    const config_setting_t *list = member(root, path);
    if (!list || config_setting_type(list) != CONFIG_TYPE_LIST)
        return 0;
    size_t n = (size_t)config_setting_length(list), used = 0;
    if (n > most) {
        conf_problem(r, config_setting_source_line(list), "%s: has %zu entries; allowed: at most %zu", path,
                     n, most);
        n = most;
    }
    char *elements = pool_array(r->pool, n + 1, size);
    for (size_t i = 0; i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(list, (unsigned)i);
        char prefix[KEY_BYTES];
        snprintf(prefix, sizeof(prefix), "%.200s[%zu].", path, i);
        if (config_setting_type(element) == CONFIG_TYPE_GROUP)
            read_scope(r, scope, element, prefix, elements + size * used++);
    }
    *out = elements;
    return used;
}

/* --- rules that span settings -----------------------------------------------------------------------------
 */

/* The line of the setting `path`, or of the innermost group that should hold it. */
static unsigned place(const config_setting_t *group, const char *path)
{
    const config_setting_t *s = member(group, path);
    return s ? config_setting_source_line(s) : line_of(group, path);
}

static void check_server(struct conf_reader *r, const config_setting_t *element, const char *box,
                         const char *which, struct conf_server *server)
{
    char key[64], plain[64], oauth2[64];
    snprintf(key, sizeof(key), "%s.%s", box, which);
    snprintf(plain, sizeof(plain), "%s.insecure_plain", which);
    snprintf(oauth2, sizeof(oauth2), "%s.oauth2", which);
    struct conf_server_place at = {key,
                                   place(element, which),
                                   place(element, plain),
                                   place(element, oauth2),
                                   member(element, oauth2) != NULL,
                                   strcmp(which, "imap") == 0};
    conf_check_server(r, &at, server);
}

static bool is_here(const char *url)
{
    const char *host = url ? strstr(url, "://") : NULL;
    if (!host)
        return false;
    char name[256];
    struct scan c = scan_of(slice_of(host + strlen("://")));
    bool bracket = scan_char(&c, '[');
    struct slice part = scan_until(&c, bracket ? "]" : ":/");
    snprintf(name, sizeof(name), "%.*s", SLICE_ARG(part));
    return conf_is_loopback(name);
}

/* Both systems that a mail is acted on with: without api_url the books are Intuit's own. */
static bool systems_are_here(const struct conf *conf)
{
    return is_here(conf->autotask.zone_url) && (!conf->quickbooks || is_here(conf->quickbooks->api_url));
}

static void check_trust(struct conf_reader *r, unsigned line, const char *key, const struct conf *conf,
                        const struct conf_mailbox *box)
{
    if (box->trust != CONF_TRUST_NONE || !box->imap.host || !box->smtp.host)
        return; /* what is missing has been said */
    if (conf->staff.accept_forged_senders ||
        (conf_is_loopback(box->imap.host) && conf_is_loopback(box->smtp.host) && systems_are_here(conf)))
        return;
    conf_problem(
        r, line,
        "%s.trust: \"none\" believes every sender, and not all servers are on this machine; allowed: "
        "\"server:NAME\", or staff.accept_forged_senders = true",
        key);
}

static bool same(const char *a, const char *b)
{
    return a && b && slice_eq_nocase(slice_of(a), slice_of(b));
}

static void check_mailboxes(struct conf_reader *r, const config_setting_t *root, struct conf *conf)
{
    const config_setting_t *list = member(root, "mailboxes");
    if (!conf->n_mailboxes)
        conf_problem(
            r, list ? config_setting_source_line(list) : 1,
            "mailboxes: there is none; allowed: at least one, mailboxes = ( { name = \"desk\"; … } );");
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        struct conf_mailbox *box = &conf->mailboxes[i];
        const config_setting_t *element = config_setting_get_elem(list, (unsigned)i);
        char key[32];
        snprintf(key, sizeof(key), "mailboxes[%zu]", i);
        check_server(r, element, key, "imap", &box->imap);
        check_server(r, element, key, "smtp", &box->smtp);
        conf_check_login(r, place(element, "oauth2"), key, box);
        if (member(element, "trust"))
            check_trust(r, place(element, "trust"), key, conf, box);
        const char *folders[] = {box->inbox, box->done, box->refused, box->parked};
        for (size_t k = 1; k < ARRAY_LEN(folders); k++)
            if (same(folders[0], folders[k]))
                conf_problem(r, place(element, "folders"),
                             "%s.folders: \"%s\" is also the inbox; allowed: another folder", key,
                             folders[k]);
        for (size_t k = 0; k < i; k++) {
            if (same(box->name, conf->mailboxes[k].name))
                conf_problem(r, place(element, "name"),
                             "%s.name: \"%s\" is taken by mailboxes[%zu]; allowed: a unique name", key,
                             box->name, k);
            if (same(box->address, conf->mailboxes[k].address))
                conf_problem(r, place(element, "address"),
                             "%s.address: \"%s\" is taken by mailboxes[%zu]; allowed: a unique address", key,
                             box->address, k);
        }
    }
}

static void check_ticket(struct conf_reader *r, const config_setting_t *root, const struct conf *conf)
{
    if (conf->ticket.todo && conf->ticket.todo_action && !conf->ticket.todo_action[0])
        conf_problem(
            r, place(root, "ticket.todo"),
            "ticket.todo_action: is missing, and ticket.todo is true; allowed: the label of an action type "
            "as Autotask shows it");
}

/* --- the door ---------------------------------------------------------------------------------------------
 */

/* libconfig 1.5 cannot turn @include off, and it must not read files that nobody checked. */
static void refuse_include(struct conf_reader *r, const char *text)
{
    struct scan c = scan_of(slice_of(text));
    for (unsigned line = 1; !scan_end(&c); line++)
        if (slice_starts(slice_trim(scan_line(&c)), SLICE("@include")))
            conf_problem(r, line, "@include: is not supported; allowed: one file");
}

static void skip_text(struct scan *c)
{
    for (int byte; (byte = scan_next(c)) >= 0 && byte != '"';)
        if (byte == '\\')
            scan_next(c);
}

static void skip_comment(struct scan *c)
{
    if (!scan_char(c, '*')) {
        scan_until(c, "\n");
        return;
    }
    while (!scan_end(c) && !slice_starts(scan_rest(c), SLICE("*/")))
        scan_next(c);
}

/* libconfig 1.5 cuts a number to its low 32 bits without a word: 4294967300 would be 4. */
static bool is_cut(struct slice word)
{
    uint64_t n;
    if (slice_starts_nocase(word, SLICE("0x")))
        return word.len > strlen("0x7fffffff");
    struct scan c = scan_of(word);
    struct slice digits = scan_while(&c, "0123456789");
    return scan_end(&c) && digits.len && !slice_to_u64(digits, 0, INT32_MAX, &n);
}

static void refuse_cut_numbers(struct conf_reader *r, const char *text)
{
    struct scan c = scan_of(slice_of(text));
    const char *counted = text;
    unsigned line = 1;
    while (!scan_end(&c)) {
        const char *before = c.p;
        struct slice word =
            scan_while(&c, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.");
        if (word.len && is_cut(word)) {
            for (; counted < before; counted++)
                line += *counted == '\n';
            struct slice shown = slice_cut(word, 40);
            conf_problem(r, line, "%.*s: the number is too large; allowed: at most %d", SLICE_ARG(shown),
                         INT32_MAX);
        } else if (!word.len && scan_char(&c, '"')) {
            skip_text(&c);
        } else if (!word.len) {
            int byte = scan_next(&c);
            if (byte == '#' || (byte == '/' && (scan_peek(&c) == '/' || scan_peek(&c) == '*')))
                skip_comment(&c);
        }
    }
}

static void read_all(struct conf_reader *r, const config_setting_t *root, struct conf *conf)
{
    walk_group(r, root, "", "", 0);
    read_scope(r, CONF_TOP, root, "", conf);
    if (member(root, "quickbooks")) {
        conf->quickbooks = pool_alloc(r->pool, sizeof(*conf->quickbooks));
        read_scope(r, CONF_QUICKBOOKS, root, "", conf->quickbooks);
    }
    conf->n_mailboxes = read_elements(r, root, "mailboxes", CONF_MAILBOX, sizeof(struct conf_mailbox),
                                      MAILBOXES_MAX, (void **)&conf->mailboxes);
    conf->staff.n_nicknames =
        read_elements(r, root, "staff.nicknames", CONF_NICKNAME, sizeof(struct conf_nickname), NICKNAMES_MAX,
                      (void **)&conf->staff.nicknames);
    check_mailboxes(r, root, conf);
    check_ticket(r, root, conf);
    const struct conf_server_place second = {.key = "alerts.smtp",
                                             .line = place(root, "alerts.smtp"),
                                             .plain_line = place(root, "alerts.smtp.insecure_plain")};
    conf_check_alerts(r, &second, conf);
    const struct conf_watch_lines at = {place(root, "watch"), place(root, "watch_to"),
                                        place(root, "watch_from")};
    conf_check_watch(r, &at, conf);
}

int conf_parse(const char *text, const char *name, struct conf **out, struct buf *problems)
{
    struct conf_box *box = calloc(1, sizeof(*box));
    if (!box)
        abort();
    box->pool = pool_new(POOL_MAX);
    box->conf.path = pool_copy(box->pool, name);
    struct conf_reader r = {.name = name, .pool = box->pool};
    config_t file;
    config_init(&file);
    refuse_include(&r, text);
    refuse_cut_numbers(&r, text);
    if (!r.n_problems) {
        if (config_read_string(&file, text) == CONFIG_TRUE)
            read_all(&r, config_root_setting(&file), &box->conf);
        else
            conf_problem(&r, (unsigned)config_error_line(&file), "%s; allowed: key = value;",
                         config_error_text(&file));
    }
    config_destroy(&file);
    box->conf.places = r.places;
    *out = &box->conf;
    if (!r.n_problems)
        return 0;
    report(&r, problems);
    conf_free(out);
    return -1;
}

static char *slurp(const char *path, size_t *len, struct buf *problems)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    struct buf text = BUF_INIT(FILE_MAX);
    if (fd < 0 || fstat(fd, &st) != 0) {
        buf_printf(problems, "%s:1: cannot be opened: %s\n", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        buf_printf(problems, "%s:1: is no ordinary file\n", path);
    } else {
        char block[8192];
        ssize_t n;
        while ((n = read(fd, block, sizeof(block))) > 0)
            buf_put(&text, block, (size_t)n);
        if (n < 0)
            buf_printf(problems, "%s:1: cannot be read: %s\n", path, strerror(errno));
        else if (text.overflow)
            buf_printf(problems, "%s:1: is larger than %zu KB\n", path, FILE_MAX >> 10);
        else if (memchr(text.data, '\0', text.len))
            buf_printf(problems, "%s:1: holds a NUL byte\n", path);
        else
            goto good;
    }
    if (fd >= 0)
        close(fd);
    buf_release(&text);
    return NULL;
good:
    close(fd);
    *len = text.len;
    return buf_detach(&text);
}

int conf_load(const char *path, struct conf **out, struct buf *problems)
{
    *out = NULL;
    size_t len;
    char *text = slurp(path, &len, problems);
    if (!text)
        return -1;
    int rc = conf_parse(text, path, out, problems);
    free(text);
    return rc;
}

void conf_free(struct conf **conf)
{
    if (!*conf)
        return;
    struct conf_box *box = (struct conf_box *)*conf; /* the public part is its first member */
    pool_free(&box->pool);
    free(box);
    *conf = NULL;
}

unsigned conf_line(const struct conf *conf, const char *key)
{
    for (const struct conf_place *p = conf->places; p; p = p->next) {
        if (strcmp(p->key, key) == 0)
            return p->line;
    }
    return 1;
}

const struct conf_mailbox *conf_mailbox_by_name(const struct conf *conf, const char *name)
{
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const char *its = conf->mailboxes[i].name; /* NULL: what is wrong with it is told elsewhere */
        if (its && strcmp(its, name) == 0)
            return &conf->mailboxes[i];
    }
    return NULL;
}

bool conf_is_loopback(const char *host)
{
    uint64_t n;
    struct scan c = scan_of(slice_of(host));
    if (slice_eq_nocase(scan_rest(&c), SLICE("localhost")) || slice_eq(scan_rest(&c), SLICE("::1")))
        return true;
    /* four decimal numbers, so that 127.example.com does not pass */
    for (int i = 0; i < 4; i++) {
        if (!slice_to_u64(scan_until(&c, "."), i ? 0 : 127, i ? 255 : 127, &n) ||
            scan_char(&c, '.') != (i < 3))
            return false;
    }
    return scan_end(&c);
}
