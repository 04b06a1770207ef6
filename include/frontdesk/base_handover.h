/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handover: files in the state directory that the command line may make before the daemon does. */
#ifndef FRONTDESK_BASE_HANDOVER_H
#define FRONTDESK_BASE_HANDOVER_H

/* `path` was made just now: when root made it, it becomes the property of the owner of `folder`, since the
 * daemon, which is not root, could not open it otherwise. Failure is logged. */
void handover(const char *path, const char *folder);

#endif
