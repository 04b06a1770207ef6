/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peers: the HTTP API. Keep-alive; tickets are numbered and keep only their externalID. */
#include "peers.h"

enum { MOST_TICKETS = 1 << 20 };

static char (*keys)[64];
static size_t n_tickets, n_reads, n_calls;
static const char *folder;
static uint16_t own_port;

void http_settings(const char *canned, uint16_t port)
{
    folder = canned;
    own_port = port;
}

static void answer(struct conn *c, const char *json, size_t len)
{
    peer_putf(&c->out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
              len);
    peer_put(&c->out, json, len);
}

static void canned(struct conn *c, const char *path)
{
    static const char none[] =
        "{\"items\":[],\"pageDetails\":{\"count\":0,\"requestCount\":500,\"prevPageUrl\":null,"
        "\"nextPageUrl\":null}}";
    char name[512];
    struct bytes text = {0};
    char block[4096];

    int n = snprintf(name, sizeof(name), "%s/", folder);
    for (; *path && *path != '?' && *path != ' ' && n < (int)sizeof(name) - 6; path++)
        name[n++] = *path == '/' ? '_' : *path;
    snprintf(name + n, sizeof(name) - (size_t)n, ".json");
    FILE *in = fopen(name, "re");
    if (!in) {
        answer(c, none, sizeof(none) - 1);
        return;
    }
    for (size_t got; (got = fread(block, 1, sizeof(block), in)) > 0;)
        peer_put(&text, block, got);
    fclose(in);
    answer(c, text.data ? text.data : none, text.data ? text.len : sizeof(none) - 1);
    free(text.data);
}

static void create(struct conn *c, const char *body)
{
    char json[64];

    if (!keys && !(keys = calloc(MOST_TICKETS, sizeof(*keys))))
        peer_die("calloc");
    if (n_tickets + 1 >= MOST_TICKETS)
        peer_die("too many tickets");
    const char *key = strstr(body, "\"externalID\"");
    key = key ? strchr(key + 12, '"') : NULL;
    n_tickets++;
    if (key)
        snprintf(keys[n_tickets], sizeof(keys[0]), "%.*s", (int)strcspn(key + 1, "\""), key + 1);
    int n = snprintf(json, sizeof(json), "{\"itemId\":%zu}", n_tickets);
    answer(c, json, (size_t)n);
}

static void read_back(struct conn *c, size_t id)
{
    char json[256];

    n_reads++;
    int n = snprintf(json, sizeof(json),
                     "{\"item\":{\"id\":%zu,\"ticketNumber\":\"T20261124.%04zu\",\"externalID\":\"%s\"}}", id,
                     id, id && id <= n_tickets ? keys[id] : "");
    answer(c, json, (size_t)n);
}

static void request(struct conn *c, char *head, const char *body)
{
    char *path = strchr(head, ' ');
    char json[256];

    n_calls++;
    if (!path)
        return;
    path++;
    path[strcspn(path, " \r")] = '\0';
    char *below = strcasestr(path, "v1.0/");
    below = below ? below + 5 : path + 1;
    if (strcasestr(path, "zoneInformation")) {
        int n = snprintf(json, sizeof(json),
                         "{\"zoneName\":\"Stub\",\"url\":\"http://127.0.0.1:%u/ATServicesRest/\","
                         "\"webUrl\":\"http://127.0.0.1:%u/\",\"ci\":1}",
                         own_port, own_port);
        answer(c, json, (size_t)n);
    } else if (strcmp(below, "Tickets") == 0 && head[0] == 'P') {
        create(c, body);
    } else if (strncmp(below, "Tickets/", 8) == 0 && below[8] >= '0' && below[8] <= '9' && head[0] == 'G') {
        read_back(c, strtoul(below + 8, NULL, 10));
    } else {
        canned(c, below);
    }
}

static void talk(struct conn *c)
{
    while (c->in.len > c->used) {
        char *head = c->in.data + c->used;
        char *end = strstr(head, "\r\n\r\n");
        if (!end)
            return;
        end[2] = '\0';
        const char *length = strcasestr(head, "\r\nContent-Length:");
        const bool asks = strcasestr(head, "\r\nExpect: 100") != NULL;
        const size_t body = length ? strtoul(length + 17, NULL, 10) : 0;
        end[2] = '\r';
        if (asks && !c->mode) {
            c->mode = 1;
            peer_putf(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        if ((size_t)(c->in.data + c->in.len - (end + 4)) < body)
            return;
        char *after = end + 4 + body;
        const char kept = *after;
        *after = '\0';
        request(c, head, end + 4);
        *after = kept;
        c->mode = 0;
        c->used = (size_t)(after - c->in.data);
    }
}

static void figures(void)
{
    printf("http calls %zu tickets %zu reads %zu\n", n_calls, n_tickets, n_reads);
}

const struct peer peer_http = {NULL, talk, figures};
