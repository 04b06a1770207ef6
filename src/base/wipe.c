/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wipe: memory that is given back is emptied first. Secrets pass through libraries that copy them (header
 * lists, line buffers, parsed JSON, TLS records) and never clear what they free, so it is done where all of
 * them come together: free and realloc of the C library, in front of which these two stand. Large pieces hold
 * mail, and no secret; they are left alone. With another C library, or under a sanitizer, which has an
 * allocator of its own, this file is empty.
 */
#include "frontdesk/base.h"

#if defined(__GLIBC__) && !defined(FD_SANITIZED)

#include <malloc.h>

#define LARGE ((size_t)128 << 10)

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): glibc's names for what stands behind
 */
void __libc_free(void *p);
void *__libc_realloc(void *p, size_t size);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

void free(void *p)
{
    size_t room = p ? malloc_usable_size(p) : 0;
    if (room && room <= LARGE)
        explicit_bzero(p, room);
    __libc_free(p);
}

/* What has to move leaves nothing behind. What shrinks a little stays where it is. */
void *realloc(void *p, size_t size)
{
    size_t room = p ? malloc_usable_size(p) : 0;
    if (!room || !size || room > LARGE)
        return __libc_realloc(p, size);
    if (size <= room && size >= room / 2)
        return p;
    void *fresh = malloc(size);
    if (!fresh)
        return NULL;
    memcpy(fresh, p, size < room ? size : room);
    free(p);
    return fresh;
}

#else
typedef int wipe_is_empty; /* ISO C wants something here */
#endif
