/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filename: a name from a mail that is safe to save under, on any system, and safe to show. */
#include "message_internal.h"

/* Windows opens devices by these names, whatever the extension. */
static const char *const reserved[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};

static bool is_reserved(struct slice name)
{
    long dot = slice_find_char(name, '.');
    struct slice stem = slice_trim(dot < 0 ? name : slice_cut(name, (size_t)dot));
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
        if (slice_eq_nocase(stem, slice_of(reserved[i])))
            return true;
    }
    bool port = slice_starts_nocase(stem, SLICE("com")) || slice_starts_nocase(stem, SLICE("lpt"));
    if (!port)
        return false;
    struct slice number = slice_skip(stem, 3);
    /* the superscripts 1 2 3 count too */
    return (number.len == 1 && number.ptr[0] >= '0' && number.ptr[0] <= '9') ||
           slice_eq(number, SLICE("\xc2\xb9")) || slice_eq(number, SLICE("\xc2\xb2")) ||
           slice_eq(number, SLICE("\xc2\xb3"));
}

static struct slice last_component(struct slice s)
{
    for (size_t i = s.len; i > 0; i--) {
        if (s.ptr[i - 1] == '/' || s.ptr[i - 1] == '\\')
            return slice_skip(s, i);
    }
    return s;
}

static struct slice trim_dots(struct slice s)
{
    while (s.len && (s.ptr[0] == '.' || s.ptr[0] == ' '))
        s = slice_skip(s, 1);
    while (s.len && (s.ptr[s.len - 1] == '.' || s.ptr[s.len - 1] == ' '))
        s.len--;
    return s;
}

/* Cut in the middle, so that the extension stays: it tells what the file is. */
static void put_cut(struct buf *out, struct slice s)
{
    size_t dot = s.len;
    for (size_t i = s.len; i > 0 && s.len - i < 20; i--) {
        if (s.ptr[i - 1] == '.') {
            dot = i - 1;
            break;
        }
    }
    struct slice tail = slice_skip(s, dot);
    struct slice head = slice_cut_utf8(slice_cut(s, dot), NAME_MAX_BYTES - tail.len);
    while (head.len && (head.ptr[head.len - 1] == '.' || head.ptr[head.len - 1] == ' '))
        head.len--;
    buf_slice(out, head);
    buf_slice(out, tail);
}

void filename_safe(struct buf *out, struct slice utf8)
{
    struct buf clean = BUF_INIT(16 * FIELD_MAX), name = BUF_INIT(16 * FIELD_MAX);
    message_clean(&clean, utf8, false);
    struct slice s = trim_dots(last_component(buf_view(&clean)));
    /* one byte is kept for the mark before a reserved name */
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        buf_putc(&name, strchr("<>:\"|?*", c) ? '_' : c);
    }
    s = buf_view(&name);
    struct buf whole = BUF_INIT(16 * FIELD_MAX);
    if (is_reserved(s))
        buf_putc(&whole, '_');
    buf_slice(&whole, s);
    if (whole.len > NAME_MAX_BYTES)
        put_cut(out, buf_view(&whole));
    else
        buf_slice(out, buf_view(&whole));
    buf_release(&whole);
    buf_release(&name);
    buf_release(&clean);
}
