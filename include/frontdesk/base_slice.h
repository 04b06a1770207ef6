/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slice: borrowed bytes with a length. scan: a cursor over them. Parsers see these and never a raw pointer.
 * A slice need not be terminated; an empty one may have ptr NULL. It is valid as long as what it points into.
 */
#ifndef FRONTDESK_BASE_SLICE_H
#define FRONTDESK_BASE_SLICE_H

#include <limits.h>

struct slice {
    const char *ptr;
    size_t len;
};

#define SLICE(lit) ((struct slice){.ptr = ("" lit), .len = sizeof(lit) - 1})
#define SLICE_NONE ((struct slice){.ptr = NULL, .len = 0})
/* for printf's %.*s: all of it, whatever its length */
#define SLICE_ARG(s) (int)((s).len > INT_MAX ? INT_MAX : (s).len), ((s).ptr ? (s).ptr : "")

struct slice slice_of(const char *s); /* NULL gives the empty slice */
struct slice slice_from(const char *ptr, size_t len);
bool slice_eq(struct slice a, struct slice b);
bool slice_eq_nocase(struct slice a, struct slice b); /* ASCII case only */
bool slice_starts(struct slice s, struct slice prefix);
bool slice_starts_nocase(struct slice s, struct slice prefix);
bool slice_ends_nocase(struct slice s, struct slice suffix);
struct slice slice_trim(struct slice s);            /* ASCII blanks, tabs, CR, LF at both ends */
struct slice slice_skip(struct slice s, size_t n);  /* without the first n bytes; empty if shorter */
struct slice slice_cut(struct slice s, size_t n);   /* the first n bytes at most */
long slice_find(struct slice s, struct slice what); /* offset or -1 */
long slice_find_nocase(struct slice s, struct slice what);
long slice_find_char(struct slice s, char c);
/* Whole slice as a decimal number in [min, max]; false otherwise (signs, blanks, overflow). */
bool slice_to_u64(struct slice s, uint64_t min, uint64_t max, uint64_t *out) MUST_USE;
/* The longest prefix of at most n bytes that does not cut a UTF-8 sequence. */
struct slice slice_cut_utf8(struct slice s, size_t n);
/* The longest prefix of UTF-8 text that has at most n UTF-16 units: Autotask counts like SQL Server does. */
struct slice slice_cut_utf16(struct slice s, size_t n);
/* Bytes of the well-formed UTF-8 sequence at the start, 0 if there is none. */
size_t slice_utf8_length(struct slice s);
/* In place: controls become blanks, and so does each byte that belongs to no UTF-8 sequence. */
void slice_clean_text(char *s);

struct scan {
    const char *p, *end;
};

struct scan scan_of(struct slice s);
bool scan_end(const struct scan *c);
int scan_peek(const struct scan *c);       /* next byte 0..255 or -1 */
int scan_next(struct scan *c);             /* and step over it */
bool scan_char(struct scan *c, char want); /* step over it if it is there */
bool scan_word_nocase(struct scan *c, struct slice w);
struct slice scan_while(struct scan *c, const char *set);
struct slice scan_until(struct scan *c, const char *set);
struct slice scan_line(struct scan *c); /* without its LF or CRLF */
struct slice scan_rest(const struct scan *c);

#endif
