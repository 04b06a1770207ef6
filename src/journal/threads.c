/* SPDX-License-Identifier: GPL-2.0-or-later */
/* threads: which job a Message-ID belongs to: a letter of ours, or the mail of a proven sender. Kept as the
 * first 63 bits of its SHA-256: short rows in one tree, and nothing to be read out of it. */
#include "db.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

int64_t thread_hash(struct slice message_id)
{
    unsigned char raw[32];
    uint64_t v = 0;
    ENSURE(gnutls_hash_fast(GNUTLS_DIG_SHA256, message_id.ptr, message_id.len, raw) == 0);
    for (int i = 0; i < 8; i++)
        v = v << 8 | raw[i];
    return (int64_t)(v >> 1);
}

/* The first one keeps it: a later mail with a copied Message-ID changes nothing. */
int thread_insert(struct db *db, const char *message_id, int64_t job, struct err *e)
{
    static const char sql[] = "INSERT OR IGNORE INTO threads VALUES (?, ?)";
    if (!message_id || !message_id[0] || job == 0)
        return 0;
    struct query q = query_start(db, sql);
    query_int(&q, thread_hash(slice_of(message_id)));
    query_int(&q, job);
    return query_run(&q, e);
}

int64_t journal_thread(struct journal *j, struct slice message_id)
{
    static const char sql[] = "SELECT job FROM threads WHERE hash = ?";
    if (message_id.len == 0)
        return 0;
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, thread_hash(message_id));
    return journal_read_number(j, &q);
}

size_t journal_children(struct journal *j, int64_t parent, int64_t *ids, size_t max)
{
    static const char sql[] = "SELECT id FROM jobs WHERE parent = ? AND parent != 0 AND outcome = 3 AND "
                              "state >= 3 ORDER BY id LIMIT ?";
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, parent);
    return journal_read_ids(j, &q, ids, max);
}
