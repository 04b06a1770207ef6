/* SPDX-License-Identifier: GPL-2.0-or-later */
/* language: which languages there are; one is a folder of the templates with `reply` in it. */
#include "view.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static bool is_name(const char *name)
{
    return name[0] &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0';
}

static bool has_letters(const char *folder, const char *name)
{
    char path[4500];
    struct stat st;
    snprintf(path, sizeof(path), "%s/%s/reply", folder, name);
    return is_name(name) && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool language_is_there(const char *folder, const char *language, struct buf *problems)
{
    char text[100];
    size_t n = 0;
    if (has_letters(folder, language))
        return true;
    DIR *dir = opendir(folder);
    if (!dir) {
        buf_printf(problems, "%s: %s\n", folder, strerror_r(errno, text, sizeof(text)));
        return false;
    }
    buf_printf(problems, "%s: firm.language: there is no language \"%.20s\"; there is", folder, language);
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        if (has_letters(folder, d->d_name))
            buf_printf(problems, "%s %s", n++ ? "," : "", d->d_name);
    }
    buf_puts(problems, n ? "\n" : " none\n");
    closedir(dir);
    return false;
}
