/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf: see conf.h. */
#include "frontdesk/conf.h"
