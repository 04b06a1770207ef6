/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json: the one typed reader of JSON from outside, over cJSON, and the one writer of objects. Depth is
 * bounded by cJSON (1000), size by the HTTP cap, and the number of values besides, for each costs some 100
 * bytes. A reader keeps the path of what it looks at, so that its errors say `items[3].id: number expected`.
 */
#ifndef FRONTDESK_JSON_H
#define FRONTDESK_JSON_H

#include "frontdesk/base.h"

#include <cjson/cJSON.h>

/* Numbers travel as doubles: beyond this (either sign) they are not exact, and refused. */
#define JSON_WHOLE_MAX (INT64_C(1) << 53)

enum { JSON_VALUES_MAX = 1000 * 1000 };

/* A value with the way to it; lives on the stack of the caller, as long as its parent. */
struct json {
    const cJSON *value;
    const struct json *parent;
    const char *name; /* member, or NULL for an array item */
    int index;
};

/* Parses the whole text; free with json_close. ERR_PROTOCOL. */
int json_open(struct slice text, struct json *root, struct err *e) MUST_USE;
void json_close(struct json *root);
/* Member (case-insensitive, as Autotask is not consistent); its value is NULL when absent or null. */
struct json json_get(const struct json *object, const char *name);
struct json json_at(const struct json *array, int index);
int json_length(const struct json *array); /* 0 unless it is an array */
bool json_there(const struct json *j);     /* present and not null */
/* Typed: ERR_PROTOCOL with the path when it is something else; absent or null gives the default. */
int json_int(const struct json *j, int64_t absent, int64_t *out, struct err *e) MUST_USE;
/* Ten-thousandths, rounded: 1.25 gives 12500. */
int json_decimal(const struct json *j, int64_t absent, int64_t *out, struct err *e) MUST_USE;
int json_bool(const struct json *j, bool absent, bool *out, struct err *e) MUST_USE;
/* The string, as pool_text gives it and cut to `max` bytes, in pool; absent gives "". Numbers give
 * their digits. */
int json_text(const struct json *j, size_t max, struct pool *pool, const char **out, struct err *e) MUST_USE;

/* --- writing: the caller puts the brackets, these the commas --- */

/* `"name":`, with a comma before it if something stands there already; NULL: only the comma, for an item of a
 * list. */
void json_put_name(struct buf *out, const char *name);
void json_put_int(struct buf *out, const char *name, int64_t v);
void json_put_bool(struct buf *out, const char *name, bool v);
void json_put_text(struct buf *out, const char *name, const char *s); /* NULL is "" */

#endif
