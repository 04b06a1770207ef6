/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main: the program's door; src/cli/ holds one file a subcommand, src/job.c the life of a message. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    crash_setup();
    return cli_main(argc, argv);
}
