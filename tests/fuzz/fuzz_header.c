/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_header: the small decoders of src/message one by one, which whole mails reach only now and then:
 * header values, encoded words, charsets, file names, flowed text. */
#include "../../src/message/message_internal.h"
#include "fuzz.h"

static void check_header(struct slice raw)
{
    struct buf out = BUF_INIT(1 << 20);
    rawheader_decode(&out, raw, 998);
    ENSURE(out.len <= 998 && fuzz_is_clean(buf_view(&out)) && fuzz_is_utf8(buf_view(&out)));
    buf_clear(&out);
    encodedword_decode(&out, raw);
    buf_release(&out);
}

static void check_charset(struct slice raw, struct slice label)
{
    struct buf utf8 = BUF_INIT(8 << 20), clean = BUF_INIT(8 << 20), again = BUF_INIT(8 << 20);
    message_to_utf8(&utf8, raw, label);
    ENSURE(fuzz_is_utf8(buf_view(&utf8)));
    message_clean(&clean, buf_view(&utf8), false);
    ENSURE(fuzz_is_clean(buf_view(&clean)) && fuzz_is_utf8(buf_view(&clean)));
    message_clean(&again, buf_view(&clean), false);
    ENSURE(slice_eq(buf_view(&clean), buf_view(&again)));
    buf_release(&utf8);
    buf_release(&clean);
    buf_release(&again);
}

static void check_name(struct slice raw)
{
    struct buf name = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
    filename_safe(&name, raw);
    ENSURE(name.len <= NAME_MAX_BYTES && fuzz_is_clean(buf_view(&name)));
    ENSURE(!name.len || (name.data[0] != '.' && !strpbrk(name.data, "/\\:*?\"<>|")));
    filename_safe(&again, buf_view(&name));
    ENSURE(slice_eq(buf_view(&name), buf_view(&again)));
    buf_release(&name);
    buf_release(&again);
}

static void check_flowed(struct slice raw, bool delsp)
{
    struct buf joined = BUF_INIT(1 << 20), tidy = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
    flowed_join(&joined, raw, delsp);
    ENSURE(joined.len <= raw.len * 3 + 4);
    flowed_tidy(&tidy, buf_view(&joined));
    flowed_tidy(&again, buf_view(&tidy));
    ENSURE(slice_eq(buf_view(&tidy), buf_view(&again)) && slice_find(buf_view(&tidy), SLICE("\n\n\n\n")) < 0);
    buf_release(&joined);
    buf_release(&tidy);
    buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct slice label = slice_cut(fuzz_field(&c), 40), raw = scan_rest(&c);
    struct buf utf8 = BUF_INIT(1 << 20);
    message_library_init();
    check_header(raw);
    check_charset(raw, label);
    message_to_utf8(&utf8, raw, SLICE_NONE);
    check_name(buf_view(&utf8));
    check_flowed(raw, label.len % 2 == 0);
    buf_release(&utf8);
    return 0;
}
