/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tnefprops: a list of MAPI properties in memory, as winmail.dat holds them (MS-OXTNEF 2.1.3.4). */
#include "message_internal.h"

bool tnef_number(struct scan *c, unsigned bytes, uint32_t *out)
{
    *out = 0;
    for (unsigned i = 0; i < bytes; i++) {
        int b = scan_next(c);
        if (b < 0)
            return false;
        *out |= (uint32_t)b << (8 * i);
    }
    return true;
}

static bool step(struct scan *c, uint64_t n)
{
    if (n > (uint64_t)(c->end - c->p))
        return false;
    c->p += n;
    return true;
}

static uint64_t padded(uint32_t n)
{
    return ((uint64_t)n + 3) & ~(uint64_t)3;
}

/* Bytes of a fixed type; 0 = its length stands before each value, -1 = unknown. */
static int fixed_size(uint32_t type)
{
    switch (type & 0xfff) {
    case 0x02: /* short, padded */
    case 0x03:
    case 0x04:
    case 0x0a:
    case 0x0b:
        return 4;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14:
    case 0x40:
        return 8;
    case 0x48:
        return 16;
    case 0x0d:
    case 0x1e:
    case 0x1f:
    case 0x102:
        return 0;
    default:
        return -1;
    }
}

/* Named properties carry their name. */
static bool skip_name(struct scan *c)
{
    uint32_t kind, n;
    if (!step(c, 16) || !tnef_number(c, 4, &kind) || !tnef_number(c, 4, &n))
        return false;
    return kind == 0 || step(c, padded(n));
}

bool tnef_property(struct scan *c, uint32_t *type, uint32_t *id, struct slice *value)
{
    uint32_t count = 1, n;
    *value = SLICE_NONE;
    if (!tnef_number(c, 2, type) || !tnef_number(c, 2, id) || (*id >= 0x8000 && !skip_name(c)))
        return false;
    int fixed = fixed_size(*type);
    if (fixed < 0 || ((fixed == 0 || *type & 0x1000) && !tnef_number(c, 4, &count)))
        return false;
    if (fixed > 0)
        return step(c, (uint64_t)count * (unsigned)fixed);
    for (uint32_t i = 0; i < count; i++) {
        if (!tnef_number(c, 4, &n))
            return false;
        *value = slice_cut(scan_rest(c), n);
        if (!step(c, padded(n)))
            return false;
    }
    return true;
}

struct slice tnef_until_zero(struct slice s, size_t width)
{
    size_t n = 0;
    while (n + width <= s.len && (s.ptr[n] || (width == 2 && s.ptr[n + 1])))
        n += width;
    return slice_cut(s, n);
}
