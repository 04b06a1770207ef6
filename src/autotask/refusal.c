/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refusal: Autotask locks a user after some failed logins, so two 401s in a row stop every call of this
 * installation, also after a restart and from the command line, until user, secret or code change
 * (autotask-rest.md 1.3).
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void path_of(const struct autotask *at, char *out, size_t size)
{
    snprintf(out, size, "%s/credentials-refused", at->options.state_dir);
}

int refusal_check(struct autotask *at, struct err *e)
{
    char path[4200], known[17] = "";
    path_of(at, path, sizeof(path));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, known, 16);
    close(fd);
    if (n != 16 || strcmp(known, at->fingerprint) != 0)
        return 0;
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
    pthread_mutex_lock(&at->lock);
    unsigned times = ++at->refusals;
    at->api[0] = '\0'; /* a moved tenant looks like this too: ask for the zone again */
    pthread_mutex_unlock(&at->lock);
    if (times < 2)
        return;
    path_of(at, path, sizeof(path));
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, at->fingerprint, 16) == 16 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (ok)
        handover(path, at->options.state_dir);
    else
        LOG(LOG_ERROR, "autotask", "refusal.not-kept", LS("file", path), LN("errno", errno));
    LOG(LOG_ERROR, "autotask", "credentials.refused", LS("fingerprint", at->fingerprint));
}

void refusal_clear(struct autotask *at)
{
    if (!at->refusals)
        return;
    pthread_mutex_lock(&at->lock);
    at->refusals = 0;
    pthread_mutex_unlock(&at->lock);
}
