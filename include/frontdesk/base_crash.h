/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash: places at which a test may kill the process. They are always compiled in: what is proved is what
 * ships. Cost when unarmed: one load and a branch.
 *
 * Armed by the environment: FRONTDESK_CRASH_AT="name" or "name:3" (third passage) ends the process with
 * SIGKILL; FRONTDESK_CRASH_AT="#17" at the 17th passage of any point; FRONTDESK_CRASH_LOG=FILE appends each
 * passage as a line: its name and the number of its thread.
 */
#ifndef FRONTDESK_BASE_CRASH_H
#define FRONTDESK_BASE_CRASH_H

extern bool crash_armed;
void crash_setup(void); /* reads the environment; call once in main */
void crash_pass(const char *name);

#define CRASH_POINT(name)                                                                                    \
    do {                                                                                                     \
        if (crash_armed)                                                                                     \
            crash_pass(name);                                                                                \
    } while (0)

/* A point of one thing among many, armed by FRONTDESK_CRASH_AT="name=which" only: neither counted by "#17"
 * nor logged. */
void crash_pass_of(const char *name, const char *which);
#define CRASH_POINT_OF(name, which)                                                                          \
    do {                                                                                                     \
        if (crash_armed)                                                                                     \
            crash_pass_of(name, which);                                                                      \
    } while (0)

#endif
