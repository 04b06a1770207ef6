/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notify: readiness, end and the watchdog of the service manager. It is fed only while every thread keeps
 * what it promised (pulse.h): a process that merely exists is not alive. */
#include "cli.h"
#include "frontdesk/pulse.h"

#include "config.h"

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

void notify_service(const char *state)
{
#ifdef HAVE_LIBSYSTEMD
    sd_notify(0, state);
#else
    (void)state;
#endif
}

int notify_alive_every_ms(void)
{
    uint64_t us = 0;
#ifdef HAVE_LIBSYSTEMD
    if (sd_watchdog_enabled(0, &us) <= 0)
        us = 0;
#endif
    uint64_t ms = us / 3000;
    return us == 0 ? -1 : ms < 10 ? 10 : ms > 60000 ? 60000 : (int)ms;
}

void notify_alive(void)
{
    char name[48];
    if (!pulse_late(clock_mono_ms(), name)) {
        notify_service("WATCHDOG=1");
        return;
    }
    LOG(LOG_ERROR, "run", "stuck", LS("thread", name),
        LS("hint", "the service manager is not told that all is well, and will start frontdesk anew"));
}
