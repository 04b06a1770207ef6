/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store: the world: its file, the rows of each entity, and the lock around all of it.
 *
 * A world file is an object: api {user, secret, code, resource}, picklists {entity: {field: [values]}},
 * entities {entity: [rows]}, and if wanted settings, userDefinedFields, quickbooks (books_store.c), state
 * (where a saved world left off).
 */
#include "books.h"
#include "mailtokens.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

enum { FIRST_ID = 50000, FILE_MAX = 64 << 20 };

struct world world;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ends;
static bool ending;

/* --- the lock --- */

void world_lock(void)
{
    pthread_mutex_lock(&lock);
}

void world_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static void init_ends(void)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&ends, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void world_sleep(int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (ms > 0 && !ending && pthread_cond_timedwait(&ends, &lock, &until) == 0) {
    }
}

void world_wake_all(void)
{
    world_lock();
    ending = true;
    pthread_cond_broadcast(&ends);
    world_unlock();
}

/* --- rows --- */

int64_t row_int(const cJSON *row, const char *name, int64_t absent)
{
    const cJSON *v = cJSON_GetObjectItem(row, name);
    bool fits = cJSON_IsNumber(v) && v->valuedouble > -9e15 && v->valuedouble < 9e15;
    return fits ? (int64_t)v->valuedouble : absent;
}

const char *row_text(const cJSON *row, const char *name)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItem(row, name));
    return s ? s : "";
}

bool row_true(const cJSON *row, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItem(row, name));
}

void row_set(cJSON *row, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObject(row, name);
    cJSON_AddItemToObject(row, name, value);
}

void row_set_int(cJSON *row, const char *name, int64_t value)
{
    row_set(row, name, cJSON_CreateNumber((double)value));
}

void row_set_now(cJSON *row, const char *name)
{
    char now[32];
    clock_format_utc(clock_now_ms(), now);
    row_set(row, name, cJSON_CreateString(now));
}

bool row_visible(const struct entity *e, const cJSON *row)
{
    const cJSON *hidden = cJSON_GetObjectItem(setting("hidden"), e->kind->name), *id;
    if (row_int(row, "_visible_ms", 0) > clock_mono_ms() || cJSON_IsTrue(hidden))
        return false;
    if (e->kind->can & ACTIVE_ROWS_ONLY && cJSON_IsFalse(cJSON_GetObjectItem(row, "isActive")))
        return false;
    cJSON_ArrayForEach(id, hidden)
    {
        if (id->valuedouble == (double)row_int(row, "id", -1))
            return false;
    }
    return true;
}

static bool wanted(const cJSON *fields, const char *name)
{
    const cJSON *f;
    cJSON_ArrayForEach(f, fields)
    {
        if (cJSON_IsString(f) && strcasecmp(f->valuestring, name) == 0)
            return true;
    }
    return !fields;
}

/* Times leave with a fraction, as the real ones do. */
static cJSON *cell_shown(const struct field *f, const cJSON *v)
{
    char text[40];
    size_t n = cJSON_IsString(v) ? strlen(v->valuestring) : 0;
    if ((f->type != T_TIME && f->type != T_DAY) || n != 20)
        return cJSON_Duplicate(v, true);
    snprintf(text, sizeof(text), "%.19s.000Z", v->valuestring);
    return cJSON_CreateString(text);
}

cJSON *row_shown(const struct kind *k, const cJSON *row, const cJSON *fields, bool by_id)
{
    cJSON *copy = cJSON_CreateObject();
    bool costs = setting_true("costs");
    for (size_t i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        const cJSON *v = cJSON_GetObjectItem(row, f->name);
        if (!wanted(fields, f->name) || (f->flags & NOT_LISTED && !by_id))
            continue;
        bool empty = !v || (f->flags & COST && !costs);
        cJSON_AddItemToObject(copy, f->name, empty ? cJSON_CreateNull() : cell_shown(f, v));
    }
    if (k->can & USER_FIELDS && wanted(fields, "userDefinedFields")) {
        const cJSON *own = cJSON_GetObjectItem(row, "userDefinedFields");
        cJSON_AddItemToObject(copy, "userDefinedFields",
                              own ? cJSON_Duplicate(own, true) : cJSON_CreateArray());
    }
    return copy;
}

/* --- entities --- */

struct entity *world_entity(struct slice name)
{
    for (size_t i = 0; i < n_kinds; i++) {
        if (slice_eq_nocase(slice_of(kinds[i].name), name))
            return &world.entities[i];
    }
    return NULL;
}

