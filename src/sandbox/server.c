/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server: HTTP in front of the world: routes, credentials, faults, the request log, control addresses below
 * /sandbox/. */
#include "sandbox.h"

#include <getopt.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

struct request {
    struct buf body;
    int64_t first_us;
};

static struct world world;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char base_url[100];
static struct log_row {
    int64_t first_us, done_us;
    int status;
    char method[10], path[200], fault[32];
    char *body;
} * log_rows;
static size_t n_log;

void reply_json(struct reply *r, int status, cJSON *body)
{
    r->status = status;
    r->body = cJSON_PrintUnformatted(body);
    r->type = "application/json; charset=utf-8";
    cJSON_Delete(body);
}

void reply_error(struct reply *r, const char *text)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "errors");
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
    reply_json(r, 500, o);
}

static void reply_message(struct reply *r, int status, const char *text)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "Message", text);
    reply_json(r, status, o);
}

static void reply_id(struct reply *r, int64_t id)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "itemId", (double)id);
    reply_json(r, 200, o);
}

static int64_t mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- routes of the API; path is behind v1.0/ --- */

static void zone(struct MHD_Connection *c, struct reply *r)
{
    const char *user = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "user");
    if (!user || strcasecmp(user, row_text(world.api, "user")) != 0) {
        reply_error(r, "Zone information could not be determined");
        return;
    }
    char api[160];
    snprintf(api, sizeof(api), "%satservicesrest/", base_url);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "zoneName", "Sandbox");
    cJSON_AddStringToObject(o, "url", api);
    cJSON_AddStringToObject(o, "webUrl", base_url);
    cJSON_AddNumberToObject(o, "ci", 123456);
    reply_json(r, 200, o);
}

static bool credentials_ok(struct MHD_Connection *c)
{
    const char *user = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "UserName");
    const char *secret = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Secret");
    const char *code = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "ApiIntegrationCode");
    return user && secret && code && strcasecmp(user, row_text(world.api, "user")) == 0 &&
           strcmp(secret, row_text(world.api, "secret")) == 0 &&
           strcmp(code, row_text(world.api, "code")) == 0;
}

/* Duplicate Ticket Handling: the create is answered with another ticket's id. */
static int64_t diverted_to(void)
{
    const cJSON *rows = world_entity(&world, SLICE("Tickets"))->rows;
    return rows->child ? row_int(rows->child, "id", 0) : 0;
}

static void create_ticket(cJSON *body, const struct fault *f, struct reply *r)
{
    char text[400];
    const char *problem = ticket_problem(&world, body, text, sizeof(text));
    if (problem) {
        reply_error(r, problem);
        cJSON_Delete(body);
        return;
    }
    if (strcmp(f->action, "divert") == 0 && diverted_to()) {
        reply_id(r, diverted_to());
        cJSON_Delete(body);
        return;
    }
    ticket_finish(&world, body);
    if (strcmp(f->action, "hidden") == 0)
        cJSON_AddNumberToObject(body, "_visible_ms", (double)(clock_mono_ms() + f->ms));
    reply_id(r, entity_add(world_entity(&world, SLICE("Tickets")), body));
}

static void create_child(struct entity *e, int64_t parent, cJSON *body, struct reply *r)
{
    char text[400];
    cJSON_DeleteItemFromObject(body, e->parent_key);
    cJSON_AddNumberToObject(body, e->parent_key, (double)parent);
    const char *problem = strcmp(e->name, "TicketSecondaryResources") == 0
                              ? second_problem(&world, body, text, sizeof(text))
                              : NULL;
    if (problem) {
        reply_error(r, problem);
        cJSON_Delete(body);
        return;
    }
    reply_id(r, entity_add(e, body));
}

static void patch(struct entity *e, const cJSON *body, struct reply *r)
{
    cJSON *row = entity_row(e, row_int(body, "id", -1));
    if (!row) {
        reply_error(r, "No matching records found");
        return;
    }
    for (const cJSON *m = body->child; m; m = m->next) {
        cJSON_DeleteItemFromObject(row, m->string);
        cJSON_AddItemToObject(row, m->string, cJSON_Duplicate(m, true));
    }
    reply_id(r, row_int(row, "id", 0));
}

static void get_one(const struct entity *e, int64_t id, struct reply *r)
{
    const cJSON *row = entity_row(e, id);
    bool visible = row && row_int(row, "_visible_ms", 0) <= clock_mono_ms();
    cJSON *o = cJSON_CreateObject();
    if (visible)
        cJSON_AddItemToObject(o, "item", cJSON_Duplicate(row, true));
    else
        cJSON_AddNullToObject(o, "item");
    reply_json(r, 200, o);
}

