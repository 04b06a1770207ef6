/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frontdesk-sandbox: simulated systems for tests and the demo. */
#include "sandbox/sandbox.h"

int main(int argc, char **argv)
{
    return sandbox_main(argc, argv);
}
