/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz: what the targets share. A target is one function over bytes that aborts (ENSURE) when a property
 * fails; libFuzzer or replay.c calls it. An input that holds several values is cut at its NUL bytes.
 */
#ifndef FRONTDESK_FUZZ_H
#define FRONTDESK_FUZZ_H

#include "frontdesk/base.h"

#include <dirent.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next value of the input. */
static inline struct slice fuzz_field(struct scan *c)
{
    struct slice rest = scan_rest(c);
    long nul = slice_find_char(rest, '\0');
    struct slice field = nul < 0 ? rest : slice_cut(rest, (size_t)nul);
    c->p += nul < 0 ? rest.len : (size_t)nul + 1;
    return field;
}

/* The next byte as a number below `n`; 0 at the end. */
static inline unsigned fuzz_pick(struct scan *c, unsigned n)
{
    int byte = scan_next(c);
    return byte < 0 ? 0 : (unsigned)byte % n;
}

/* The folder of a target, with the files in it. */
static inline void fuzz_remove_dir(const char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *entry; d && (entry = readdir(d)) != NULL;)
        unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    rmdir(dir);
}

/* Well-formed UTF-8? Written anew, not with what is under test. */
static inline bool fuzz_is_utf8(struct slice s)
{
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
        if (n == 0 || i + n > s.len)
            return false;
        uint32_t point = n == 1 ? c : c & (0x7fU >> n);
        for (size_t k = 1; k < n; k++) {
            if ((s.ptr[i + k] & 0xc0) != 0x80)
                return false;
            point = point << 6 | ((unsigned char)s.ptr[i + k] & 0x3f);
        }
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
            return false;
        i += n;
    }
    return true;
}

/* One line without C0 and C1 controls? */
static inline bool fuzz_is_clean(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i], next = i + 1 < s.len ? (unsigned char)s.ptr[i + 1] : 0;
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0))
            return false;
    }
    return true;
}

#endif