struct entity *world_singular(const char *singular)
{
    for (size_t i = 0; i < n_kinds; i++) {
        if (strcmp(kinds[i].singular, singular) == 0)
            return &world.entities[i];
    }
    return NULL;
}

struct entity *world_child(struct slice parent, struct slice child)
{
    for (size_t i = 0; i < n_kinds; i++) {
        if (kinds[i].parent && slice_eq_nocase(slice_of(kinds[i].parent), parent) &&
            slice_eq_nocase(slice_of(kinds[i].child), child))
            return &world.entities[i];
    }
    return NULL;
}

/* New rows are appended with growing ids: search from the end. */
cJSON *entity_row(const struct entity *e, int64_t id)
{
    cJSON *last = e->rows->child ? e->rows->child->prev : NULL;
    for (cJSON *row = last; row; row = row == e->rows->child ? NULL : row->prev) {
        if (row_int(row, "id", -1) == id)
            return row;
    }
    return NULL;
}

cJSON *world_row(const char *entity, int64_t id)
{
    const struct entity *e = world_entity(slice_of(entity));
    ENSURE(e);
    return entity_row(e, id);
}

int64_t entity_add(struct entity *e, cJSON *row)
{
    int64_t id = e->next_id++;
    row_set_int(row, "id", id);
    cJSON_AddItemToArray(e->rows, row);
    return id;
}

/* By hand: cJSON_InsertItemInArray of Debian 12 (1.7.15-1+deb12u4) puts a row before the first one only, and
 * drops any other. As everywhere in cJSON, `prev` of the first is the last. */
static void insert_before(cJSON *rows, cJSON *other, cJSON *row)
{
    row->next = other;
    row->prev = other->prev;
    if (other == rows->child)
        rows->child = row;
    else
        other->prev->next = row;
    other->prev = row;
}

void entity_put(struct entity *e, cJSON *row)
{
    int64_t id = row_int(row, "id", 0);
    cJSON *other = e->rows->child ? e->rows->child->prev : NULL;
    if (id >= e->next_id)
        e->next_id = id + 1;
    if (!other || row_int(other, "id", 0) < id) {
        cJSON_AddItemToArray(e->rows, row);
        return;
    }
    cJSON_ArrayForEach(other, e->rows)
    {
        if (row_int(other, "id", 0) == id) {
            cJSON_ReplaceItemViaPointer(e->rows, other, row);
            return;
        }
        if (row_int(other, "id", 0) > id)
            break;
    }
    ENSURE(other); /* the last one is behind it */
    insert_before(e->rows, other, row);
}

/* --- the file --- */

/* Times are kept in one form, so that rows of the file compare with rows that were made. */
static int check_row(const struct kind *k, cJSON *row, struct err *e)
{
    char text[32];
    int64_t ms;
    if (!cJSON_IsObject(row) || row_int(row, "id", -1) < 0)
        return err_set(e, ERR_CONFIG, "%s: each row is an object with an id", k->name);
    for (cJSON *m = row->child; m; m = m->next) {
        const struct field *f = kind_field(k, m->string);
        if (!f && m->string[0] != '_' && strcasecmp(m->string, "userDefinedFields") != 0)
            return err_set(e, ERR_CONFIG, "%s %lld: there is no field %s", k->name,
                           (long long)row_int(row, "id", 0), m->string);
        if (!f || (f->type != T_TIME && f->type != T_DAY) || !cJSON_IsString(m))
            continue;
        if (!time_read(m->valuestring, &ms))
            return err_set(e, ERR_CONFIG, "%s %lld: %s is no time", k->name, (long long)row_int(row, "id", 0),
                           m->string);
        clock_format_utc(ms, text);
        cJSON_SetValuestring(m, text);
    }
    return 0;
}

static int check_entities(const cJSON *all, struct err *e)
{
    for (const cJSON *list = all->child; list; list = list->next) {
        const struct entity *x = world_entity(slice_of(list->string));
        cJSON *row;
        if (!x)
            return err_set(e, ERR_CONFIG, "no entity is called %s", list->string);
        const struct kind *k = &kinds[x - world.entities];
        cJSON_ArrayForEach(row, list)
        {
            if (check_row(k, row, e) != 0)
                return -1;
        }
    }
    return 0;
}

