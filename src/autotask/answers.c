/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answers: what an answer means that is not 200. Autotask answers almost every refusal with 500 and a text; a
 * known text is permanent, anything else may pass, and for a write it may even have been done
 * (autotask-rest.md 3.2, 3.3).
 */
#include "client.h"

static const struct known_text known[] = {
    {"adequate permissions", ERR_PERMISSION},
    {"No matching records found", ERR_NOT_FOUND}, /* before the right that it says may be missing */
    {"may not have the required permissions", ERR_PERMISSION},
    {"Zone information could not be determined", ERR_CREDENTIALS},
    {"thread threshold", ERR_BUSY},
    {"Itgenatr005", ERR_BUSY}, /* the same, as a code */
    {"Missing Required Field", ERR_REJECTED},
    {"does not exist for the required field", ERR_REJECTED},
    {"queueID is required", ERR_REJECTED},
    {"cannot all be empty", ERR_REJECTED},
    {"Data violation", ERR_REJECTED},
    {"does not exist for", ERR_REJECTED},
    {"does not exist or is invalid", ERR_REJECTED},
    {"does not reference an existing entity", ERR_REJECTED},
    {"is not associated", ERR_REJECTED},
    {"cannot be associated", ERR_REJECTED},
    {"is not an active general allocation code", ERR_REJECTED},
    {"Unable to find", ERR_REJECTED},
    {"must be between 1 and 500", ERR_REJECTED},
    {"500 or fewer 'OR' conditions", ERR_REJECTED},
    {"Unexpected character encountered", ERR_REJECTED},
    {"must be less than or equal to", ERR_REJECTED},
    {"is required", ERR_REJECTED},
    {"Parameter name:", ERR_REJECTED},
    {"must have a roleID", ERR_REJECTED},
    {"require a start and stop time", ERR_REJECTED},
    {"There is no row at position", ERR_REJECTED},
    {"Attachment could not be found", ERR_NOT_FOUND},
    {NULL, ERR_NONE},
};

/* A known text may stand behind a value that it quotes, and that can be as long as a title. */
enum { MOST_ERRORS = 5, ERROR_BYTES = 2000 };

/* The `errors` array as one line; "" when the body holds none. */
static void error_text(const struct http_response *r, struct buf *out)
{
    struct json root, list, item;
    struct err ignored = ERR_INIT;
    struct pool *pool = pool_new(1 << 16);
    if (json_open(buf_view(&r->body), &root, &ignored) == 0) {
        list = json_get(&root, "errors");
        for (int i = 0; i < json_length(&list) && i < MOST_ERRORS; i++) {
            const char *text;
            item = json_at(&list, i);
            if (json_text(&item, ERROR_BYTES, pool, &text, &ignored) == 0 && text[0])
                buf_printf(out, "%s%s", out->len ? "; " : "", text);
        }
        item = json_get(&root, "Message");
        const char *message;
        if (!out->len && json_text(&item, ERROR_BYTES, pool, &message, &ignored) == 0)
            buf_puts(out, message);
        json_close(&root);
    }
    pool_free(&pool);
}

static enum err_code known_code(const struct known_text *list, const char *text)
{
    for (; list && list->part; list++) {
        if (slice_find_nocase(slice_of(text), slice_of(list->part)) >= 0)
            return list->code;
    }
    return ERR_NONE;
}

/* Without a known text. A refusal counts only if the API itself explains it: a page of HTML may come from
 * anything in between, and from a server that is being replaced. */
static enum err_code code_of(enum call_kind kind, long status, bool explained)
{
    if (status == 401)
        return ERR_CREDENTIALS;
    if (status == 403)
        return ERR_PERMISSION;
    if (status == 429)
        return ERR_BUSY;
    if (explained && (status == 400 || status == 404 || status == 405))
        return ERR_REJECTED;
    if (kind == CALL_WRITE)
        return ERR_UNKNOWN_OUTCOME;
    /* no redirect is ever followed: the secret would go along */
    return status >= 300 && status < 400 ? ERR_PROTOCOL : ERR_SERVER;
}

int answer_error(const struct call *call, const struct http_response *r, struct err *e)
{
    struct buf text = BUF_INIT(MOST_ERRORS * (ERROR_BYTES + 2));
    error_text(r, &text);
    const char *words = text.len ? text.data : r->body.len ? "(no explanation)" : "(empty answer)";
    enum err_code code = ERR_NONE;
    if (r->status != 401 && r->status != 429)
        code = known_code(call->texts, text.data);
    if (code == ERR_NONE && r->status != 401 && r->status != 429)
        code = known_code(known, text.data);
    if (code == ERR_NONE)
        code = code_of(call->kind, r->status, text.len > 0);
    /* in its own name the API user may well have the right */
    if (code == ERR_PERMISSION && call->as_resource)
        code = ERR_IMPERSONATION;
    err_set(e, code, "Autotask answered %ld: %.400s", r->status, words);
    e->retry_after_s = r->retry_after_s;
    buf_release(&text);
    return -1;
}
