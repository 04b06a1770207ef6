/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes: ticket notes, and the time that was worked on a ticket. autotask-rest.md 5.2, 5.13. */
#include "client.h"

int autotask_note_create(struct autotask *at, const struct autotask_note *note, int64_t *id, struct err *e)
{
    struct buf body = BUF_INIT(1 << 20), title = BUF_INIT(4000), text = BUF_INIT(1 << 18);
    char path[80];
    int64_t type, publish;
    if (picked_value(at, NOTE_TYPE, &type, e) != 0 || picked_value(at, NOTE_PUBLISH, &publish, e) != 0)
        return -1;
    snprintf(path, sizeof(path), "Tickets/%lld/Notes", (long long)note->ticket_id);
    put_marked(&title, note->title, note->mark, AUTOTASK_NOTE_TITLE);
    put_cut_text(&text, note->text, AUTOTASK_NOTE_TEXT);
    buf_putc(&body, '{');
    json_put_int(&body, "ticketID", note->ticket_id);
    member_text(&body, "title", title.data);
    /* a note has to say something */
    member_text(&body, "description", text.len ? text.data : "(no text)");
    json_put_int(&body, "noteType", type);
    json_put_int(&body, "publish", publish);
    buf_putc(&body, '}');
    struct call call = {.kind = CALL_WRITE,
                        .method = "POST",
                        .endpoint = "TicketNotes",
                        .path = path,
                        .body = buf_view(&body),
                        .as_resource = note->as_resource};
    int rc = autotask_write(at, &call, id, e);
    buf_release(&body);
    buf_release(&title);
    buf_release(&text);
    return rc;
}

int autotask_note_by_mark(struct autotask *at, int64_t ticket, const char *mark, bool *found, int64_t *id,
                          struct err *e)
{
    struct marked what = {
        .entity = "TicketNotes", .parent = "ticketID", .field = "title", .mark = mark, .parent_id = ticket};
    return find_marked(at, &what, found, id, e);
}

int autotask_time_count(struct autotask *at, int64_t ticket, int64_t *n, struct err *e)
{
    char body[120];
    snprintf(body, sizeof(body), "{\"filter\":[{\"op\":\"eq\",\"field\":\"ticketID\",\"value\":%lld}]}",
             (long long)ticket);
    return autotask_count(at, "TimeEntries", body, n, e);
}
