/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * language: which languages there are, and where their words are looked for. A language is a folder of the
 * templates with `reply` in it. What the folder of the settings lacks is taken from the installed one, so
 * that a firm keeps only what it changed, and an upgrade does not stop it because of words that are new.
 */
#include "view.h"

#include "frontdesk/conf.h"

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

/* NULL: there is none besides `folder`. */
static const char *templates_installed(const char *folder)
{
    struct stat st;
    const char *installed = conf_installed_templates();
    bool other = strcmp(installed, folder) != 0 && stat(installed, &st) == 0 && S_ISDIR(st.st_mode);
    return other ? installed : NULL;
}

static void add_place(struct language_places *p, const char *folder, const char *language, const char *part,
                      bool english)
{
    ENSURE(p->n < ARRAY_LEN(p->v));
    struct language_place *place = &p->v[p->n++];
    snprintf(place->path, sizeof(place->path), "%s/%s/%s", folder, language, part);
    place->english = english;
    place->must_be = false;
}

void language_find(struct language_places *p, const char *folder, const char *language, const char *part)
{
    const char *installed = templates_installed(folder), *full = TEMPLATES_FULL_LANGUAGE;
    bool other = strcmp(language, full) != 0;
    p->n = 0;
    add_place(p, folder, language, part, false);
    if (installed && has_letters(installed, language))
        add_place(p, installed, language, part, false);
    if (other)
        add_place(p, folder, full, part, true);
    if (other && installed)
        add_place(p, installed, full, part, true);
    p->v[p->n - 1].must_be = true;
}

void templates_rule_folders(const char *folder, const char *language, const char **out, struct pool *pool)
{
    struct language_places places;
    language_find(&places, folder, language, "diagnose");
    for (size_t i = 0; i < places.n; i++)
        out[i] = pool_copy(pool, places.v[places.n - 1 - i].path);
}

static bool is_there(const char *folder, const char *installed, const char *language)
{
    return has_letters(folder, language) || (installed && has_letters(installed, language));
}

bool language_is_there(const char *folder, const char *language, struct buf *problems)
{
    char text[100];
    size_t n = 0;
    const char *installed = templates_installed(folder);
    DIR *dir = opendir(folder);
    bool found = dir && is_there(folder, installed, language);
    if (!dir)
        buf_printf(problems, "%s: %s\n", folder, strerror_r(errno, text, sizeof(text)));
    else if (!found)
        buf_printf(problems, "%s: firm.language: there is no language \"%.20s\"; there is", folder, language);
    for (struct dirent *d; dir && !found && (d = readdir(dir)) != NULL;) {
        if (has_letters(folder, d->d_name))
            buf_printf(problems, "%s %s", n++ ? "," : "", d->d_name);
    }
    if (dir && !found)
        buf_puts(problems, n ? "\n" : " none\n");
    if (dir)
        closedir(dir);
    return found;
}
