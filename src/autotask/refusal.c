/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refusal: Autotask locks a user after some failed logins, so two 401s in a row stop every call of this
 * installation, until user, secret or code change (autotask-rest.md 1.3). They are counted in a file, so that
 * they add up over restarts and over the command line: "FINGERPRINT COUNT".
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void path_of(const struct autotask *at, char *out, size_t size)
{
    snprintf(out, size, "%s/credentials-refused", at->options.state_dir);
}

enum { MOST = 2 };

/* Refusals in a row of the very login that we have. */
static unsigned read_count(const struct autotask *at)
{
    char path[4200], text[32] = "";
    uint64_t count;
    path_of(at, path, sizeof(path));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n < 16 || strncmp(text, at->fingerprint, 16) != 0)
        return 0;
    /* without a count: a note of an older version, which was made at the second */
    return slice_to_u64(slice_trim(slice_of(text + 16)), 0, 99, &count) ? (unsigned)count : MOST;
}

static bool write_count(const struct autotask *at, const char *path, unsigned count)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%s %u\n", at->fingerprint, count);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, (size_t)n) == n && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

int refusal_check(struct autotask *at, struct err *e)
{
    char path[4200];
    pthread_mutex_lock(&at->lock);
    at->refusals = read_count(at);
    bool stop = at->refusals >= MOST;
    pthread_mutex_unlock(&at->lock);
    if (!stop)
        return 0;
    path_of(at, path, sizeof(path));
    return err_set(e, ERR_CREDENTIALS,
                   "Autotask has refused this user, secret and integration code twice; no further try is "
                   "made, so that the "
                   "user is not locked. Put the right ones into %s and %s (or delete %s to try these again)",
                   at->options.conf->autotask.secret_file, at->options.conf->autotask.integration_code_file,
                   path);
}

void refusal_note(struct autotask *at)
{
    char path[4200];
    path_of(at, path, sizeof(path));
    pthread_mutex_lock(&at->lock);
    unsigned times = at->refusals = read_count(at) + 1;
    at->accepted = false;
    at->api[0] = '\0'; /* a moved tenant looks like this too: ask for the zone again */
    bool kept = write_count(at, path, times);
    int errnum = errno;
    pthread_mutex_unlock(&at->lock);
    if (kept)
        handover(path, at->options.state_dir);
    else
        LOG(LOG_ERROR, "autotask", "refusal.not-kept", LS("file", path), LN("errno", errnum));
    if (times >= MOST)
        LOG(LOG_ERROR, "autotask", "credentials.refused", LS("fingerprint", at->fingerprint));
}

void refusal_clear(struct autotask *at)
{
    char path[4200];
    path_of(at, path, sizeof(path));
    pthread_mutex_lock(&at->lock);
    if (at->refusals)
        unlink(path);
    at->refusals = 0;
    at->accepted = true;
    pthread_mutex_unlock(&at->lock);
}

bool autotask_is_refused(const char *state_dir, int64_t reached_ms)
{
    char path[4200], text[32] = "";
    struct stat st;
    uint64_t count = 0;
    snprintf(path, sizeof(path), "%s/credentials-refused", state_dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool there = fd >= 0 && fstat(fd, &st) == 0 && read(fd, text, sizeof(text) - 1) > 16;
    if (fd >= 0)
        close(fd);
    return there && slice_to_u64(slice_trim(slice_of(text + 16)), 0, 99, &count) && count >= MOST &&
           (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000 >= reached_ms;
}
