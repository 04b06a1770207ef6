/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_htmltext: HTML to text, charsets and the cleaning of text: clean text has no controls. */
#include "fuzz.h"

#include "frontdesk/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const labels[] = {"",      "utf-8",  "iso-2022-jp", "gb18030",
                                         "utf-7", "koi8-r", "utf-16",      "x"};
    struct slice bytes = slice_from((const char *)data, size);
    struct slice label = slice_of(labels[size ? data[0] % ARRAY_LEN(labels) : 0]);
    struct buf utf8 = BUF_INIT(64 * 1024 * 1024), text = BUF_INIT(64 * 1024 * 1024),
               clean = BUF_INIT(64 * 1024 * 1024);
    message_to_utf8(&utf8, bytes, label);
    message_html_to_text(&text, buf_view(&utf8));
    message_clean(&clean, buf_view(&text), false);
    for (size_t i = 0; i < clean.len; i++)
        ENSURE((unsigned char)clean.data[i] >= 0x20 && clean.data[i] != 0x7f);
    buf_release(&utf8);
    buf_release(&text);
    buf_release(&clean);
    return 0;
}
