/* SPDX-License-Identifier: GPL-2.0-or-later */
/* health: a thread that does nothing but look how all goes, so that no call that hangs keeps the operator
 * from hearing of it: legs whose grace is over, and canaries. `run` only. See canary.h. */
#include "canary.h"
#include "frontdesk/pulse.h"

#include <errno.h>
#include <poll.h>

/* TURN_MS: an alert is one write to the journal */
enum { EVERY_MS = 1000, TURN_MS = 10 * 60000 };

struct health {
    struct desk *desk;
    pthread_t thread;
};

static void *health_main(void *self)
{
    struct health *h = self;
    struct pollfd stop = {.fd = h->desk->stop_fd, .events = POLLIN};
    struct pulse *pulse = pulse_new("health");
    int n;
    while ((n = poll(&stop, 1, EVERY_MS)) == 0 || (n < 0 && errno == EINTR)) {
        pulse_promise(pulse, TURN_MS);
        legs_judge(h->desk);
        canaries_look(h->desk);
    }
    pulse_end(&pulse);
    return NULL;
}

int health_start(struct health **out, struct desk *d, struct err *e)
{
    struct health *h = mem_alloc(sizeof(*h));
    *h = (struct health){.desk = d};
    if (pthread_create(&h->thread, NULL, health_main, h) != 0) {
        free(h);
        return err_set(e, ERR_IO, "cannot start the thread that looks after health");
    }
    *out = h;
    return 0;
}

void health_join(struct health **health)
{
    if (!*health)
        return;
    pthread_join((*health)->thread, NULL);
    free(*health);
    *health = NULL;
}
