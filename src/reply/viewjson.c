/* SPDX-License-Identifier: GPL-2.0-or-later */
/* viewjson: a view as JSON and back. Text is a string, a flag true or false, a list an array of objects. */
#include "view.h"

#include "frontdesk/json.h"

enum { MOST_DEPTH = 6, MOST_ITEMS = 500 };

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

static void read_object(struct view *v, const cJSON *object, unsigned depth)
{
    const cJSON *member, *item;
    for (member = object ? object->child : NULL; member; member = member->next) {
        unsigned n = 0;
        if (cJSON_IsString(member))
            view_set(v, member->string, slice_of(member->valuestring));
        else if (cJSON_IsBool(member))
            view_flag(v, member->string, cJSON_IsTrue(member));
        for (item = cJSON_IsArray(member) && depth < MOST_DEPTH ? member->child : NULL;
             item && n < MOST_ITEMS; item = item->next, n++)
            read_object(view_item(v, member->string), item, depth + 1);
    }
}

void view_read_json(struct view *v, const char *json)
{
    struct json root;
    struct err e = ERR_INIT;
    if (json_open(slice_of(json), &root, &e) != 0)
        return;
    read_object(v, root.value, 0);
    json_close(&root);
}
