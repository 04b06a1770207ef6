/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shipped: the templates of this tree, for tests. Included behind cmocka.h. */
#ifndef FRONTDESK_TESTS_SHIPPED_H
#define FRONTDESK_TESTS_SHIPPED_H

#include "frontdesk/reply.h"

#include <stdlib.h>

static void source_path(char *out, size_t size, const char *below)
{
    const char *root = getenv("FRONTDESK_SRC");
    snprintf(out, size, "%s/%s", root ? root : ".", below);
}

/* English; to be freed. */
static struct templates *shipped_templates(void)
{
    char path[4200];
    struct templates *t;
    struct buf problems = BUF_INIT(65536);
    source_path(path, sizeof(path), "templates");
    if (templates_load(&t, path, NULL, "en", &problems) != 0)
        fail_msg("%s", problems.data);
    buf_release(&problems);
    return t;
}

#endif
