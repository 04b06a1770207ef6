/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confine: what a reader may ask of the kernel. All that it needs was opened and loaded before: converters of
 * charsets, the libraries' tables. A call that opens something is refused (the libraries cope); any other
 * that is not in the table ends the process.
 *
 * Sanitizers look into /proc and use calls of their own, so a build with them is bounded in nothing.
 */
#include "cage_wire.h"

#include "config.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#ifdef HAVE_LIBSECCOMP
#include <seccomp.h>
#endif

#if defined(HAVE_LIBSECCOMP) && !defined(FD_SANITIZED)

static bool allow_calls(scmp_filter_ctx c)
{
    static const int calls[] = {
        SCMP_SYS(read),           SCMP_SYS(pread64),       SCMP_SYS(write),        SCMP_SYS(recvmsg),
        SCMP_SYS(recvfrom),       SCMP_SYS(sendmsg),       SCMP_SYS(sendto),       SCMP_SYS(close),
        SCMP_SYS(fstat),          SCMP_SYS(newfstatat),    SCMP_SYS(lseek),        SCMP_SYS(munmap),
        SCMP_SYS(mremap),         SCMP_SYS(brk),           SCMP_SYS(madvise),      SCMP_SYS(futex),
        SCMP_SYS(getrandom),      SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigprocmask), SCMP_SYS(getrusage),     SCMP_SYS(exit),         SCMP_SYS(exit_group),
        SCMP_SYS(sched_yield),    SCMP_SYS(getpid),        SCMP_SYS(gettid),       SCMP_SYS(restart_syscall)};
    static const int openers[] = {SCMP_SYS(open),   SCMP_SYS(openat),  SCMP_SYS(access), SCMP_SYS(faccessat),
                                  SCMP_SYS(stat),   SCMP_SYS(lstat),   SCMP_SYS(statx),  SCMP_SYS(readlink),
                                  SCMP_SYS(socket), SCMP_SYS(openat2), SCMP_SYS(getcwd)};
    int bad = 0;
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, calls[i], 0);
    for (size_t i = 0; i < ARRAY_LEN(openers); i++)
        bad |= seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), openers[i], 0);
    /* no memory that can be run; limits only of itself; an abort may end only itself */
    bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |=
        seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0));
    return bad == 0;
}

static bool filter(void)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool done = c && allow_calls(c) && seccomp_load(c) == 0;
    if (c)
        seccomp_release(c);
    return done;
}

#else

static bool filter(void)
{
    return false;
}

#endif

bool cage_confine(void)
{
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_FSIZE, &none);
#ifndef FD_SANITIZED
    struct rlimit memory = {CAGE_MEMORY, CAGE_MEMORY};
    if (setrlimit(RLIMIT_DATA, &memory) != 0)
        return false;
#endif
    return filter();
}

void cage_allow_seconds(unsigned seconds)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    rlim_t at = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + seconds + 1;
    struct rlimit limit = {.rlim_cur = at, .rlim_max = RLIM_INFINITY};
    (void)setrlimit(RLIMIT_CPU, &limit);
}
