/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts: what happened, as the variables of the reply templates (templates/README.md lists them). */
#include "frontdesk/action.h"