static void threshold(struct reply *r)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "externalRequestThreshold", 10000);
    cJSON_AddNumberToObject(o, "requestThresholdTimeframe", 60);
    cJSON_AddNumberToObject(o, "currentTimeframeRequestCount", world.calls);
    reply_json(r, 200, o);
}

static struct entity *child_entity(struct slice parent, struct slice child)
{
    for (size_t i = 0; i < world.n_entities; i++) {
        struct entity *e = &world.entities[i];
        if (e->parent && slice_eq_nocase(slice_of(e->parent), parent) &&
            slice_eq_nocase(slice_of(e->child), child))
            return e;
    }
    return NULL;
}

struct route {
    struct slice part[5];
    size_t n;
    const char *method;
    uint64_t id;
    bool has_id;
};

static void not_allowed(const struct route *t, struct reply *r)
{
    char text[200];
    snprintf(text, sizeof(text), "The requested resource does not support http method '%s'.", t->method);
    reply_message(r, 405, text);
}

static void serve_entity(struct MHD_Connection *c, const struct route *t, cJSON *body, const struct fault *f,
                         struct reply *r)
{
    struct entity *e = world_entity(&world, t->part[0]);
    bool post = strcmp(t->method, "POST") == 0, get = strcmp(t->method, "GET") == 0;
    char base[200];
    uint64_t after = 0;
    snprintf(base, sizeof(base), "%s/atservicesrest/v1.0/",
             strcmp(f->action, "foreign_next") == 0 ? "http://127.0.0.9:1" : "");
    if (strcmp(f->action, "foreign_next") != 0)
        snprintf(base, sizeof(base), "%satservicesrest/v1.0/", base_url);
    if (!e) {
        reply_message(r, 404, "No HTTP resource was found that matches the request URI");
    } else if (t->n == 2 && slice_eq_nocase(t->part[1], SLICE("query"))) {
        if (post)
            query_answer(&world, e, body, 0, base, r);
        else
            not_allowed(t, r);
    } else if (t->n == 3 && slice_eq_nocase(t->part[1], SLICE("query")) &&
               slice_eq_nocase(t->part[2], SLICE("next"))) {
        const char *paging = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "paging");
        if (post && slice_to_u64(slice_of(paging), 0, INT64_MAX, &after))
            query_answer(&world, e, body, (int64_t)after, base, r);
        else
            not_allowed(t, r);
    } else if (t->n == 3 && slice_eq_nocase(t->part[1], SLICE("query")) &&
               slice_eq_nocase(t->part[2], SLICE("count"))) {
        query_count(&world, e, body, r);
    } else if (t->n == 3 && get && slice_eq_nocase(t->part[1], SLICE("entityInformation"))) {
        fields_answer(&world, e, r);
    } else if (t->n == 1 && post && strcmp(e->name, "Tickets") == 0 && body) {
        create_ticket(cJSON_Duplicate(body, true), f, r);
    } else if (t->n == 1 && strcmp(t->method, "PATCH") == 0 && body) {
        patch(e, body, r);
    } else if (t->n == 1 && post) {
        reply_message(r, 404, "No HTTP resource was found that matches the request URI");
    } else if (t->n == 2 && t->has_id && get) {
        get_one(e, (int64_t)t->id, r);
    } else if (t->n == 3 && t->has_id && post && body) {
        struct entity *child = child_entity(t->part[0], t->part[2]);
        if (child)
            create_child(child, (int64_t)t->id, cJSON_Duplicate(body, true), r);
        else
            reply_message(r, 404, "No HTTP resource was found that matches the request URI");
    } else {
        not_allowed(t, r);
    }
}

static void split(struct slice path, const char *method, struct route *t)
{
    struct scan c = scan_of(path);
    *t = (struct route){.method = method};
    while (!scan_end(&c) && t->n < ARRAY_LEN(t->part)) {
        t->part[t->n++] = scan_until(&c, "/");
        scan_char(&c, '/');
    }
    t->has_id = t->n > 1 && slice_to_u64(t->part[1], 0, INT64_MAX, &t->id);
}

static void serve_api(struct MHD_Connection *c, const char *method, struct slice path, const char *text,
                      const struct fault *f, struct reply *r)
{
    struct route t;
    world.calls++;
    split(path, method, &t);
    if (t.n && slice_eq_nocase(t.part[0], SLICE("zoneInformation"))) {
        zone(c, r);
        return;
    }
    if (!credentials_ok(c)) {
        r->status = 401;
        return;
    }
    if (t.n && slice_eq_nocase(t.part[0], SLICE("ThresholdInformation"))) {
        threshold(r);
        return;
    }
    cJSON *body = cJSON_Parse(text);
    serve_entity(c, &t, body, f, r);
    cJSON_Delete(body);
}

