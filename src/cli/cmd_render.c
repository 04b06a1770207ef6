/* SPDX-License-Identifier: GPL-2.0-or-later */
/* render: a reply template with sample facts, as text and HTML, for the people who change the words. */
#include "cli.h"
#include "frontdesk/reply.h"

#include <errno.h>
#include <unistd.h>

static int write_file(const char *folder, const char *name, const char *ending, struct slice head,
                      struct slice bytes, struct err *e)
{
    char path[4200];
    snprintf(path, sizeof(path), "%s/%s.%s", folder, name, ending);
    FILE *f = fopen(path, "we");
    if (!f)
        return err_set_errno(e, errno, "cannot write %s", path);
    bool ok = fwrite(head.ptr ? head.ptr : "", 1, head.len, f) == head.len &&
              fwrite(bytes.ptr ? bytes.ptr : "", 1, bytes.len, f) == bytes.len;
    if (fclose(f) != 0 || !ok)
        return err_set_errno(e, errno, "cannot write %s", path);
    printf("%s\n", path);
    return 0;
}

static int render(const struct templates *t, const char *name, const char *folder, struct err *e)
{
    struct pool *pool = pool_new(8 << 20);
    struct buf subject = BUF_INIT(2000), text = BUF_INIT(300 * 1024), html = BUF_INIT(300 * 1024),
               head = BUF_INIT(3000);
    int rc = templates_render(t, name, templates_sample(name, pool), &subject, &text, &html, e);
    buf_printf(&head, "Subject: %s\n\n", subject.data);
    if (rc == 0)
        rc = write_file(folder, name, "txt", buf_view(&head), buf_view(&text), e);
    if (rc == 0)
        rc = write_file(folder, name, "html", SLICE_NONE, buf_view(&html), e);
    buf_release(&subject);
    buf_release(&text);
    buf_release(&html);
    buf_release(&head);
    pool_free(&pool);
    return rc;
}

/* The templates of the configuration; without any configuration the installed ones. NULL: it has errors. */
static const char *template_folder(const struct cli *cli, struct conf **conf)
{
    *conf = NULL;
    if (!cli->conf_given && access(cli->conf_path, F_OK) != 0)
        return conf_installed_templates();
    *conf = cli_conf(cli);
    return *conf ? (*conf)->templates : NULL;
}

static int render_named(const struct cli *cli, const struct templates *t, struct err *e)
{
    const char *const *names = templates_names(t);
    const char *name = cli->args[0];
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0)
            return render(t, name, cli->output ? cli->output : ".", e);
    }
    const char *near = fold_nearest(name, names);
    return err_set(e, ERR_USAGE, "there is no template \"%s\"%s%s%s; `frontdesk render` lists them", name,
                   near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
}

int cmd_render(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct templates *t = NULL;
    struct buf problems = BUF_INIT(64 * 1024);
    struct conf *conf;
    const char *folder = template_folder(cli, &conf);
    if (!folder)
        return EX_CONFIG;
    int rc = templates_load(&t, folder, conf ? conf->firm.language : TEMPLATES_FULL_LANGUAGE, &problems);
    if (rc != 0) {
        cli_problems(&problems);
        err_set(&e, ERR_TEMPLATE, "the templates in %s have errors", folder);
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
