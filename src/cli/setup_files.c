/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * setup_files: everything is written into a scratch folder beside the settings, and gets its names at the end
 * in one go; what stood there is kept as NAME.bak. A commit that fails in its middle takes its renames back.
 * See setup.h.
 */
#include "frontdesk/secret.h"
#include "setup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNIT_CREDENTIALS "mail-password\nautotask-secret\nautotask-code\n" /* of the unit that is shipped */

/* --- the scratch folder --- */

static const char scratch_name[] = ".setup-XXXXXX";

static int open_folder(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* At most one level below: slots of a budget, which is all that others make there. By descriptors, so that no
 * link leads elsewhere. Takes fd. */
static void empty(int fd, int depth)
{
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *d; (d = readdir(dir));) {
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, d->d_name, 0) != 0 && depth > 0) {
            empty(open_folder(fd, d->d_name), depth - 1);
            (void)unlinkat(fd, d->d_name, AT_REMOVEDIR);
        }
    }
    closedir(dir);
}

/* What one left that was killed: it may hold secrets. Only folders that are ours alone, as setup makes them.
 */
static void sweep(int folder)
{
    int copy = open_folder(folder, ".");
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir && copy >= 0)
        close(copy);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct stat st;
        if (strlen(d->d_name) != sizeof(scratch_name) - 1 ||
            strncmp(d->d_name, scratch_name, sizeof(scratch_name) - 7) != 0 ||
            fstatat(folder, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode) ||
            st.st_uid != geteuid() || (st.st_mode & 077) != 0)
            continue;
        empty(open_folder(folder, d->d_name), 1);
        (void)unlinkat(folder, d->d_name, AT_REMOVEDIR);
    }
    if (dir)
        closedir(dir);
}

/* One setup at a time in a folder: the lock is held to the end, and ends with the process however that dies.
 */
