/* SPDX-License-Identifier: GPL-2.0-or-later */
/* crash: see base_crash.h. */
#include "frontdesk/base.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

bool crash_armed;

static char want_name[64];
static uint64_t want_count = 1, passed;
static bool any_name;
static int log_fd = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void crash_setup(void)
{
    const char *at = getenv("FRONTDESK_CRASH_AT"), *file = getenv("FRONTDESK_CRASH_LOG");
    if (file)
        log_fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (at && at[0] == '#') {
        any_name = slice_to_u64(slice_of(at + 1), 1, UINT64_MAX, &want_count);
    } else if (at) {
        struct slice s = slice_of(at);
        long colon = slice_find_char(s, ':');
        if (colon >= 0 && !slice_to_u64(slice_skip(s, (size_t)colon + 1), 1, UINT64_MAX, &want_count))
            want_count = 1;
        snprintf(want_name, sizeof(want_name), "%.*s", colon >= 0 ? (int)colon : (int)s.len, at);
    }
    crash_armed = log_fd >= 0 || any_name || want_name[0];
}

void crash_pass_of(const char *name, const char *which)
{
    char full[64];
    snprintf(full, sizeof(full), "%s=%s", name, which);
    if (strcmp(full, want_name) == 0)
        kill(getpid(), SIGKILL);
}

void crash_pass(const char *name)
{
    pthread_mutex_lock(&lock);
    if (log_fd >= 0) {
        struct buf b = BUF_INIT(100);
        buf_printf(&b, "%.80s %ld\n", name, (long)gettid());
        if (write(log_fd, b.data, b.len) < 0)
            log_fd = -1;
        buf_release(&b);
    }
    if ((any_name || strcmp(name, want_name) == 0) && ++passed == want_count)
        kill(getpid(), SIGKILL);
    pthread_mutex_unlock(&lock);
}
