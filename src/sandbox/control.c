/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control: the addresses below /sandbox/, by which a test sets the stage and looks behind it. */
#include "books.h"
#include "mailtokens.h"

/* "" when done; else what is wrong. */
static const char *no_problem(const char *wrong)
{
    return wrong ? wrong : "";
}

static const char *get_log(const char *text, struct reply *r)
{
    (void)text;
    requestlog_answer(r);
    return "";
}

static const char *clear_log(const char *text, struct reply *r)
{
    (void)text, (void)r;
    requestlog_clear();
    return "";
}

static const char *get_world(const char *text, struct reply *r)
{
    (void)text;
    reply_json(r, 200, world_dump());
    return "";
}

static const char *put_faults(const char *text, struct reply *r)
{
    (void)r;
    return no_problem(faults_set(text));
}

static const char *clear_faults(const char *text, struct reply *r)
{
    (void)text, (void)r;
    faults_clear();
    return "";
}

static const char *reset(const char *text, struct reply *r)
{
    (void)text, (void)r;
    world_reset();
    requestlog_clear();
    faults_clear();
    return "";
}

static const char *get_settings(const char *text, struct reply *r)
{
    (void)text;
    reply_json(r, 200, settings_dump());
    return "";
}

static const char *put_settings(const char *text, struct reply *r)
{
    (void)r;
    cJSON *changes = cJSON_Parse(text);
    const char *wrong = settings_change(changes);
    cJSON_Delete(changes);
    return no_problem(wrong);
}

/* What happens behind the client's back: {"Tickets":[{"id":5, ...}]} puts whole rows, without any check. */
static const char *put_list(const cJSON *list)
{
    struct entity *e = world_entity(slice_of(list->string));
    const cJSON *row;
    if (!e || !cJSON_IsArray(list))
        return "a list of rows of an entity is needed";
    cJSON_ArrayForEach(row, list)
    {
        if (row_int(row, "id", -1) < 0)
            return "a row needs its id";
        entity_put(e, cJSON_Duplicate(row, true));
    }
    return "";
}

static const char *put_rows(const char *text, struct reply *r)
{
    cJSON *all = cJSON_Parse(text);
    const char *wrong = cJSON_IsObject(all) ? "" : "an object of lists of rows is needed";
    (void)r;
    for (const cJSON *list = all ? all->child : NULL; list && !wrong[0]; list = list->next)
        wrong = put_list(list);
    cJSON_Delete(all);
    return wrong;
}

static const char *get_books(const char *text, struct reply *r)
{
    (void)text;
    reply_json(r, 200, books_dump());
    return "";
}

/* Whole records behind the client's back. */
static const char *put_books(const char *text, struct reply *r)
{
    cJSON *all = cJSON_Parse(text);
    (void)r;
    const char *wrong = no_problem(books_put(all));
    cJSON_Delete(all);
    return wrong;
}

static const char *get_tokens(const char *text, struct reply *r)
{
    (void)text;
    reply_json(r, 200, tokens_dump());
    return "";
}

static const char *get_mailtokens(const char *text, struct reply *r)
{
    (void)text;
    reply_json(r, 200, mailtokens_dump());
    return "";
}

static const struct {
    const char *method, *what;
    const char *(*run)(const char *text, struct reply *r);
} doors[] = {
    {"GET", "log", get_log},
    {"DELETE", "log", clear_log},
    {"GET", "world", get_world},
    {"POST", "faults", put_faults},
    {"DELETE", "faults", clear_faults},
    {"POST", "reset", reset},
    {"GET", "settings", get_settings},
    {"POST", "settings", put_settings},
    {"POST", "rows", put_rows},
    {"GET", "books", get_books},
    {"POST", "books", put_books},
    {"GET", "tokens", get_tokens},
    {"GET", "mailtokens", get_mailtokens},
};

void control(const char *method, struct slice what, const char *text, struct reply *r)
{
    for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
        if (strcmp(doors[i].method, method) != 0 || !slice_eq(slice_of(doors[i].what), what))
            continue;
        reply_json(r, 200, cJSON_CreateObject());
        const char *wrong = doors[i].run(text, r);
        if (wrong[0])
            reply_message(r, 400, wrong);
        return;
    }
    reply_message(r, 404, "nothing here");
}
