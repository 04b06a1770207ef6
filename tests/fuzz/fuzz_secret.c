/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_secret: any file as a secret: one clean line of at most 8192 bytes or a refusal that does not quote
 * it. */
#include "fuzz.h"

#include "frontdesk/secret.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[60];
    struct slice bytes = slice_from((const char *)data, size), line = slice_trim(bytes);
    struct secret s;
    struct err e = ERR_INIT;
    int fd = memfd_create("secret", MFD_CLOEXEC);
    ENSURE(fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (secret_load(&s, path, &e) == 0) {
        ENSURE(size <= 8192 && slice_eq(slice_from(s.value, s.len), line) && s.value[s.len] == '\0');
        for (size_t i = 0; i < s.len; i++)
            ENSURE((unsigned char)s.value[i] >= 0x20 && s.value[i] != 0x7f);
        ENSURE(s.len > 0 && strlen(s.fingerprint) == 16);
        secret_release(&s);
    } else {
        ENSURE(e.code == ERR_CONFIG && !s.value);
        ENSURE(
            line.len < 6 || slice_find(slice_of(e.text), slice_cut(line, 6)) < 0 ||
            slice_find(
                SLICE(
                    "the secret file /proc/self/fd/ is empty longer than 8192 bytes holds more than one line "
                    "or a control character"),
                slice_cut(line, 6)) >= 0);
    }
    ENSURE(!s.value);
    close(fd);
    return 0;
}
