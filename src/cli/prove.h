/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prove: `doctor --prove`: what each trust profile makes of test mails. prove.c waits for them and sums up,
 * provemail.c judges and shows one. */
#ifndef FRONTDESK_CLI_PROVE_H
#define FRONTDESK_CLI_PROVE_H

#include "cli.h"
#include "frontdesk/gate.h"
#include "frontdesk/mailbox.h"

enum { PROVE_MAILS = 50, PROVE_PROFILES = 12 };

struct prove_profile {
    enum conf_trust trust;
    char server[256]; /* of CONF_TRUST_SERVER */
    char name[280];   /* as the settings have it */
};

struct prove_mail {
    enum gate_test side; /* NONE: a file that is no test mail */
    struct message message;
    const char *place; /* the folder or the file; borrowed */
    int64_t received_ms;
};

/* A mailbox with the test mails that came. */
struct prove_box {
    const struct conf *conf;
    const struct conf_mailbox *mailbox;
    struct mailbox_peek *peek;
    char message_id_host[300];
    struct prove_mail mails[PROVE_MAILS];
    size_t n_mails, n_told;
    struct prove_profile profiles[PROVE_PROFILES]; /* the first is the one of the settings */
    size_t n_profiles;
    unsigned failures; /* looks that went wrong, one behind the other */
};

/* What a profile makes of a mail: of it as a whole, and of its sender alone. */
struct prove_opinion {
    struct gate_result whole, proof;
    bool proves;
};

void prove_box_init(struct prove_box *box, const struct conf *conf, const struct conf_mailbox *mailbox);
void prove_box_release(struct prove_box *box);
/* Takes over the message; each server that claims to have written results in it becomes a profile. False:
 * there are enough mails. */
bool prove_box_add(struct prove_box *box, const struct prove_mail *mail) MUST_USE;
/* How many of that side. */
size_t prove_box_count(const struct prove_box *box, enum gate_test side);

void prove_judge(const struct prove_box *box, const struct prove_mail *mail,
                 const struct prove_profile *profile, struct prove_opinion *out);
/* For people, on stdout; or as an object behind `json`. */
void prove_show(const struct prove_box *box, const struct prove_mail *mail, struct buf *json);
/* The whole of it; an exit code. */
int prove_run(const struct cli *cli);

#endif