static int check_world(const cJSON *source, struct err *e)
{
    static const char *const needed[] = {"api", "entities", "picklists"};
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (!cJSON_IsObject(cJSON_GetObjectItem(source, needed[i])))
            return err_set(e, ERR_CONFIG, "\"%s\": an object is needed", needed[i]);
    }
    const cJSON *settings = cJSON_GetObjectItem(source, "settings");
    const char *wrong = settings ? settings_change(settings) : NULL;
    if (wrong)
        return err_set(e, ERR_CONFIG, "settings: %s", wrong);
    if (books_check(cJSON_GetObjectItem(source, "quickbooks"), e) != 0)
        return -1;
    return check_entities(cJSON_GetObjectItem(source, "entities"), e);
}

static int read_file(const char *path, struct buf *text, struct err *e)
{
    char chunk[8192];
    FILE *f = fopen(path, "re");
    if (!f)
        return err_set_errno(e, errno, "cannot open the world file %s", path);
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
        buf_put(text, chunk, n);
    fclose(f);
    return text->overflow ? err_set(e, ERR_CONFIG, "%s is larger than %d MB", path, FILE_MAX >> 20) : 0;
}

int world_load(const char *path, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct buf text = BUF_INIT(FILE_MAX);
    pthread_once(&once, init_ends);
    int rc = read_file(path, &text, e);
    if (rc == 0) {
        world.source = cJSON_ParseWithLength(text.data, text.len);
        const char *at = cJSON_GetErrorPtr();
        unsigned line = 1;
        for (const char *p = text.data; !world.source && at && p < at && *p; p++)
            line += *p == '\n';
        if (!world.source)
            rc = err_set(e, ERR_CONFIG, "%s:%u: not JSON", path, line);
    }
    buf_release(&text);
    settings_reset(NULL);
    if (rc == 0 && check_world(world.source, e) != 0)
        rc = err_wrap(e, "%s", path);
    if (rc == 0)
        world_reset();
    return rc;
}

void world_reset(void)
{
    const cJSON *all = cJSON_GetObjectItem(world.source, "entities"), *row,
                *state = cJSON_GetObjectItem(world.source, "state"),
                *next = cJSON_GetObjectItem(state, "next");
    for (size_t i = 0; i < n_kinds; i++) {
        struct entity *e = &world.entities[i];
        cJSON_Delete(e->rows);
        *e = (struct entity){.kind = &kinds[i],
                             .rows = cJSON_CreateArray(),
                             .next_id = row_int(next, kinds[i].name, FIRST_ID)};
        cJSON_ArrayForEach(row, cJSON_GetObjectItem(all, e->kind->name))
        {
            entity_put(e, cJSON_Duplicate(row, true));
        }
    }
    world.api = cJSON_GetObjectItem(world.source, "api");
    world.picklists = cJSON_GetObjectItem(world.source, "picklists");
    world.ticket_sequence = (unsigned)row_int(state, "ticket_sequence", 0);
    snprintf(world.ticket_day, sizeof(world.ticket_day), "%s", row_text(state, "ticket_day"));
    settings_reset(cJSON_GetObjectItem(world.source, "settings"));
    thresholds_reset();
    login_reset();
    attachments_reset();
    books_reset(cJSON_GetObjectItem(world.source, "quickbooks"));
    tokens_reset();
    mailtokens_reset();
    books_throttle_reset();
}

cJSON *world_dump(void)
{
    cJSON *all = cJSON_CreateObject();
    for (size_t i = 0; i < n_kinds; i++)
        cJSON_AddItemReferenceToObject(all, kinds[i].name, world.entities[i].rows);
    return all;
}

int world_save(const char *path, struct err *e)
{
    cJSON *all = cJSON_Duplicate(world.source, true), *state = cJSON_CreateObject(),
          *next = cJSON_AddObjectToObject(state, "next");
    struct buf temporary = BUF_INIT(4200);
    for (size_t i = 0; i < n_kinds; i++)
        cJSON_AddNumberToObject(next, kinds[i].name, (double)world.entities[i].next_id);
    cJSON_AddNumberToObject(state, "ticket_sequence", world.ticket_sequence);
    cJSON_AddStringToObject(state, "ticket_day", world.ticket_day);
    row_set(all, "state", state);
    row_set(all, "entities", world_dump());
    char *text = cJSON_Print(all);
    cJSON_Delete(all);
    buf_printf(&temporary, "%s.new", path);
    FILE *f = fopen(temporary.data, "we");
    bool ok = f && fputs(text, f) >= 0;
    if (f)
        ok = fclose(f) == 0 && ok;
    if (!ok || rename(temporary.data, path) != 0)
        err_set_errno(e, errno, "cannot write %s", path);
    else
        e = NULL;
    free(text);
    buf_release(&temporary);
    return e ? -1 : 0;
}
