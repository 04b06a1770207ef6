/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_try: the rules of one setting for a value that stands in no file yet. See conf.h. */
#include "conf_rows.h"

static const struct conf_row *row_of(const char *setting)
{
    for (size_t i = 0; i < conf_n_rows; i++) {
        if (strcmp(conf_rows[i].path, setting) == 0)
            return &conf_rows[i];
    }
    return NULL;
}

static bool is_list(enum conf_type type)
{
    return type == CONF_ADDRESSES || type == CONF_DOMAINS || type == CONF_DATES;
}

/* As libconfig would hand it over. */
static config_setting_t *make_setting(config_t *file, bool list, const char *const *words, size_t n)
{
    config_setting_t *root = config_root_setting(file);
    config_setting_t *s = config_setting_add(root, "v", list ? CONFIG_TYPE_ARRAY : CONFIG_TYPE_STRING);
    for (size_t i = 0; list && i < n; i++)
        config_setting_set_string_elem(s, -1, words[i]);
    if (!list)
        config_setting_set_string(s, n ? words[0] : "");
    return s;
}

bool conf_try(const char *setting, const char *name, const char *const *words, size_t n, struct buf *why)
{
    const struct conf_row *row = row_of(setting);
    ENSURE(row);
    struct conf_reader *r = mem_alloc(sizeof(*r));
    /* each row's offset is into one of these, and the first is the largest */
    _Static_assert(sizeof(struct conf) >= sizeof(struct conf_mailbox) &&
                       sizeof(struct conf) >= sizeof(struct conf_quickbooks),
                   "room for the value");
    struct conf *base = mem_alloc(sizeof(*base));
    config_t file;
    r->name = name;
    r->pool = pool_new(1 << 20);
    config_init(&file);
    conf_value_read(r, row, name, make_setting(&file, is_list(row->type), words, n), base);
    bool good = r->n_problems == 0;
    if (!good)
        buf_puts(why, r->problems[0].text);
    config_destroy(&file);
    pool_free(&r->pool);
    free(base);
    free(r);
    return good;
}
