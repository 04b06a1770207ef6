/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup: from nothing to settings that doctor finds well, by questions or by a file of answers. See setup.h.
 */
#include "setup.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* --- told to stop --- */

static struct setup *in_hand;
static pthread_mutex_t finishing =
    PTHREAD_MUTEX_INITIALIZER; /* held while files get their names, and after */

/* A thread, so that neither a question nor a slow server delays it. */
static void *signals_main(void *self)
{
    const sigset_t *signals = self;
    int number = 0;
    if (sigwait(signals, &number) != 0)
        return NULL;
    pthread_mutex_lock(&finishing);
    setup_restore_terminal();
    setup_drop_files(in_hand);
    cli_progress_hide();
    fprintf(stderr, "\nfrontdesk: ended before all was answered; nothing was written\n");
    _exit(128 + number);
}

static int hear_signals(struct setup *s, struct err *e)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    static sigset_t signals;
    pthread_t thread;
    sigemptyset(&signals);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        sigaddset(&signals, numbers[i]);
    signal(SIGPIPE, SIG_IGN);
    in_hand = s;
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (pthread_create(&thread, NULL, signals_main, &signals) != 0)
        return err_set(e, ERR_IO, "cannot start the thread that hears signals");
    pthread_detach(thread);
    return 0;
}

/* --- by a file --- */

/* Where the answer stands that a proof is about. */
static void print_place(const struct setup *s, enum setup_step step)
{
    static const enum setup_answer of[SETUP_STEPS] = {[STEP_MAIL_IN] = A_IMAP,
                                                      [STEP_MAIL_OUT] = A_SMTP,
                                                      [STEP_TRUST] = A_TRUST,
                                                      [STEP_AUTOTASK] = A_AUTOTASK_USER,
                                                      [STEP_HERE] = A_TEMPLATES};
    unsigned line = s->lines[of[step]];
    if (line && step != STEP_TICKET) /* that one names its lines itself */
        cli_printf("      see %s:%u: %s\n", s->cli->answers, line, setup_questions[of[step]].key);
}

/* All proofs; what failed decides the exit code. */
static int prove_all(struct setup *s)
{
    int rc = EX_OK;
    setup_prove_series(s);
    for (int step = 0; step < SETUP_STEPS; step++) {
        struct setup_proof p;
        if (!setup_prove(s, (enum setup_step)step, &p))
            continue;
        setup_proof_print(&p);
        if (p.result == REFUTED) {
            print_place(s, (enum setup_step)step);
            rc = rc == EX_UNAVAILABLE || p.code != ERR_LABEL ? EX_UNAVAILABLE : EX_CONFIG;
        }
        setup_proof_release(&p);
    }
    cli_progress(NULL);
    return rc;
}

static int by_answers(struct setup *s)
{
    struct buf problems = BUF_INIT(256 << 10);
    int rc = setup_read_answers(s, s->cli->answers, &problems) == 0 ? EX_OK : EX_CONFIG;
    cli_problems(&problems);
    buf_release(&problems);
    if (rc == EX_OK)
        rc = prove_all(s);
    if (rc != EX_OK)
        fprintf(stderr, "frontdesk: nothing was written\n");
    return rc;
}

static int by_questions(struct setup *s)
{
    if (setup_talk(s) == 0)
        return EX_OK;
    fprintf(stderr, "frontdesk: ended before all was answered; nothing was written\n");
    return EX_USAGE;
}

/* --- the end --- */

/* The settings as a whole: what spans several answers shows only here. */
static int check_whole(const struct setup *s)
{
    struct buf text = BUF_INIT(256 << 10), problems = BUF_INIT(64 << 10);
    struct conf *conf = NULL;
    setup_conf_text(s, false, &text);
    int rc = conf_parse(text.data, s->conf_path, &conf, &problems);
    if (rc != 0) {
        fprintf(stderr, "frontdesk: these answers do not fit together:\n");
        cli_problems(&problems);
        fprintf(stderr, "frontdesk: nothing was written\n");
    }
    conf_free(&conf);
    buf_release(&text);
    buf_release(&problems);
    return rc == 0 ? EX_OK : EX_CONFIG;
}

static void print_files(const struct setup *s, const char *dropin)
{
    struct buf names = BUF_INIT(4000);
    char folder[4000];
    setup_credentials(s, &names);
    cli_folder(s->conf_path, "credentials/", folder);
    cli_printf("\nWritten: %s\n", s->conf_path);
    struct scan c = scan_of(buf_view(&names));
    while (!scan_end(&c)) {
        struct slice name = scan_line(&c);
        cli_printf("         %s%.*s (mode 0600)\n", folder, SLICE_ARG(name));
    }
    if (dropin[0])
        cli_printf("         %s (hands these secrets to the service)\n", dropin);
    buf_release(&names);
}