/* --- control --- */

static void log_answer(struct reply *r)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < n_log; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "seq", (double)i);
        cJSON_AddNumberToObject(o, "mono_us", (double)log_rows[i].first_us);
        cJSON_AddNumberToObject(o, "done_us", (double)log_rows[i].done_us);
        cJSON_AddStringToObject(o, "method", log_rows[i].method);
        cJSON_AddStringToObject(o, "path", log_rows[i].path);
        cJSON_AddNumberToObject(o, "status", log_rows[i].status);
        cJSON_AddStringToObject(o, "fault", log_rows[i].fault);
        cJSON_AddStringToObject(o, "body", log_rows[i].body ? log_rows[i].body : "");
        cJSON_AddItemToArray(all, o);
    }
    reply_json(r, 200, all);
}

static void clear_log(void)
{
    for (size_t i = 0; i < n_log; i++)
        free(log_rows[i].body);
    n_log = 0;
}

static void serve_control(const char *method, struct slice what, const char *text, struct reply *r)
{
    bool post = strcmp(method, "POST") == 0, remove = strcmp(method, "DELETE") == 0;
    cJSON *ok = cJSON_CreateObject();
    if (slice_eq(what, SLICE("log")) && !remove) {
        cJSON_Delete(ok);
        log_answer(r);
        return;
    }
    if (slice_eq(what, SLICE("world"))) {
        cJSON_Delete(ok);
        reply_json(r, 200, world_dump(&world));
        return;
    }
    int status = 200;
    if (slice_eq(what, SLICE("log"))) {
        clear_log();
    } else if (slice_eq(what, SLICE("faults")) && post) {
        status = faults_set(text) == 0 ? 200 : 400;
    } else if (slice_eq(what, SLICE("faults")) && remove) {
        faults_clear();
    } else if (slice_eq(what, SLICE("reset")) && post) {
        world_reset(&world);
        clear_log();
        faults_clear();
    } else if (slice_eq(what, SLICE("settings")) && post) {
        cJSON_Delete(world.settings);
        world.settings = cJSON_Parse(text);
    } else {
        status = 404;
    }
    reply_json(r, status, ok);
}

/* --- one request --- */

static void note(const char *method, const char *path, const struct request *q, const struct reply *r,
                 const struct fault *f)
{
    if (n_log == LOG_MAX)
        return;
    struct log_row *row = &log_rows[n_log++];
    *row = (struct log_row){.first_us = q->first_us, .done_us = mono_us(), .status = r->status};
    snprintf(row->method, sizeof(row->method), "%s", method);
    snprintf(row->path, sizeof(row->path), "%s", path);
    snprintf(row->fault, sizeof(row->fault), "%s", f->action);
    row->body = strndup(q->body.data, BODY_KEPT);
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000}, NULL);
}

static enum MHD_Result send_reply(struct MHD_Connection *c, struct reply *r)
{
    size_t n = r->body ? strlen(r->body) : 0;
    struct MHD_Response *m =
        MHD_create_response_from_buffer(n, r->body ? r->body : mem_copy(""), MHD_RESPMEM_MUST_FREE);
    if (r->type)
        MHD_add_response_header(m, "Content-Type", r->type);
    char *colon = strchr(r->header, ':');
    if (colon) {
        *colon = '\0';
        MHD_add_response_header(m, r->header, colon + 2);
    }
    enum MHD_Result rc = MHD_queue_response(c, (unsigned)r->status, m);
    MHD_destroy_response(m);
    return rc;
}

/* Faults that answer by themselves. True when they did. */
static bool fault_answer(const struct fault *f, struct reply *r)
{
    static const char html[] =
        "<html><head><title>Runtime Error</title></head><body>Server Error</body></html>";
    if (strcmp(f->action, "status") == 0) {
        r->status = f->status;
        if (f->texts[0]) {
            reply_error(r, f->texts);
            r->status = f->status;
        }
        if (f->retry_after)
            snprintf(r->header, sizeof(r->header), "Retry-After: %d", f->retry_after);
    } else if (strcmp(f->action, "html500") == 0 || strcmp(f->action, "html503") == 0) {
        r->status = f->action[4] == '5' && f->action[6] == '3' ? 503 : 500;
        r->body = mem_copy(html);
        r->type = "text/html";
    } else if (strcmp(f->action, "empty500") == 0) {
        r->status = 500;
    } else if (strcmp(f->action, "redirect") == 0) {
        r->status = 302;
        snprintf(r->header, sizeof(r->header), "Location: http://127.0.0.9:1/");
    } else {
        return false;
    }
    return true;
}

