/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_from: whatever From is accepted must be a plain address that parses to itself. */
#include "fuzz.h"

#include "frontdesk/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char address[256], again[256], host[256];
    const char *reason = NULL;
    if (gate_parse_from(slice_from((const char *)data, size), address, &reason)) {
        const char *at = strchr(address, '@');
        ENSURE(at && at != address && !strchr(at + 1, '@') && !strpbrk(address, " \t\"()<>,;:\\[]"));
        ENSURE(gate_parse_from(slice_of(address), again, &reason) && strcmp(address, again) == 0);
    } else {
        ENSURE(reason && address[0] == '\0');
    }
    if (gate_domain_ascii(slice_from((const char *)data, size), host))
        ENSURE(gate_domain_ascii(slice_of(host), address) && strcmp(host, address) == 0);
    return 0;
}
