/* SPDX-License-Identifier: GPL-2.0-or-later */
/* viewjson: a view as JSON and back. Text is a string (or number), a flag true, false or null, a list an
 * array of objects or of text, a record an object. */
#include "view.h"

#include "frontdesk/json.h"

enum { MOST_DEPTH = 12, MOST_ITEMS = 500 };

void view_put_json(const struct view *v, struct buf *out)
{
    buf_putc(out, '{');
    for (const struct view_entry *e = v->first; e; e = e->next) {
        if (e->items) {
            json_put_name(out, e->name);
            buf_putc(out, '[');
            for (const struct view *item = e->items; item; item = item->sibling) {
                json_put_name(out, NULL);
                view_put_json(item, out);
            }
            buf_putc(out, ']');
        } else if (e->text.len) {
            json_put_name(out, e->name);
            buf_put_json(out, e->text);
        } else {
            /* also what is off: it hides what stands around it */
            json_put_bool(out, e->name, e->on);
        }
    }
    buf_putc(out, '}');
}

static void read_member(struct view *v, const char *name, const cJSON *member, unsigned depth);

static void read_object(struct view *v, const cJSON *object, unsigned depth)
{
    for (const cJSON *member = object ? object->child : NULL; member; member = member->next)
        read_member(v, member->string, member, depth);
}

static void read_number(struct view *v, const char *name, const cJSON *number)
{
    char *digits = cJSON_PrintUnformatted(number);
    view_set(v, name, slice_of(digits ? digits : ""));
    cJSON_free(digits);
}

/* What is neither a record nor a list of its own is the "." of its item. */
static void read_list(struct view *v, const char *name, const cJSON *list, unsigned depth)
{
    unsigned n = 0;
    for (const cJSON *item = list->child; item && n < MOST_ITEMS; item = item->next, n++) {
        struct view *row = view_item(v, name);
        if (cJSON_IsObject(item))
            read_object(row, item, depth + 1);
        else
            read_member(row, ".", item, depth + 1);
    }
    if (n == 0)
        view_flag(v, name, false);
}

static void read_member(struct view *v, const char *name, const cJSON *member, unsigned depth)
{
    if (cJSON_IsString(member))
        view_set(v, name, slice_of(member->valuestring));
    else if (cJSON_IsNumber(member))
        read_number(v, name, member);
    else if (cJSON_IsArray(member) && depth < MOST_DEPTH)
        read_list(v, name, member, depth);
    else if (cJSON_IsObject(member) && depth < MOST_DEPTH)
        read_object(view_item(v, name), member, depth + 1);
    else
        view_flag(v, name, cJSON_IsTrue(member));
}

void view_read_json(struct view *v, const char *json)
{
    struct json root;
    struct err e = ERR_INIT;
    if (json_open(slice_of(json), &root, &e) != 0)
        return;
    if (cJSON_IsObject(root.value))
        read_object(v, root.value, 0);
    else
        read_member(v, ".", root.value, 0);
    json_close(&root);
}
