/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cage, wire: what goes over the socket. Both ends are the same program, so numbers go as they lie in memory;
 * every length is checked by who receives it. */
#ifndef FRONTDESK_CAGE_WIRE_H
#define FRONTDESK_CAGE_WIRE_H

#include "frontdesk/cage.h"

enum cage_op { CAGE_OP_READ = 1, CAGE_OP_ATTACHMENTS, CAGE_OP_TEXTS };
enum { CAGE_SOCKET = 3, CAGE_ANSWER_MAX = 16 * 1024 * 1024, CAGE_QUESTION_MAX = 64 * 1024 * 1024 };

/* Then `bytes` bytes of mail (none when a file came along), then `message` bytes of the message. */
struct cage_question {
    uint32_t op;
    uint8_t headers_only, has_file;
    uint64_t bytes, message;
    struct message_limits limits;
    struct attachments_options options;
};

/* Then `bytes` bytes: what was made, or the error's text. */
struct cage_answer {
    uint32_t code; /* enum err_code */
    uint64_t bytes;
};

/* confine.c: from here on nothing can be opened, and memory is bounded. False: this kernel, or this build,
 * cannot. */
bool cage_confine(void);
/* Processor time for the next mail, counted from now. */
void cage_allow_seconds(unsigned seconds);

#endif
