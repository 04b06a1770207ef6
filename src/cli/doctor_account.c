/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor_account: root can read all, so what it finds well may be closed to the service. A child becomes the
 * user to whom the state directory belongs, and tries what the service has to reach.
 */
#include "doctor.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_PATHS = 512, MOST_GROUPS = 64 };

struct path {
    char name[4600];
    int mode;
    unsigned char refused; /* errno */
};

struct account {
    uid_t uid;
    gid_t gid, groups[MOST_GROUPS];
    int n_groups;
    char name[64];
    struct path *paths;
    size_t n;
};

static void add(struct account *a, const char *path, int mode)
{
    if (!path || a->n == MOST_PATHS)
        return;
    snprintf(a->paths[a->n].name, sizeof(a->paths->name), "%s", path);
    a->paths[a->n++].mode = mode;
}

/* Credentials are handed to the service by its manager. */
static void add_secret(struct account *a, const char *path)
{
    if (path && !slice_starts(slice_of(path), SLICE("cred:")))
        add(a, path, R_OK);
}

static void add_server(struct account *a, const struct conf_server *s)
{
    add_secret(a, s->password_file);
    add(a, s->ca_file, R_OK);
}

/* A folder, and what lies in it at most `depth` levels below. */
static void add_tree(struct account *a, const char *path, int more, int depth)
{
    char name[4600];
    struct stat st;
    if (!path || stat(path, &st) != 0)
        return;
    bool folder = S_ISDIR(st.st_mode);
    add(a, path, R_OK | more | (folder ? X_OK : 0));
    DIR *dir = folder && depth > 0 ? opendir(path) : NULL;
    for (struct dirent *f; dir && (f = readdir(dir));) {
        snprintf(name, sizeof(name), "%s/%s", path, f->d_name);
        if (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0)
            add_tree(a, name, more, depth - 1);
    }
    if (dir)
        closedir(dir);
}

static void gather(struct account *a, const struct conf *conf)
{
    add(a, conf->path, R_OK);
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const struct conf_mailbox *box = &conf->mailboxes[i];
        add_server(a, &box->imap);
        add_server(a, &box->smtp);
        add_secret(a, box->login.client_secret_file);
        add_secret(a, box->login.certificate_file);
        add_secret(a, box->login.service_account_file);
    }
    if (conf->alerts.smtp.url)
        add_server(a, &conf->alerts.smtp);
    add_secret(a, conf->autotask.secret_file);
    add_secret(a, conf->autotask.integration_code_file);
    add(a, conf->autotask.ca_file, R_OK);
    if (conf->quickbooks)
        add_secret(a, conf->quickbooks->client_secret_file);
    add_tree(a, conf->journal.path, W_OK, 1);
    add_tree(a, conf->templates, 0, 0);
    add_tree(a, conf->diagnose, 0, 1);
    add_tree(a, conf->own_templates, 0, 3);
}

/* --- the child --- */

static void try_paths(const struct account *a, int out)
{
    unsigned char refused[MOST_PATHS] = {0};
    if (setgroups((size_t)a->n_groups, a->groups) != 0 || setresgid(a->gid, a->gid, a->gid) != 0 ||
        setresuid(a->uid, a->uid, a->uid) != 0)
        _exit(1);
    for (size_t i = 0; i < a->n; i++)
        refused[i] = access(a->paths[i].name, a->paths[i].mode) == 0 ? 0 : (unsigned char)errno;
    _exit(write(out, refused, a->n) == (ssize_t)a->n ? 0 : 1);
}

static int ask_child(struct account *a)
{
    unsigned char refused[MOST_PATHS];
    int ends[2], status = 1;
    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0)
        try_paths(a, ends[1]);
    close(ends[1]);
    ssize_t got = child > 0 ? read(ends[0], refused, sizeof(refused)) : -1;
    close(ends[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (status != 0 || got != (ssize_t)a->n)
        return -1;
    for (size_t i = 0; i < a->n; i++)
        a->paths[i].refused = refused[i];
    return 0;
}

/* --- the finding --- */

static bool find(struct account *a, const char *state)
{
    struct stat st;
    if (geteuid() != 0 || stat(state, &st) != 0 || st.st_uid == 0)
        return false;
    const struct passwd *pw = getpwuid(st.st_uid);
    a->uid = st.st_uid;
    a->gid = pw ? pw->pw_gid : st.st_gid;
    a->n_groups = MOST_GROUPS;
    if (pw)
        snprintf(a->name, sizeof(a->name), "%s", pw->pw_name);
    else
        snprintf(a->name, sizeof(a->name), "%u", (unsigned)st.st_uid);
    if (!pw || getgrouplist(pw->pw_name, a->gid, a->groups, &a->n_groups) < 0)
        a->n_groups = 0;
    return true;
}

static void report(struct doctor *d, const struct account *a, const char *state)
{
    struct buf cause = BUF_INIT(256 << 10), fix = BUF_INIT(16 << 10);
    char what[200], text[100];
    bool of_state = false, of_others = false;
    snprintf(what, sizeof(what), "what the user %s can reach, to whom the state directory belongs", a->name);
    for (size_t i = 0; i < a->n; i++) {
        const struct path *p = &a->paths[i];
        if (!p->refused)
            continue;
        buf_printf(&cause, "%s cannot be %s: %s\n", p->name, p->mode & W_OK ? "written" : "read",
                   strerror_r(p->refused, text, sizeof(text)));
        *(p->mode & W_OK ? &of_state : &of_others) = true;
    }
    if (of_others)
        buf_printf(&fix, "let %s read it: chmod 644 for a file, 755 for the folders that lead to it%s",
                   a->name, of_state ? "; " : "");
    if (of_state)
        buf_printf(&fix, "chown -R %s: %s", a->name, state);
    if (cause.len)
        doctor_bad(d, what, cause.data, fix.data);
    else
        doctor_good(d, what, "");
    buf_release(&cause);
    buf_release(&fix);
}

void doctor_look_as_service(struct doctor *d, const struct conf *conf)
{
    struct account a = {.n = 0};
    if (!find(&a, conf->journal.path))
        return;
    a.paths = mem_alloc(MOST_PATHS * sizeof(*a.paths));
    gather(&a, conf);
    if (ask_child(&a) == 0)
        report(d, &a, conf->journal.path);
    free(a.paths);
}
