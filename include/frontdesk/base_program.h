/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program: runs a program of the operator's: by its path, with fixed arguments, no shell. It sees nothing of
 * ours: its descriptors are input and output, its environment is what is given here, its folder is "/". It
 * leads a session of its own, and whatever is left of that when the program has ended, or its time is over,
 * is killed.
 */
#ifndef FRONTDESK_BASE_PROGRAM_H
#define FRONTDESK_BASE_PROGRAM_H

#include "frontdesk/base.h"

#include <spawn.h>

struct program {
    char *const *argv; /* [0]: absolute path; NULL at the end */
    char *const *env;  /* "NAME=value"; NULL at the end */
    struct slice input;
    unsigned timeout_ms;
};

struct program_end {
    int status; /* as it ended itself; 128 + signal when it was ended; -1: it did not start */
    bool late;  /* it was ended because its time was over */
    int64_t ms;
    char output[400]; /* the beginning of what it wrote, both ways, as one printable line */
};

/* How a child of ours begins: none of our signals is blocked or ignored in it. `flags`: what else of
 * POSIX_SPAWN_. Destroyed by the caller. */
void program_begins(posix_spawnattr_t *how, short flags);

/* 0: it ended itself with 0. -1 otherwise, with *e (ERR_IO, ERR_TIMEOUT) and *end as far as it came. A
 * program that does not read its input is not thought ill of. Blocks for at most timeout_ms and a little. */
int program_run(const struct program *p, struct program_end *end, struct err *e) MUST_USE;

#endif
