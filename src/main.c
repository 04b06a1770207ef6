/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main: the program's door; src/cli/ holds one file a subcommand. */
#include "frontdesk/base.h"

int main(void)
{
    crash_setup();
    return 0;
}