static const char *a_first_name(const struct setup *s)
{
    const struct directory *d = s->directory;
    for (size_t i = 0; d && i < d->n_resources; i++) {
        if (d->resources[i].assignable && d->resources[i].first[0])
            return d->resources[i].first;
    }
    return "Sarah";
}

static void print_next(const struct setup *s, const char *dropin)
{
    bool service = setup_for_service(s);
    struct buf option = BUF_INIT(5000);
    unsigned n = 0;
    if (!service)
        buf_printf(&option, " -c %s", s->conf_path);
    printf("\nNext:\n");
    if (setup_is(s, A_LOGIN, "person"))
        cli_printf("  %u. frontdesk login %s%s\n", ++n, setup_get(s, A_PROVIDER), option.data);
    if (setup_is(s, A_READ_BOOKS, "yes"))
        cli_printf("  %u. frontdesk login quickbooks%s\n", ++n, option.data);
    cli_printf("  %u. frontdesk doctor%s\n", ++n, option.data);
    if (service)
        cli_printf("  %u. %s%s\n", ++n, dropin[0] ? "systemctl daemon-reload && " : "",
                   s->cli->force ? "systemctl enable frontdesk && systemctl restart frontdesk"
                                 : "systemctl enable --now frontdesk");
    else
        cli_printf("  %u. frontdesk run%s\n", ++n, option.data);
    cli_printf(
        "  %u. from your own account, a mail to %s with the subject\n"
        "       %s: this is a test\n"
        "     The answer with the ticket's number comes within seconds; `undo` as a reply takes it back.\n"
        "     What became of it: frontdesk journal list%s\n",
        ++n, setup_get(s, A_ADDRESS), a_first_name(s), option.data);
    buf_release(&option);
}

static int finish(struct setup *s)
{
    char dropin[4096];
    struct err e = ERR_INIT;
    int rc = check_whole(s);
    pthread_mutex_lock(&finishing);
    if (rc != EX_OK) {
        setup_drop_files(s);
        return rc;
    }
    if (s->cli->offline)
        printf("Nothing was proven (--offline).\n");
    int made = setup_commit(s, &e);
    setup_drop_files(s);
    if (made != 0) {
        err_wrap(&e, "nothing was written");
        return cli_fail(&e);
    }
    setup_dropin_path(s, dropin);
    print_files(s, dropin);
    print_next(s, dropin);
    return EX_OK;
}

/* Absolute: the settings name folders beside them. */
static int find_path(struct setup *s)
{
    char here[PATH_MAX];
    const char *path = s->cli->conf_path;
    if (path[0] == '/')
        snprintf(s->conf_path, sizeof(s->conf_path), "%s", path);
    else if (getcwd(here, sizeof(here)) && strlen(here) + strlen(path) < 3800)
        snprintf(s->conf_path, sizeof(s->conf_path), "%s/%s", here,
                 slice_starts(slice_of(path), SLICE("./")) ? path + 2 : path);
    return s->conf_path[0] && strlen(s->conf_path) < 3800 ? 0 : -1;
}

static int run_setup(struct setup *s)
{
    struct err e = ERR_INIT;
    if (access(s->conf_path, F_OK) == 0 && !s->cli->force)
        return cli_misused(s->cli,
                           "%s is there already; --force makes it anew and keeps the old one as %s.bak",
                           s->conf_path, s->conf_path);
    if (!s->cli->answers && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return cli_misused(s->cli, "there is no terminal to ask at: give the answers with --answers FILE");
    if (hear_signals(s, &e) != 0 || setup_open_files(s, &e) != 0)
        return cli_fail(&e);
    int rc = s->cli->answers ? by_answers(s) : by_questions(s);
    if (rc == EX_OK)
        return finish(s);
    pthread_mutex_lock(&finishing);
    setup_drop_files(s);
    return rc;
}

int cmd_setup(const struct cli *cli)
{
    struct setup s = {.cli = cli, .folder_fd = -1, .seen = BUF_INIT(4000)};
    if (cli->answers_example) {
        setup_print_example();
        return EX_OK;
    }
    if (find_path(&s) != 0)
        return cli_misused(cli, "-c %.200s: the path is too long", cli->conf_path);
    cli_quiet(cli, LOG_ERROR);
    int rc = run_setup(&s);
    setup_release(&s);
    return rc;
}