static int lock_folder(struct setup *s, const char *folder, struct err *e)
{
    s->folder_fd = open(folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->folder_fd < 0)
        return 0; /* mkdtemp says why */
    if (flock(s->folder_fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return err_set(e, ERR_LOCKED, "another `frontdesk setup` is at work in %s: end that one first",
                       folder);
    sweep(s->folder_fd);
    return 0;
}

int setup_open_files(struct setup *s, struct err *e)
{
    char folder[4000];
    cli_folder(s->conf_path, "", folder);
    s->made_folder = mkdir(folder, 0755) == 0;
    if (lock_folder(s, folder, e) != 0)
        return -1;
    snprintf(s->scratch, sizeof(s->scratch), "%s%s", folder, scratch_name);
    if (!mkdtemp(s->scratch)) {
        int why = errno;
        s->scratch[0] = '\0';
        setup_drop_files(s);
        return err_set_errno(
            e, why,
            "cannot write into %s: run it as the user to whom the folder belongs (root for the "
            "service), or name another place with -c",
            folder);
    }
    secret_folder(s->scratch, true);
    return 0;
}

void setup_drop_files(struct setup *s)
{
    char folder[4000];
    /* another thread may be writing there: what it adds goes the next time */
    for (int i = 0; s->scratch[0] && i < 20; i++) {
        empty(open_folder(AT_FDCWD, s->scratch), 1);
        if (rmdir(s->scratch) == 0 || errno == ENOENT)
            break;
    }
    cli_folder(s->conf_path, "", folder);
    if (s->made_folder)
        rmdir(folder); /* not if something is in it */
}

int setup_stage(struct setup *s, const char *name, struct slice bytes, mode_t mode, struct err *e)
{
    char path[4600];
    snprintf(path, sizeof(path), "%s/%s", s->scratch, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_set_errno(e, errno, "cannot write %s", path);
    size_t done = 0;
    ssize_t n = 1;
    while (done < bytes.len && (n = write(fd, bytes.ptr + done, bytes.len - done)) > 0)
        done += (size_t)n;
    int rc = done == bytes.len && fchmod(fd, mode) == 0 && fsync(fd) == 0
                 ? 0
                 : err_set_errno(e, errno, "cannot write %s", path);
    close(fd);
    return rc;
}

/* --- secrets --- */

static bool is_secret(const struct setup *s, size_t i)
{
    const struct setup_question *q = &setup_questions[i];
    return q->file && s->answers[i] && setup_holds(s, q->when);
}

static int stage_secret(struct setup *s, size_t i, struct err *e)
{
    const struct setup_question *q = &setup_questions[i];
    struct buf bytes = BUF_INIT(64 << 10);
    int rc = 0;
    if (q->kind == ASK_FILE)
        rc = secret_load_text(&bytes, s->answers[i], e);
    else
        buf_printf(&bytes, "%s\n", s->answers[i]);
    if (rc == 0)
        rc = setup_stage(s, q->file, buf_view(&bytes), 0600, e);
    buf_wipe(&bytes);
    return rc;
}

int setup_stage_secrets(struct setup *s, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < SETUP_ANSWERS && rc == 0; i++) {
        if (is_secret(s, i))
            rc = stage_secret(s, i, e);
    }
    return rc;
}

void setup_credentials(const struct setup *s, struct buf *out)
{
    for (size_t i = 0; i < SETUP_ANSWERS; i++) {
        if (is_secret(s, i))
            buf_printf(out, "%s\n", setup_questions[i].file);
    }
}

/* --- the unit --- */

/* SYSCONF/frontdesk/frontdesk.conf beside SYSCONF/systemd/system. One that an earlier setup wrote is renewed.
 */
void setup_dropin_path(const struct setup *s, char out[4096])
{
    static const char tail[] = "/frontdesk/frontdesk.conf";
    struct buf names = BUF_INIT(4000);
    struct stat st;
    int stem = (int)strlen(s->conf_path) - (int)strlen(tail);
    setup_credentials(s, &names);
    bool enough = strcmp(names.data, UNIT_CREDENTIALS) == 0;
    buf_release(&names);
    out[0] = '\0';
    if (stem < 0 || strcmp(s->conf_path + stem, tail) != 0)
        return;
    snprintf(out, 4096, "%.*s/systemd/system", stem, s->conf_path);
    bool there = stat(out, &st) == 0 && S_ISDIR(st.st_mode);
    snprintf(out, 4096, "%.*s/systemd/system/frontdesk.service.d/credentials.conf", stem, s->conf_path);
    if (!there || (enough && access(out, F_OK) != 0))
        out[0] = '\0';
}

static int stage_dropin(struct setup *s, struct err *e)
{
    struct buf names = BUF_INIT(4000), text = BUF_INIT(64 << 10);
    char folder[4000];
    setup_credentials(s, &names);
    cli_folder(s->conf_path, "credentials", folder);
    buf_puts(&text,
             "# Made by `frontdesk setup`: the secrets that frontdesk.conf names. The unit has others.\n"
             "[Service]\nLoadCredential=\n");
    struct scan c = scan_of(buf_view(&names));
    while (!scan_end(&c)) {
        struct slice name = scan_line(&c);
        buf_printf(&text, "LoadCredential=%.*s:%s/%.*s\n", SLICE_ARG(name), folder, SLICE_ARG(name));
    }
    int rc = setup_stage(s, ".dropin", buf_view(&text), 0644, e);
    buf_release(&names);
    buf_release(&text);
    return rc;
}

/* --- the end --- */

enum { MOST_MOVES = 16 };

struct moves {
    struct {
        char to[4600];
        bool had; /* something stood there, now TO.bak */
    } done[MOST_MOVES];
    size_t n;
};

static void backup_name(const char *path, char out[4700])
{
    snprintf(out, 4700, "%s.bak", path);
}

/* What stands there gets its second name first, so that one who is killed in between leaves no gap. */
static bool keep(const char *to, const char *bak)
{
    (void)unlink(bak);
    return link(to, bak) == 0 || (errno != ENOENT && rename(to, bak) == 0);
}

static int move(struct moves *m, const struct setup *s, const char *name, const char *to, struct err *e)
{
    char from[4600], bak[4700];
    snprintf(from, sizeof(from), "%s/%s", s->scratch, name);
    backup_name(to, bak);
    ENSURE(m->n < MOST_MOVES);
    bool had = keep(to, bak);
    if ((!had && errno != ENOENT) || rename(from, to) != 0) {
        int why = errno;
        if (had)
            (void)rename(bak, to);
        return err_set_errno(e, why, "cannot write %s", to);
    }
    m->done[m->n].had = had;
    snprintf(m->done[m->n++].to, sizeof(m->done[0].to), "%s", to);
    return 0;
}

static void take_back(const struct moves *m)
{
    char bak[4700];
    for (size_t i = m->n; i-- > 0;) {
        backup_name(m->done[i].to, bak);
        if (m->done[i].had ? rename(bak, m->done[i].to) != 0 : unlink(m->done[i].to) != 0)
            fprintf(stderr, "frontdesk: cannot put %s back: %s\n", m->done[i].to, strerror(errno));
    }
}

static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

static int move_secrets(struct moves *m, const struct setup *s, const char *folder, struct err *e)
{
    struct buf names = BUF_INIT(4000);
    char name[100], to[4600];
    int rc = 0;
    setup_credentials(s, &names);
    struct scan c = scan_of(buf_view(&names));
    while (rc == 0 && !scan_end(&c)) {
        struct slice line = scan_line(&c);
        snprintf(name, sizeof(name), "%.*s", SLICE_ARG(line));
        snprintf(to, sizeof(to), "%s/%s", folder, name);
        rc = move(m, s, name, to, e);
    }
    buf_release(&names);
    return rc;
}

static int move_dropin(struct moves *m, struct setup *s, const char *path, struct err *e)
{
    char folder[4000];
    if (stage_dropin(s, e) != 0)
        return -1;
    cli_folder(path, "", folder);
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return err_set_errno(e, errno, "cannot make %s", folder);
    return move(m, s, ".dropin", path, e);
}

int setup_commit(struct setup *s, struct err *e)
{
    char folder[4000], dropin[4096];
    struct buf text = BUF_INIT(256 << 10);
    struct moves *m = mem_alloc(sizeof(*m));
    cli_folder(s->conf_path, "credentials", folder);
    setup_dropin_path(s, dropin);
    setup_conf_text(s, false, &text);
    int rc = setup_stage(s, "frontdesk.conf", buf_view(&text), 0644, e);
    if (rc == 0)
        rc = setup_stage_secrets(s, e);
    bool made = rc == 0 && mkdir(folder, 0700) == 0;
    if (rc == 0 && !made && errno != EEXIST)
        rc = err_set_errno(e, errno, "cannot make %s", folder);
    if (rc == 0)
        rc = move_secrets(m, s, folder, e);
    if (rc == 0 && dropin[0])
        rc = move_dropin(m, s, dropin, e);
    if (rc == 0)
        rc = move(m, s, "frontdesk.conf", s->conf_path, e);
    if (rc != 0)
        take_back(m);
    if (rc != 0 && made)
        rmdir(folder);
    /* a log-in before the first start keeps its tokens there; under systemd it is handed to the service */
    if (rc == 0 && mkdir(setup_get(s, A_JOURNAL), 0700) != 0 && errno != EEXIST)
        LOG(LOG_WARN, "setup", "state.not-made", LN("errno", errno));
    sync_folder(folder);
    cli_folder(s->conf_path, "", folder);
    sync_folder(folder);
    buf_release(&text);
    free(m);
    return rc;
}
