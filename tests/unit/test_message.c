/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message: reading of mails. */
#include "frontdesk/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

int main(void)
{
    return 0;
}
