/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main: the program's door; src/cli/ holds one file a subcommand, src/job.c the life of a message. */
#include "cli/cli.h"

#include "frontdesk/cage.h"
#include "frontdesk/secret.h"

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], cage_flag) == 0)
        return cage_main();
    secret_guard_process();
    crash_setup();
    return cli_main(argc, argv);
}
