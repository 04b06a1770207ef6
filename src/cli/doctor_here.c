/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_here: this machine: secrets, the state directory with the journal, the firm's rules. */
#include "../errors.h"
#include "doctor.h"
#include "frontdesk/journal.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { LITTLE_ROOM_MB = 100 };

static void look_at_secrets(struct doctor *d, const struct conf *conf)
{
    struct buf problems = BUF_INIT(64 * 1024);
    if (cli_check_secrets(conf, &problems) == 0)
        doctor_good(d, "secrets and certificates", "");
    else
        doctor_bad(d, "secrets and certificates", problems.data,
                   "each secret is a file with one line, mode 0600, owned by the user that runs frontdesk");
    buf_release(&problems);
}

static void look_at_room(struct doctor *d, const char *path)
{
    struct statvfs fs;
    char what[4300];
    if (statvfs(path, &fs) != 0)
        return;
    uint64_t mb = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
    snprintf(what, sizeof(what), "only %llu MB are free in %s", (unsigned long long)mb, path);
    if (mb < LITTLE_ROOM_MB)
        doctor_warn(d, what, "free some space on that disk: without room no mail is taken");
}

static void look_at_aside(struct doctor *d, const char *path)
{
    char what[4600];
    DIR *dir = opendir(path);
    for (struct dirent *f; dir && (f = readdir(dir)) != NULL;) {
        struct slice name = slice_of(f->d_name);
        snprintf(what, sizeof(what), "a damaged journal was replaced and is kept as %s/%s", path, f->d_name);
        if (slice_starts(name, SLICE(JOURNAL_ASIDE)) && slice_find(name, SLICE("-wal")) < 0)
            doctor_warn(d, what,
                        "see that the disk is sound; when you miss nothing, delete the file and that with "
                        "-wal behind "
                        "it, or let `frontdesk journal forget ADDRESS --damaged` do it");
    }
    if (dir)
        closedir(dir);
}

static void look_at_journal(struct doctor *d, const struct conf *conf)
{
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    struct journal *j;
    struct journal_alert *alerts;
    struct err e = ERR_INIT;
    char why[512], what[1200];
    if (journal_open(&j, &o, &e) != 0) {
        if (e.code == ERR_NOT_FOUND)
            doctor_good(d, "journal", "there is none yet: `frontdesk run` makes it");
        else
            doctor_bad(d, "journal", e.text, doctor_fix(HERE, &e));
        return;
    }
    if (journal_look(j, &e) != 0)
        doctor_bad(d, "journal", e.text, doctor_fix(HERE, &e));
    else if (journal_ill_since(j, why, sizeof(why)))
        doctor_bad(d, "journal", why,
                   err_fix(strstr(why, "the disk is full") ? ERR_DISK_FULL : ERR_UNWRITABLE));
    else
        doctor_good(d, "journal",
                    journal_is_running(j) ? "frontdesk is running" : "frontdesk is not running");
    struct pool *pool = pool_new(4 << 20);
    size_t n = journal_alerts(j, pool, &alerts);
    for (size_t i = 0; i < n; i++) {
        snprintf(what, sizeof(what), "open alert %s: %s", alerts[i].topic, alerts[i].text);
        doctor_warn(d, what, "see what it says; it closes by itself when all is well again");
    }
    pool_free(&pool);
    journal_close(&j);
}

static void look_at_state(struct doctor *d, const struct conf *conf)
{
    const char *path = conf->journal.path;
    char what[4300], cause[200], text[100];
    struct stat st;
    snprintf(what, sizeof(what), "state directory %s", path);
    if (stat(path, &st) != 0 && errno == ENOENT) {
        char parent[4300];
        snprintf(parent, sizeof(parent), "%s", path);
        *strrchr(parent, '/') = '\0';
        if (!parent[0] || access(parent, W_OK | X_OK) == 0)
            doctor_good(d, what, "it is not there yet: `frontdesk run` makes it");
        else
            doctor_bad(
                d, what, "it is not there, and the folder around it is missing or cannot be written",
                "make it for the user that runs frontdesk, mode 0700, or name another one in journal.path");
        return;
    }
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode) || access(path, R_OK | W_OK | X_OK) != 0) {
        int why = stat(path, &st) == 0 && !S_ISDIR(st.st_mode) ? ENOTDIR : errno;
        snprintf(cause, sizeof(cause), "frontdesk cannot write there: %s",
                 strerror_r(why, text, sizeof(text)));
        doctor_bad(
            d, what, cause,
            "make it a folder of the user that runs frontdesk, mode 0700, on a disk that can be written; or "
            "name another one in journal.path");
        return;
    }
    doctor_good(d, what, "");
    look_at_room(d, path);
    look_at_aside(d, path);
    look_at_journal(d, conf);
}

void doctor_look_here(struct doctor *d, const struct conf *conf)
{
    look_at_secrets(d, conf);
    look_at_state(d, conf);
    doctor_look_as_service(d, conf);
}

void doctor_look_at_rules(struct doctor *d, const struct conf *conf)
{
    static const char fix[] =
        "correct what each line names; frontdesk-rules(5) says what is allowed. A wrong rule of the firm is "
        "left out, and no other is touched";
    struct buf ours = BUF_INIT(256 * 1024), firm = BUF_INIT(256 * 1024);
    struct diagnose_rules *rules;
    struct err e = ERR_INIT;
    size_t n = 0, own = 0;
    char what[300];
    int rc = errors_load(&rules, conf, &ours, &firm, &e);
    const struct diagnose_rule *list = rc == 0 ? diagnose_rules_list(rules, &n) : NULL;
    for (size_t i = 0; i < n; i++)
        own += slice_starts(slice_of(list[i].file), slice_of(conf->diagnose));
    snprintf(what, sizeof(what), "rules for errors of the sync: %zu, %zu of them the firm's", n, own);
    if (rc != 0)
        doctor_report(d, "rules for errors of the sync", HERE, rc, &ours, &e);
    else if (firm.len)
        doctor_bad(d, what, firm.data, fix);
    else
        doctor_good(d, what, "");
    diagnose_rules_free(&rules);
    buf_release(&ours);
    buf_release(&firm);
}
