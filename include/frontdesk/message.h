/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message: bytes of a mail → struct message. No I/O in this folder but reading the spool file it is given.
 *
 * struct message is flat: spans (offset, length) into one arena and plain arrays, no library pointers, so
 * that it can be encoded, length-checked and decoded (message_encode, message_decode) by a reader in a
 * process of its own. All decoded text is UTF-8, without NUL, C0/C1 controls (but LF and TAB in the body
 * text) and bidirectional overrides.
 */
#ifndef FRONTDESK_MESSAGE_H
#define FRONTDESK_MESSAGE_H

#include "frontdesk/base.h"

struct span {
    uint32_t off, len; /* len 0 = absent */
};

enum { MESSAGE_MAX_FIELDS = 1000, MESSAGE_MAX_PARTS = 2000, MESSAGE_MAX_REFERENCES = 100 };

struct message_field {
    struct span name;  /* as written */
    struct span value; /* raw bytes, unfolded (CRLF before blank removed), at most 32 KB, not decoded */
};

enum message_part_kind { PART_TEXT, PART_HTML, PART_ATTACHMENT, PART_MESSAGE, PART_CALENDAR, PART_REPORT };

struct message_part {
    enum message_part_kind kind;
    struct span type; /* "text/plain", lower-case */
    struct span name; /* safe file name, UTF-8: no path, no control, no reserved name, at most 150 bytes; may
                         be empty */
    uint64_t size;    /* decoded bytes */
    uint64_t raw_off, raw_len; /* of the encoded content in the mail, for later decoding */
    uint8_t encoding;          /* 0 identity, 1 base64, 2 quoted-printable, 3 uuencode */
    uint8_t is_inline;         /* Content-Disposition: inline, or a Content-ID and no disposition */
    uint8_t is_shown;          /* the HTML shows it by its Content-ID */
    uint8_t depth;             /* nesting level, 0 = top */
    uint8_t is_answer;         /* calendar: METHOD is REPLY, COUNTER or CANCEL */
    uint8_t is_further;        /* text or HTML that the reader sees besides `text` of struct message */
    uint8_t sha256[32];        /* of the decoded bytes */
};

struct message {
    char *arena;
    uint32_t arena_len;
    struct message_field *fields; /* in order, all of them */
    uint32_t n_fields;
    struct message_part *parts;
    uint32_t n_parts;
    struct span *references; /* Message-IDs with < >, in order */
    uint32_t n_references;
    struct span from; /* raw value of the first From field */
    uint32_t n_from;  /* how many From fields there are ("From :" counts) */
    struct span
        from_library;        /* the one address that GMime finds in From, "" if not exactly one (T4 canary) */
    struct span from_name;   /* decoded display name, for display only */
    struct span subject;     /* decoded, one line, at most 998 bytes */
    struct span message_id;  /* with < >; absent if malformed */
    struct span in_reply_to; /* first Message-ID in it */
    struct span top_type;    /* content type of the whole, lower-case */
    struct span text;        /* readable text: plain, or made from HTML; LF line ends; at most 256 KB */
    uint8_t text_cut;        /* text was longer */
    uint8_t text_from_html;
    uint8_t headers_only;
    int64_t date_ms; /* Date field, 0 = absent or nonsense */
    uint8_t
        digest[32]; /* canonical: decoded first text part (blanks folded) + attachment hashes, mail.md 5.1 */
};

/* Limits of a reading; a mail over one is refused with ERR_LIMIT and a text that names the limit and both
 * numbers. */
struct message_limits {
    uint64_t size; /* bytes of the whole mail */
    unsigned parts, depth;
};
extern const struct message_limits message_limits_default;

/* What a mail has too much of. */
enum message_over {
    OVER_SIZE,
    OVER_PARTS,
    OVER_DEPTH,
    OVER_HEADER,
    OVER_FIELDS,
    OVER_FIELD,
    OVER_ADDRESSES,
    OVER_ADDRESSES_INSIDE, /* of a mail inside */
    OVER_FIELD_INSIDE,     /* one that has parameters */
    OVER_STRUCTURE,        /* what the library made of its parts and their fields */
    OVER_BOUNDARIES,       /* lines that may be boundaries, times the boundaries there are */
    OVER_TEXTS
};
/* Which of them an error is about; false: it is about something else. */
bool message_over_of(const struct err *e, enum message_over *what);

/* From memory, or from a spool file read as a stream (constant memory apart from text). `headers_only`: only
 * the header block is there. Errors: ERR_LIMIT, ERR_MAIL (no header block, NUL in it ...), ERR_IO. *out is
 * valid after success only. */
int reader_read(struct message *out, struct slice bytes, bool headers_only,
                const struct message_limits *limits, struct err *e) MUST_USE;
int reader_read_file(struct message *out, const char *path, const struct message_limits *limits,
                     struct err *e) MUST_USE;
void message_release(struct message *m);

struct slice message_str(const struct message *m, struct span s);
/* The n-th (from 0) field of that name, top down; NULL if there is none. Case-insensitive. */
const struct message_field *message_field(const struct message *m, const char *name, unsigned n);
unsigned message_count(const struct message *m, const char *name);

/* The wire form between a caged reader and us; decode checks every offset, length and count. */
void message_encode(const struct message *m, struct buf *out);
int message_decode(struct message *out, struct slice wire, struct err *e) MUST_USE;

/* HTML to readable text (also for tests): links as "text <url>" where they differ, lists, tables by line, no
 * script/style. */
void message_html_to_text(struct buf *out, struct slice html_utf8);
/* Bytes of charset `label` to UTF-8: by label, then UTF-8, then Windows-1252; never fails, never drops. */
void message_to_utf8(struct buf *out, struct slice bytes, struct slice label);
/* Strips controls and bidirectional overrides; LF and TAB stay only when `multiline`. */
void message_clean(struct buf *out, struct slice utf8, bool multiline);

#endif
