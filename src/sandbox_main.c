/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frontdesk-sandbox: simulated systems for tests and the demo. */
int main(void)
{
    return 0;
}
