/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * language: which languages there are, and where their words are looked for. A language is a folder of the
 * templates with `reply` in it, and those are complete. What the firm writes otherwise lies in a folder of
 * its own: in the same places, but letters in the folder itself; and for one language only, or for a language
 * that we do not have, in a folder of that name there.
 */
#include "view.h"

#include "frontdesk/conf.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_part(const char *name)
{
    static const char *const parts[] = {"reply", "help", "check", "diagnose"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (strcmp(parts[i], name) == 0)
            return true;
    }
    return false;
}

static bool is_name(const char *name)
{
    return name[0] && !is_part(name) &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0';
}

static bool has_letters(const char *folder, const char *name)
{
    char path[4500];
    snprintf(path, sizeof(path), "%s/%s/reply", folder, name);
    return is_name(name) && is_folder(path);
}

/* A folder of that name is enough: it may hold sentences only. */
static bool has_own(const char *own, const char *name)
{
    char path[4500];
    snprintf(path, sizeof(path), "%s/%s", own ? own : "", name);
    return own && is_name(name) && is_folder(path);
}

static struct language_place *add_place(struct language_places *p, const char *folder, const char *language,
                                        const char *part)
{
    ENSURE(p->n < ARRAY_LEN(p->v));
    struct language_place *place = &p->v[p->n++];
    *place = (struct language_place){.english = false};
    snprintf(place->path, sizeof(place->path), "%s%s%s%s%s", folder, language[0] ? "/" : "", language,
             part[0] ? "/" : "", part);
    return place;
}

void language_find(struct language_places *p, const struct language_where *w, const char *part)
{
    const char *own_part = strcmp(part, "reply") == 0 ? "" : part, *full = TEMPLATES_FULL_LANGUAGE;
    p->n = 0;
    /* rules of the firm have a folder of their own */
    if (w->own && strcmp(part, "diagnose") != 0) {
        add_place(p, w->own, w->language, own_part)->firm = true;
        add_place(p, w->own, "", own_part)->firm = true;
    }
    add_place(p, w->folder, w->language, part);
    if (strcmp(w->language, full) != 0)
        add_place(p, w->folder, full, part)->english = true;
    p->v[p->n - 1].must_be = true;
}

void templates_rule_folders(const struct conf *conf, const char **ours, struct pool *pool)
{
    const struct language_where w = {conf->templates, conf->own_templates, conf->firm.language};
    struct language_places places;
    language_find(&places, &w, "diagnose");
    for (size_t i = places.n; i-- > 0;)
        *ours++ = pool_copy(pool, places.v[i].path);
    *ours = NULL;
}

/* --- which there are --- */

/* How many. */
static size_t list_languages(const struct language_where *w, struct buf *problems)
{
    const char *const folders[] = {w->folder, w->own};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        DIR *dir = folders[i] ? opendir(folders[i]) : NULL;
        for (struct dirent *d; dir && (d = readdir(dir)) != NULL;) {
            bool ours = has_letters(w->folder, d->d_name);
            if (i == 0 ? ours : !ours && has_own(w->own, d->d_name))
                buf_printf(problems, "%s %s", n++ ? "," : "", d->d_name);
        }
        if (dir)
            closedir(dir);
    }
    return n;
}

/* The places of ours are not those of the firm. */
static bool has_stray(const struct language_where *w, struct buf *problems)
{
    static const char *const strays[][2] = {
        {"reply", "letters of the firm stand beside this folder, not in it: move them up, and remove it"},
        {"diagnose",
         "rules of the firm stand in the folder of the setting diagnose, not here: move them, and "
         "remove this folder"}};
    const char *const languages[] = {"", w->language};
    size_t before = problems->len;
    for (size_t i = 0; w->own && i < ARRAY_LEN(languages) * ARRAY_LEN(strays); i++) {
        const char *language = languages[i / ARRAY_LEN(strays)];
        const char *const *stray = strays[i % ARRAY_LEN(strays)];
        char path[4500];
        snprintf(path, sizeof(path), "%s%s%s/%s", w->own, language[0] ? "/" : "", language, stray[0]);
        if (is_folder(path))
            buf_printf(problems, "%s:1: %s\n", path, stray[1]);
    }
    return problems->len > before;
}

bool language_is_there(const struct language_where *w, struct buf *problems)
{
    char text[100];
    if (!is_folder(w->folder)) {
        buf_printf(problems, "%s: %s\n", w->folder,
                   strerror_r(access(w->folder, F_OK) == 0 ? ENOTDIR : errno, text, sizeof(text)));
        return false;
    }
    if (has_letters(w->folder, w->language) || has_own(w->own, w->language))
        return !has_stray(w, problems);
    buf_printf(problems, "%s: firm.language: there is no language \"%.20s\"; there is", w->folder,
               w->language);
    buf_puts(problems, list_languages(w, problems) ? "" : " none");
    buf_printf(problems, "%s%s\n", w->own ? "; another one is a folder of its name in " : "",
               w->own ? w->own : "");
    return false;
}
