/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program: the command line of frontdesk-sandbox. */
#include "sandbox.h"

#include <getopt.h>
#include <sysexits.h>
#include <unistd.h>

static int usage(int code)
{
    struct buf b = BUF_INIT(64 * 1024);
    buf_puts(&b, "usage: frontdesk-sandbox --world FILE [--listen PORT] [--log FILE] [--state FILE]\n");
    if (code == EX_OK) {
        buf_puts(&b,
                 "\nA simulated Autotask and QuickBooks on 127.0.0.1 (port 0 = any; the first line of output "
                 "says which).\n\n"
                 "  --world FILE   the tenant: login, picklists, records, settings\n"
                 "  --listen PORT  where to listen\n"
                 "  --log FILE     append each call as one line of JSON\n"
                 "  --state FILE   keep the records here: read instead of the world if it exists, and\n"
                 "                 written at the end\n"
                 "\nControl, all JSON:\n"
                 "  GET /sandbox/log, /sandbox/world, /sandbox/settings, /sandbox/books, /sandbox/tokens\n"
                 "  POST /sandbox/faults, /sandbox/settings, /sandbox/rows, /sandbox/books, /sandbox/reset\n"
                 "  DELETE /sandbox/log, /sandbox/faults\n"
                 "\nSettings:\n");
        settings_describe(&b);
        buf_puts(&b, "\nActions of faults:\n");
        faults_describe(&b);
    }
    fputs(b.data, code == EX_OK ? stdout : stderr);
    buf_release(&b);
    return code;
}

static int fail(const struct err *e, int code)
{
    fprintf(stderr, "frontdesk-sandbox: %s\n", e->text);
    return code;
}

int sandbox_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"world", required_argument, NULL, 'w'}, {"listen", required_argument, NULL, 'l'},
        {"log", required_argument, NULL, 'o'},   {"state", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},        {0}};
    const char *file = NULL, *log = NULL, *state = NULL;
    uint64_t port = 0;
    struct err e = ERR_INIT;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'h':
            return usage(EX_OK);
        case 'w':
            file = optarg;
            break;
        case 'o':
            log = optarg;
            break;
        case 's':
            state = optarg;
            break;
        case 'l':
            if (slice_to_u64(slice_of(optarg), 0, 65535, &port))
                break;
            return usage(EX_USAGE);
        default:
            return usage(EX_USAGE);
        }
    }
    if (!file || optind < argc)
        return usage(EX_USAGE);
    if (world_load(state && access(state, F_OK) == 0 ? state : file, &e) != 0)
        return fail(&e, EX_CONFIG);
    if (requestlog_open(log, &e) != 0)
        return fail(&e, EX_CANTCREAT);
    int code = server_run((unsigned)port);
    if (code == EX_OK && state && world_save(state, &e) != 0)
        return fail(&e, EX_CANTCREAT);
    return code;
}
