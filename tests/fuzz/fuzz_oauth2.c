/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_oauth2: the input is a token file, then what the token server answers ("200 body", NUL ...), or an
 * address that was pasted and then the answers. A token that comes out is sound, and is on the disk before;
 * what the server refused for good is never asked again; no error holds a secret.
 */
#include "fuzz.h"

#include "frontdesk/oauth2.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct oauth2_provider provider = {.name = "Books",
                                                .login = "frontdesk login books",
                                                .consent_url = "http://127.0.0.1:9/consent",
                                                .token_url = "http://127.0.0.1:9/token",
                                                .scope = "read",
                                                .refresh_life = "x_refresh_token_expires_in",
                                                .hard_life = "x_refresh_token_hard_expires_in",
                                                .account_field = "realmId",
                                                .trace_header = "intuit_tid",
                                                .basic = true};
static char dir[64], secret_file[100], token_file[100], note_file[120];

struct peer {
    struct scan answers;
    unsigned calls;
    bool final; /* the last answer said invalid_grant */
};

static int answer(void *self, const struct http_request *r, struct http_response *response, struct err *e)
{
    struct peer *p = self;
    uint64_t status = 0;
    *response = (struct http_response){.body = BUF_INIT(1 << 20)};
    ENSURE(++p->calls <= 20 && strcmp(r->method, "POST") == 0 && strcmp(r->url, provider.token_url) == 0);
    ENSURE(fuzz_is_clean(r->body) && slice_starts(r->body, SLICE("grant_type=")));
    for (const char *const *h = r->headers; *h; h++)
        ENSURE(fuzz_is_clean(slice_of(*h)));
    struct scan c = scan_of(fuzz_field(&p->answers));
    if (!slice_to_u64(scan_while(&c, "0123456789"), 100, 599, &status))
        return err_set(e, p->calls % 2 ? ERR_UNKNOWN_OUTCOME : ERR_CONNECT, "the connection was lost");
    scan_char(&c, ' ');
    response->status = (long)status;
    buf_slice(&response->body, scan_rest(&c));
    return 0;
}

static void write_file(const char *path, struct slice text)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ENSURE(fd >= 0 && write(fd, text.ptr ? text.ptr : "", text.len) == (ssize_t)text.len && close(fd) == 0);
}

static void remove_dir(void)
{
    fuzz_remove_dir(dir);
}

static void prepare(void)
{
    if (dir[0])
        return;
    log_set_output(-1, false);
    snprintf(dir, sizeof(dir), "%s/fuzz-oauth2-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ENSURE(mkdtemp(dir));
    snprintf(secret_file, sizeof(secret_file), "%s/secret", dir);
    snprintf(token_file, sizeof(token_file), "%s/token", dir);
    snprintf(note_file, sizeof(note_file), "%s/token.refused", dir);
    write_file(secret_file, SLICE("not-for-you-client"));
    atexit(remove_dir);
}

/* `file`: what it may quote, since it names the account that it found there. */
static void check_error(const struct err *e, struct slice file)
{
    ENSURE(e->code != ERR_NONE && e->text[0]);
    ENSURE(fuzz_is_clean(slice_of(e->text)) && fuzz_is_utf8(slice_of(e->text)));
    ENSURE(!strstr(e->text, "not-for-you-client") || slice_find(file, SLICE("not-for")) >= 0);
}

/* Whatever came out is what the file holds, in a form that goes into a header. */
static void check_token(struct oauth2 *o, const struct buf *token, const struct peer *p)
{
    struct buf again = BUF_INIT(9000);
    struct err e = ERR_INIT;
    unsigned calls = p->calls;
    ENSURE(token->len > 0 && fuzz_is_clean(buf_view(token)) && !strchr(token->data, ' '));
    if (oauth2_access(o, NULL, &again, &e) == 0 && p->calls == calls)
        ENSURE(strcmp(again.data, token->data) == 0);
    buf_release(&again);
}

static void try_file(struct oauth2 *o, struct slice file, struct peer *p)
{
    struct buf token = BUF_INIT(9000);
    struct oauth2_view v;
    struct err e = ERR_INIT;
    if (oauth2_look(token_file, &v, &e) == 0)
        ENSURE(v.there && !v.refused && fuzz_is_clean(slice_of(v.trace)) && oauth2_ends(&v) <= INT64_MAX);
    else
        ENSURE(e.code == ERR_CONFIG);
    e = (struct err)ERR_INIT;
    if (oauth2_access(o, NULL, &token, &e) == 0) {
        check_token(o, &token, p);
    } else {
        check_error(&e, file);
        ENSURE(token.len == 0);
        e = (struct err)ERR_INIT;
        if (oauth2_look(token_file, &v, &e) == 0 && v.refused) {
            unsigned calls = p->calls;
            ENSURE(oauth2_access(o, NULL, &token, &e) != 0 && e.code == ERR_LOGIN && p->calls == calls);
            ENSURE(oauth2_keep(o, &e) != 0 && p->calls == calls);
        }
    }
    buf_release(&token);
}

static void try_pasted(struct oauth2 *o, struct slice pasted, struct peer *p)
{
    struct buf token = BUF_INIT(9000);
    struct err e = ERR_INIT;
    char *text = mem_alloc(pasted.len + 1);
    memcpy(text, pasted.ptr, pasted.len);
    unlink(token_file);
    if (oauth2_redeem(o, text, "https://x.test/cb", "abc", &e) == 0) {
        ENSURE(p->calls == 1 && slice_find(pasted, SLICE("realmId=12")) >= 0);
        if (oauth2_access(o, NULL, &token, &e) == 0)
            check_token(o, &token, p);
    } else {
        struct oauth2_view v;
        check_error(&e, pasted);
        ENSURE(p->calls <= 1 && oauth2_look(token_file, &v, &e) == 0 && !v.there);
    }
    buf_release(&token);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct peer p = {.calls = 0};
    struct oauth2 *o;
    struct err e = ERR_INIT;
    struct scan all = scan_of(slice_from((const char *)data, size));
    prepare();
    bool pasted = fuzz_pick(&all, 2);
    struct slice first = fuzz_field(&all);
    p.answers = all;
    struct http http = {.send = answer, .self = &p};
    struct oauth2_options options = {.provider = &provider,
                                     .client_id = "AB",
                                     .secret_file = secret_file,
                                     .token_file = token_file,
                                     .account = "12",
                                     .http = &http,
                                     .stop_fd = -1};
    write_file(token_file, first);
    unlink(note_file);
    ENSURE(oauth2_new(&o, &options, &e) == 0);
    if (pasted)
        try_pasted(o, first, &p);
    else
        try_file(o, first, &p);
    oauth2_free(&o);
    return 0;
}
