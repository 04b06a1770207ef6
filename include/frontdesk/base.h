/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base: what every folder stands on. Include this one header; it brings the parts.
 *
 *   err    the one error type: a code decides what happens next, the text is for a person
 *   slice  borrowed bytes, and a cursor over them
 *   buf    the one string builder, with a maximum from birth
 *   pool   memory that lives and dies with one job
 *   log    the one log line writer
 *   clock  wall and monotonic time, movable by tests
 *   fold   text as it is compared: no case, no accents
 *   crash  points at which tests kill the process
 *   handover  files that root makes for the daemon
 *
 * conf.h and secret.h are included by those who need them.
 */
#ifndef FRONTDESK_BASE_H
#define FRONTDESK_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE     __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* AddressSanitizer needs much address space, and looks into its own process. */
#if defined(__SANITIZE_ADDRESS__)
#define FD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FD_SANITIZED 1
#endif
#endif

#include "frontdesk/base_err.h"
#include "frontdesk/base_slice.h"
#include "frontdesk/base_buf.h"
#include "frontdesk/base_pairs.h"
#include "frontdesk/base_pool.h"
#include "frontdesk/base_log.h"
#include "frontdesk/base_clock.h"
#include "frontdesk/base_fold.h"
#include "frontdesk/base_handover.h"
#include "frontdesk/base_crash.h"
#include "frontdesk/banned.h"

#endif
