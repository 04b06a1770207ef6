/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_value, inside: a setting while it is read. Readers return false when it is wrong, with the reason in
 * `why`; the caller adds what is allowed. */
#ifndef FRONTDESK_CONF_VALUE_H
#define FRONTDESK_CONF_VALUE_H

#include "conf_rows.h"

#define WHY_BYTES 400

/* What a reader works on. Texts come in checked for control characters and UTF-8. */
struct value {
    struct conf_reader *reader;
    const struct conf_row *row;
    const char *text;          /* NULL if the setting is no string */
    const config_setting_t *s; /* NULL for a preset */
    void *to;
    char why[WHY_BYTES];
};

/* Returns false, so that `return conf_wrong(...)` reads as one step. */
bool conf_wrong(struct value *v, const char *fmt, ...) PRINTF(2, 3);
bool conf_read_text(struct value *v);
/* Is every character of the text one of the set? */
bool conf_only(const char *text, const char *set);
/* A host name in its A-label form; `one_label`: "localhost" is one. */
bool conf_to_domain(struct slice text, char out[256], bool one_label);

/* conf_address.c */
bool conf_read_server(struct value *v, bool imap);
bool conf_read_api_url(struct value *v);
bool conf_read_trust(struct value *v);
bool conf_read_listen(struct value *v);

#endif
