/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message, inside: what the files of this folder share. Limits are those of mail.md 1.12. */
#ifndef FRONTDESK_MESSAGE_INTERNAL_H
#define FRONTDESK_MESSAGE_INTERNAL_H

#include "frontdesk/message_attachments.h"

#include <gmime/gmime.h>
#include <gnutls/crypto.h>

enum {
    HEADER_MAX = 256 * 1024,
    FIELD_MAX = 32 * 1024,
    ADDRESS_MARKS_MAX = 2000, /* of : , ; < in an address field: GMime recurses on nested groups */
    TEXT_MAX = 256 * 1024,
    TEXT_SOURCE_MAX = 1024 * 1024, /* decoded bytes of a text part that are looked at */
    NAME_MAX_BYTES = 150,
    ARENA_MAX = 4 * 1024 * 1024,
    CHUNK = 16 * 1024,
    STRUCTURE_MAX = 8 * 1024 * 1024, /* of memory that the library takes for a mail */
    STRUCTURE_OF_PART = 16 * 1024,   /* and as much more for each part that is allowed */
};

/* The bytes of one mail: in memory (fd -1) or in an open file. */
struct source {
    struct slice bytes;
    int fd;
    bool own; /* the file was opened for this */
    uint64_t size;
};

struct builder;

/* Up to n bytes from `off` into buffer; returns how many, 0 at the end, -1 on an error (errno). */
ssize_t source_read(const struct source *src, uint64_t off, void *buffer, size_t n) MUST_USE;

/* The mail as a source, until source_close. ERR_IO. */
int source_of(struct source *src, const struct mail_bytes *mail, struct err *e) MUST_USE;
void source_close(const struct source *src);

/* Where the header block ends (*body); in the fields of b->m what `take` makes of it. */
int source_header(struct builder *b, bool headers_only, int (*take)(struct builder *b, struct slice head),
                  uint64_t *body) MUST_USE;

/* limits.c: refuses with ERR_LIMIT. `counted`: `has` is all of it; else it was too much to go on. */
int message_over(struct err *e, enum message_over what, bool counted, uint64_t has, uint64_t most);

/* metered.c: the source as the library's stream. */
struct meter {
    const struct source *src;
    uint64_t look_at;
    size_t before, most; /* bytes of the heap */
    bool over, failed;   /* over: the stream ended before the mail did */
};
void metered_init(void);
GMimeStream *metered_open(struct meter *m, const struct source *src, const struct message_limits *limits);

/* content.c: the decoded bytes of a part, from its place in the source. */
struct content {
    const struct source *src;
    uint64_t off, left; /* encoded bytes */
    GMimeEncoding state;
    size_t begin;   /* uuencode: how much of "begin " this line has shown */
    char *in, *out; /* out NULL: as they are */
};
void content_open(struct content *c, const struct source *src, const struct message_part *p);
/* The next piece, valid until the call after; empty at the end. ERR_IO. */
int content_next(struct content *c, struct slice *piece, struct err *e) MUST_USE;
void content_close(struct content *c);

/* tnef.c */
struct tnef_file {
    struct slice name;  /* UTF-8, not safe yet; may be empty */
    bool has_data;      /* false: it holds no file, but a message or an object */
    uint64_t off, size; /* in the decoded winmail.dat */
    uint8_t sha256[32];
};
/* tneftext.c: the readable text of the message that it holds, with those of messages inside; `out` has a
 * maximum. */
int tnef_text(const struct source *src, const struct message_part *p, struct buf *out,
              struct err *e) MUST_USE;
typedef void (*tnef_found)(void *self, const struct tnef_file *file);
/* Tells each file, in order. *damaged: it does not start or does not end as it should; what was found before
 * is whole. ERR_IO. */
int tnef_scan(const struct source *src, const struct message_part *p, tnef_found found, void *self,
              bool *damaged, struct err *e) MUST_USE;

/* tnefprops.c: lists of properties, little-endian numbers. */
enum { TNEF_SIGNATURE = 0x223e9f78, TNEF_CODEPAGE = 0x00069007, TNEF_PROPERTIES = 0x00069005 };
bool tnef_number(struct scan *c, unsigned bytes, uint32_t *out);
/* One property; *value is its bytes where they have a length of their own. False: damaged. */
bool tnef_property(struct scan *c, uint32_t *type, uint32_t *id, struct slice *value);
/* Up to the first unit of `width` bytes that is zero. */
struct slice tnef_until_zero(struct slice s, size_t width);

/* rtf.c: Outlook's compressed RTF (MS-OXRTFCP), and the words of an RTF text. Damage ends it. */
void rtf_decompress(struct buf *out, struct slice packed);
void rtf_text(struct buf *out, struct slice rtf, const char *charset);

/* A message being built: the arena grows until the end, when it moves into the message. */
struct builder {
    struct message *m;
    struct buf arena;
    const struct source *src;
    const struct message_limits *limits;
    struct err *e;
};

struct span builder_add(struct builder *b, struct slice s);
struct slice builder_str(const struct builder *b, struct span s);

/* rawheader.c: guards and fields from the raw header block; decoded header values. */
int rawheader_read(struct builder *b, struct slice head) MUST_USE;
/* Of that only the fields as they stand, and the Message-IDs in them: no library, no charset. */
int rawheader_fields(struct builder *b, struct slice head) MUST_USE;
void rawheader_ids(struct builder *b);
/* From, To and their like, and what they hold of : , ; and < (see ADDRESS_MARKS_MAX). */
bool rawheader_is_address(struct slice name);
unsigned rawheader_marks(struct slice value);
/* Offset behind the empty line that ends the header block; 0 if it does not end within `bytes`. */
size_t rawheader_end(struct slice bytes);
/* Address fields of forwarded mails inside the body that would overflow the library's stack. */
int rawheader_guard_body(const struct source *src, uint64_t from, struct err *e) MUST_USE;
/* Encoded words and raw bytes to clean UTF-8 on one line, at most `most` bytes. */
void rawheader_decode(struct buf *out, struct slice raw, size_t most);

/* encodedword.c: RFC 2047; the input is UTF-8 around the words. */
void encodedword_decode(struct buf *out, struct slice utf8);

/* boundaries.c */
int boundaries_guard(const struct source *src, struct err *e) MUST_USE;

/* parttree.c: the tree of parts, their hashes, the readable text, the digest. */
int parttree_read(struct builder *b, GMimeMessage *mail, const struct meter *meter) MUST_USE;

/* flowed.c: RFC 3676. */
void flowed_join(struct buf *out, struct slice text, bool delsp);
/* CRLF and CR to LF, blanks at line ends and more than two empty lines away. */
void flowed_tidy(struct buf *out, struct slice text);

/* filename.c */
void filename_safe(struct buf *out, struct slice utf8);

/* wire.c: little-endian numbers to bytes and back; `bad` is sticky, and then all is 0. */
struct wire {
    const unsigned char *p;
    size_t left;
    uint32_t arena_len;
    bool bad;
};
void wire_put(struct buf *out, uint64_t v, unsigned bytes);
/* A number of `bytes` bytes; one over `most` is bad. */
uint64_t wire_get(struct wire *w, unsigned bytes, uint64_t most);
void wire_take(struct wire *w, void *to, size_t n);

void message_library_init(void);
GMimeParserOptions *message_parser_options(void);

#endif
