/* SPDX-License-Identifier: GPL-2.0-or-later */
/* render: a reply template with sample facts, as text and HTML, for the people who change the words. */
#include "cli.h"
#include "frontdesk/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct rendered {
    struct buf subject, text, html;
};

/* The path goes to stdout, and into `path`. */
static int write_file(const char *folder, const char *name, const char *ending, struct slice head,
                      struct slice bytes, char path[4200], struct err *e)
{
    snprintf(path, 4200, "%s/%s.%s", folder, name, ending);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!f && errno == ENOENT)
        return err_set(e, ERR_IO, "there is no folder %s; make it first", folder);
    if (!f)
        return err_set_errno(e, errno, "cannot write %s", path);
    bool ok = fwrite(head.ptr ? head.ptr : "", 1, head.len, f) == head.len &&
              fwrite(bytes.ptr ? bytes.ptr : "", 1, bytes.len, f) == bytes.len;
    if (fclose(f) != 0 || !ok)
        return err_set_errno(e, errno, "cannot write %s", path);
    printf("%s\n", path);
    return 0;
}

/* --- opening --- */

/* A folder of our own that nobody else can look into. */
static int make_folder(char folder[64], struct err *e)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, 64, "%s/frontdesk-render-XXXXXX", tmp && strlen(tmp) < 32 ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : err_set_errno(e, errno, "cannot make %s", folder);
}

/* By the desktop, where a person sits before one; else the path on stdout is all. */
static void open_file(const char *path)
{
    bool desktop = getenv("DISPLAY") || getenv("WAYLAND_DISPLAY");
    char program[] = "xdg-open", file[4200];
    char *words[] = {program, file, NULL};
    pid_t child;
    int status = 0;
    snprintf(file, sizeof(file), "%s", path);
    if (!isatty(STDOUT_FILENO) || !desktop) {
        if (cli_is_watched())
            fprintf(stderr, "frontdesk: there is no desktop here: open the file in a browser\n");
        return;
    }
    fflush(stdout);
    if (posix_spawnp(&child, program, NULL, NULL, words, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0)
        fprintf(stderr, "frontdesk: xdg-open does not open it: open the file in a browser\n");
}

/* --- one letter --- */

static int write_both(const struct cli *cli, const char *name, const struct rendered *r, struct err *e)
{
    struct buf head = BUF_INIT(3000);
    char own[64], path[4200];
    const char *folder = cli->output ? cli->output : ".";
    if (cli->open && !cli->output) {
        if (make_folder(own, e) != 0)
            return -1;
        folder = own;
    }
    buf_printf(&head, "Subject: %s\n\n", r->subject.data);
    int rc = write_file(folder, name, "txt", buf_view(&head), buf_view(&r->text), path, e);
    if (rc == 0 && r->html.len)
        rc = write_file(folder, name, "html", SLICE_NONE, buf_view(&r->html), path, e);
    if (rc == 0 && cli->open)
        open_file(path);
    buf_release(&head);
    return rc;
}

static int no_case(const char *name, const char *wanted, struct err *e)
{
    const char *names[40] = {"usual"};
    size_t n, k = 1;
    const struct template_case *cases = templates_cases(&n);
    for (size_t i = 0; i < n && k < ARRAY_LEN(names) - 1; i++) {
        if (strcmp(cases[i].letter, name) == 0)
            names[k++] = cases[i].name;
    }
    const char *near = fold_nearest(wanted, names);
    return err_set(e, ERR_USAGE, "%s has no sample \"%s\"%s%s%s; `frontdesk render --samples` lists them",
                   name, wanted, near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
}

static int render(const struct cli *cli, const struct templates *t, const char *name, struct err *e)
{
    struct pool *pool = pool_new(8 << 20);
    struct rendered r = {BUF_INIT(2000), BUF_INIT(300 * 1024), BUF_INIT(300 * 1024)};
    const char *sample = cli->sample ? cli->sample : "usual";
    const struct view *v = templates_sample_case(name, sample, pool);
    int rc = v ? templates_render(t, name, v, &r.subject, &r.text, &r.html, e) : no_case(name, sample, e);
    if (rc == 0)
        rc = write_both(cli, name, &r, e);
    buf_release(&r.subject);
    buf_release(&r.text);
    buf_release(&r.html);
    pool_free(&pool);
    return rc;
}

static int render_named(const struct cli *cli, const struct templates *t, struct err *e)
{
    const char *const *names = templates_names(t);
    const char *name = cli->args[0];
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0)
            return render(cli, t, name, e);
    }
    const char *near = fold_nearest(name, names);
    return err_set(e, ERR_USAGE, "there is no template \"%s\"%s%s%s; `frontdesk render` lists them", name,
                   near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
}

/* --- lists --- */

static void list_samples(const struct templates *t)
{
    size_t n;
    const struct template_case *cases = templates_cases(&n);
    for (const char *const *name = templates_names(t); *name; name++) {
        printf("%-14s usual", *name);
        for (size_t i = 0; i < n; i++) {
            if (strcmp(cases[i].letter, *name) == 0)
                printf(" %s", cases[i].name);
        }
        printf("\n");
    }
}

/* NULL without any configuration: what is installed is shown. False: it has errors. */
static bool read_conf(const struct cli *cli, struct conf **conf)
{
    bool none = !cli->conf_given && access(cli->conf_path, F_OK) != 0;
    *conf = none ? NULL : cli_conf(cli);
    return none || *conf;
}

static int check_use(const struct cli *cli)
{
    if (cli->samples && (cli->n_args || cli->sample || cli->open || cli->output))
        return cli_misused(cli, "--samples stands alone");
    if (!cli->n_args && (cli->sample || cli->open))
        return cli_misused(cli, "--%s needs a template; `frontdesk render` lists them",
                           cli->sample ? "sample" : "open");
    return EX_OK;
}

int cmd_render(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct templates *t = NULL;
    struct buf problems = BUF_INIT(64 * 1024);
    struct conf *conf;
    if (check_use(cli) != EX_OK)
        return EX_USAGE;
    if (!read_conf(cli, &conf))
        return EX_CONFIG;
    int rc = templates_open(&t, conf, true, &problems, &e);
    if (rc != 0) {
        cli_problems(&problems);
    } else if (cli->samples) {
        list_samples(t);
    } else if (cli->n_args == 0) {
        for (const char *const *n = templates_names(t); *n; n++)
            printf("%s\n", *n);
    } else {
        rc = render_named(cli, t, &e);
    }
    templates_free(&t);
    buf_release(&problems);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
