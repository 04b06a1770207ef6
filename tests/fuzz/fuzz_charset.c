/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_charset: bytes under any label, known or not, come out as well-formed UTF-8; text that is ASCII is the
 * same in every label that is one of ASCII's children, and well-formed UTF-8 without a label stays as it is.
 */
#include "fuzz.h"

#include "frontdesk/message.h"

/* Stateful and wide ones among them: these read ASCII as something else. */
static const struct {
    const char *name;
    bool ascii;
} labels[] = {
    {"", true},
    {"us-ascii", true},
    {"UTF-8", true},
    {"unicode-1-1-utf-7", false},
    {"utf-7", false},
    {"utf-16", false},
    {"utf-16le", false},
    {"utf-32", false},
    {"iso-8859-1", true},
    {"iso-8859-8-i", true},
    {"windows-1252", true},
    {"cp1251", true},
    {"koi8-r", true},
    {"big5", true},
    {"gb2312", true},
    {"gb18030", true},
    {"hz-gb-2312", false},
    {"shift_jis", false},
    {"euc-jp", true},
    {"iso-2022-jp", false},
    {"iso-2022-kr", false},
    {"euc-kr", true},
    {"ks_c_5601-1987", true},
    {"macintosh", true},
    {"ebcdic-us", false},
    {"x-unknown", true},
    {"../../etc/passwd", true},
    {"utf-8//IGNORE", true},
};

static bool is_plain_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x80 || c == 0 || c == 0x1b || c == 0x0e || c == 0x0f)
            return false;
    }
    return true;
}

static void check(struct slice bytes, struct slice label, bool ascii)
{
    struct buf out = BUF_INIT(64 << 20), clean = BUF_INIT(64 << 20);
    message_to_utf8(&out, bytes, label);
    ENSURE(out.overflow || fuzz_is_utf8(buf_view(&out)));
    ENSURE(bytes.len == 0 || out.len > 0 || !ascii);
    if (ascii && is_plain_ascii(bytes))
        ENSURE(slice_eq(buf_view(&out), bytes));
    if (label.len == 0 && fuzz_is_utf8(bytes) && slice_find_char(bytes, '\0') < 0)
        ENSURE(slice_eq(buf_view(&out), bytes));
    message_clean(&clean, buf_view(&out), false);
    ENSURE(fuzz_is_clean(buf_view(&clean)) && fuzz_is_utf8(buf_view(&clean)));
    buf_release(&out);
    buf_release(&clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scan c = scan_of(slice_from((const char *)data, size));
    unsigned i = fuzz_pick(&c, ARRAY_LEN(labels) + 1);
    if (i < ARRAY_LEN(labels)) {
        check(scan_rest(&c), slice_of(labels[i].name), labels[i].ascii);
    } else {
        struct slice label = slice_cut(fuzz_field(&c), 60);
        check(scan_rest(&c), label, false);
    }
    return 0;
}