/* Faults that spoil an answer whose work was done. False: drop the connection. */
static bool spoil(const struct fault *f, struct reply *r)
{
    if (strcmp(f->action, "drop_after_commit") == 0)
        return false;
    if (strcmp(f->action, "malformed") == 0 && r->body)
        r->body[0] = '!';
    if (strcmp(f->action, "truncated") == 0 && r->body)
        r->body[strlen(r->body) / 2] = '\0';
    if (strcmp(f->action, "html500_after_commit") == 0) {
        struct fault as = {.action = "html500"};
        free(r->body);
        *r = (struct reply){0};
        return fault_answer(&as, r);
    }
    return true;
}

static enum MHD_Result answer(struct MHD_Connection *c, const char *url, const char *method,
                              struct request *q)
{
    static const struct slice api = {"/atservicesrest/v1.0/", 21};
    struct reply r = {.status = 200};
    struct fault f = {0};
    struct slice path = slice_of(url);
    bool is_api = slice_starts_nocase(path, api), dropped = false;
    pthread_mutex_lock(&lock);
    if (is_api) {
        struct slice rest = slice_skip(path, api.len);
        bool hit = faults_match(method, rest.ptr, &f);
        if (hit && strcmp(f.action, "delay_before") == 0) {
            pthread_mutex_unlock(&lock);
            sleep_ms(f.ms);
            pthread_mutex_lock(&lock);
        }
        dropped = strcmp(f.action, "drop_before_commit") == 0;
        if (!dropped && !fault_answer(&f, &r)) {
            serve_api(c, method, rest, q->body.data, &f, &r);
            dropped = !spoil(&f, &r);
        }
        note(method, url, q, &r, &f);
    } else if (slice_starts(path, SLICE("/sandbox/"))) {
        serve_control(method, slice_skip(path, 9), q->body.data, &r);
    } else {
        reply_message(&r, 404, "nothing here");
    }
    pthread_mutex_unlock(&lock);
    if (strcmp(f.action, "delay_after") == 0)
        sleep_ms(f.ms);
    if (dropped) {
        free(r.body);
        return MHD_NO;
    }
    return send_reply(c, &r);
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **state)
{
    struct request *q = *state;
    (void)self;
    (void)version;
    if (!q) {
        q = mem_alloc(sizeof(*q));
        buf_init(&q->body, 64 << 20);
        q->first_us = mono_us();
        *state = q;
        return MHD_YES;
    }
    if (*size) {
        buf_put(&q->body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    return answer(c, url, method, q);
}

static void on_done(void *self, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how)
{
    struct request *q = *state;
    (void)self;
    (void)c;
    (void)how;
    if (q) {
        buf_release(&q->body);
        free(q);
    }
    *state = NULL;
}

/* --- program --- */

static int usage(int code)
{
    fprintf(code ? stderr : stdout,
            "usage: frontdesk-sandbox --world FILE [--listen PORT]\n\n"
            "A simulated Autotask on 127.0.0.1 (port 0 = any; the first line says which). Control:\n"
            "  GET /sandbox/log, /sandbox/world   DELETE /sandbox/log, /sandbox/faults\n"
            "  POST /sandbox/faults (a list of rules), /sandbox/reset, /sandbox/settings\n");
    return code;
}

static int serve(unsigned port)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *d =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, (uint16_t)port, NULL, NULL,
                         on_request, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
                         MHD_OPTION_THREAD_POOL_SIZE, 4u, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_END);
    if (!d) {
        fprintf(stderr, "frontdesk-sandbox: cannot listen on 127.0.0.1:%u\n", port);
        return EX_UNAVAILABLE;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(base_url, sizeof(base_url), "http://127.0.0.1:%u/", info->port);
    printf("listening %s\n", base_url);
    fflush(stdout);
    sigset_t set;
    int got;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigwait(&set, &got);
    MHD_stop_daemon(d);
    return EX_OK;
}

int sandbox_main(int argc, char **argv)
{
    static const struct option options[] = {{"world", required_argument, NULL, 'w'},
                                            {"listen", required_argument, NULL, 'l'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *file = NULL;
    uint64_t port = 0;
    struct err e = ERR_INIT;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'h')
            return usage(EX_OK);
        if (c == 'w')
            file = optarg;
        else if (c != 'l' || !slice_to_u64(slice_of(optarg), 0, 65535, &port))
            return usage(EX_USAGE);
    }
    if (!file)
        return usage(EX_USAGE);
    if (world_load(&world, file, &e) != 0) {
        fprintf(stderr, "frontdesk-sandbox: %s\n", e.text);
        return EX_CONFIG;
    }
    log_rows = mem_alloc(LOG_MAX * sizeof(*log_rows));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return serve((unsigned)port);
}
