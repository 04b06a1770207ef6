/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uncaged: frontdesk with the reader in its own process, to measure what the cage costs (cagecost.py). Never
 * installed: whoever breaks such a reader has the desk. */
#include "../../src/cli/cli.h"

#include "frontdesk/cage.h"
#include "frontdesk/secret.h"

struct cage *cage_new(unsigned most)
{
    (void)most;
    return NULL;
}

void cage_on_question(struct cage *c, void (*asked)(void), void (*answered)(void))
{
    (void)c, (void)asked, (void)answered;
}

void cage_free(struct cage **cage)
{
    *cage = NULL;
}

unsigned cage_deaths(struct cage *c)
{
    (void)c;
    return 0;
}

int cage_read(struct cage *c, struct message *out, const struct mail_bytes *mail, bool headers_only,
              const struct message_limits *limits, struct cage_reader **held, struct err *e)
{
    (void)c, (void)held;
    return mail->path ? reader_read_file(out, mail->path, limits, e)
                      : reader_read(out, mail->bytes, headers_only, limits, e);
}

void cage_let_go(struct cage *c, struct cage_reader **held, bool proven)
{
    (void)c, (void)held, (void)proven;
}

int cage_attachments(struct cage *c, struct attachments *out, const struct message *m,
                     const struct mail_bytes *mail, const struct attachments_options *options,
                     struct pool *pool, struct err *e)
{
    (void)c;
    return attachments_list(out, m, mail, options, pool, e);
}

int cage_texts(struct cage *c, struct message_texts *out, const struct message *m,
               const struct mail_bytes *mail, struct pool *pool, struct err *e)
{
    (void)c;
    return message_texts(out, m, mail, pool, e);
}

int main(int argc, char **argv)
{
    secret_guard_process();
    crash_setup();
    return cli_main(argc, argv);
}
