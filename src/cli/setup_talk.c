/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup_talk: the questions at a terminal. Enter takes what stands in brackets; a wrong answer is told with
 * cause and fix, and asked again. See setup.h. */
#include "setup.h"

#include <errno.h>
#include <termios.h>
#include <unistd.h>

enum { LINE_BYTES = 5000, MOST_SHOWN = 60 };

/* --- the terminal --- */

static struct termios usual;
static volatile bool changed;

void setup_restore_terminal(void)
{
    if (changed)
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &usual);
    changed = false;
}

/* Before the prompt is shown: from then on somebody may type. */
static void hide(void)
{
    struct termios t;
    if (tcgetattr(STDIN_FILENO, &usual) != 0)
        return;
    t = usual;
    t.c_lflag &= ~(tcflag_t)ECHO;
    changed = true;
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

/* One line without its end: the terminal hands over a line at a time, and no buffer of stdio keeps a secret.
 * False at the end of input. */
static bool read_line(char line[LINE_BYTES], bool secret)
{
    size_t len = 0;
    line[0] = '\0';
    fflush(stdout);
    for (;;) {
        ssize_t n = read(STDIN_FILENO, line + len, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || line[len] == '\n')
            break;
        if (len < LINE_BYTES - 2)
            len++;
    }
    bool ended = len == 0 && line[0] != '\n';
    line[len] = '\0';
    if (secret) {
        setup_restore_terminal();
        printf("\n");
    }
    struct slice trimmed = slice_trim(slice_of(line));
    memmove(line, trimmed.ptr ? trimmed.ptr : line, trimmed.len);
    line[trimmed.len] = '\0';
    return !ended;
}

/* --- one question --- */

/* Each choice with its number; how many. */
static size_t print_words(const struct setup *s, enum setup_answer id)
{
    struct scan c = scan_of(slice_of(setup_questions[id].words));
    struct slice word, meaning;
    size_t n = 0;
    while (setup_next_word(&c, &word, &meaning)) {
        if (setup_word_fits(s, id, word))
            cli_printf("    %zu  %.*s\n", ++n, SLICE_ARG(meaning));
    }
    return n;
}

static size_t print_labels(const struct setup *s, enum setup_answer id)
{
    size_t n;
    const struct directory_label *labels = setup_labels(s, id, &n);
    for (size_t i = 0; i < n && i < MOST_SHOWN; i++)
        cli_printf("    %zu  %s\n", i + 1, labels[i].name);
    if (n > MOST_SHOWN)
        printf("    ... and %zu more: type the name\n", n - MOST_SHOWN);
    return n;
}

/* The choice of that number into `out`; false if the text is no number of one. */
static bool choose(const struct setup *s, enum setup_answer id, const char *text, struct buf *out)
{
    const struct setup_question *q = &setup_questions[id];
    uint64_t number;
    size_t n;
    if (!slice_to_u64(slice_of(text), 1, 10000, &number))
        return false;
    if (q->kind == ASK_LABEL) {
        const struct directory_label *labels = setup_labels(s, id, &n);
        if (number <= n)
            buf_puts(out, labels[number - 1].name);
        return number <= n;
    }
    struct scan c = scan_of(slice_of(q->words));
    struct slice word, meaning;
    while (number && setup_next_word(&c, &word, &meaning)) {
        if (setup_word_fits(s, id, word) && --number == 0)
            buf_slice(out, word);
    }
    return out->len > 0;
}

static void print_prompt(const struct setup *s, enum setup_answer id, const char *preset)
{
    const struct setup_question *q = &setup_questions[id];
    const char *shown = preset;
    if (q->kind == ASK_WORD || (q->kind == ASK_LABEL && s->directory)) {
        cli_printf("  %s\n", q->prompt);
        (void)(q->kind == ASK_WORD ? print_words(s, id) : print_labels(s, id));
        printf("  number or name");
    } else {
        cli_printf("  %s", q->prompt);
    }
    if (q->kind == ASK_SECRET && preset[0])
        shown = "as before";
    if (shown[0])
        cli_printf(" [%s]", shown);
    else if (q->optional)
        printf(" [none]");
    printf(": ");
}

static void print_problem(const char *why)
{
    /* behind the name that the file of answers knows it by */
    const char *at = strstr(why, ": ");
    cli_printf("    That will not do: %s\n", at ? at + 2 : why);
}

/* The answer as it is kept; false: it was wrong, and that was said. */
static bool take(struct setup *s, enum setup_answer id, const char *line)
{
    const struct setup_question *q = &setup_questions[id];
    struct buf chosen = BUF_INIT(LINE_BYTES), kept = BUF_INIT(64 << 10), why = BUF_INIT(8000);
    bool listed = q->kind == ASK_WORD || q->kind == ASK_LABEL, good;
    if (!listed || !choose(s, id, line, &chosen))
        buf_puts(&chosen, line);
    const char *label =
        q->kind == ASK_LABEL && s->directory ? setup_find_label(s, id, chosen.data) : chosen.data;
    if (!label)
        setup_say_missing(s, id, chosen.data, &why);
    good = label && setup_check(s, id, label, &kept, &why);
    if (good)
        setup_set(s, id, kept.data);
    else
        print_problem(why.data);
    buf_wipe(&chosen);
    buf_wipe(&kept);
    buf_release(&why);
    return good;
}

/* -1: input ended. */
static int ask(struct setup *s, enum setup_answer id)
{
    const struct setup_question *q = &setup_questions[id];
    for (;;) {
        char line[LINE_BYTES];
        struct buf preset = BUF_INIT(64 << 10);
        bool done = false;
        if (s->answers[id])
            buf_puts(&preset, s->answers[id]);
        else
            setup_preset(s, id, &preset);
        if (q->kind == ASK_SECRET)
            hide();
        print_prompt(s, id, preset.data);
        bool there = read_line(line, q->kind == ASK_SECRET);
        if (!there)
            printf("\n");
        else if (strcmp(line, "?") == 0)
            setup_print_wrapped("    ", q->help);
        else if (!line[0] && !preset.len && !q->optional)
            printf("    Something has to stand here; ? says more.\n");
        else if ((!line[0] && !preset.len) || (q->optional && strcmp(line, "-") == 0))
            setup_set(s, id, ""), done = true;
        else
            done = take(s, id, line[0] ? line : preset.data);
        explicit_bzero(line, sizeof(line));
        buf_wipe(&preset);
        if (!there || done)
            return there ? 0 : -1;
    }
}

/* --- steps --- */

/* Another provider: what followed from the old one is forgotten. */
static void forget_mail(struct setup *s)
{
    for (size_t i = 0; i < SETUP_ANSWERS; i++) {
        enum setup_step step = setup_questions[i].step;
        if ((step == STEP_MAIL_IN || step == STEP_MAIL_OUT || step == STEP_TRUST) && i != A_PROVIDER &&
            i != A_ADDRESS)
            setup_set(s, (enum setup_answer)i, NULL);
    }
}

/* A simulated Autotask, given by its address: the user name is still to come. */
static bool took_sandbox(struct setup *s)
{
    const char *url = setup_get(s, A_AUTOTASK_USER);
    struct buf zone = BUF_INIT(600), kept = BUF_INIT(600), why = BUF_INIT(2000);
    bool is_url = slice_starts_nocase(slice_of(url), SLICE("http"));
    bool whole = slice_ends_nocase(slice_of(url), SLICE("/"));
    buf_printf(&zone, "%s%satservicesrest", url, whole ? "" : "/");
    bool good = is_url && setup_check(s, A_ZONE, zone.data, &kept, &why);
    if (good) {
        setup_set(s, A_ZONE, kept.data);
        cli_printf("    A simulated Autotask, then. Its user name is api.user of its world.\n");
    } else if (is_url)
        print_problem(why.data);
    if (is_url)
        setup_set(s, A_AUTOTASK_USER, NULL);
    buf_release(&zone);
    buf_release(&kept);
    buf_release(&why);
    return is_url;
}

/* The zone tells at once whether the user is known. True: ask again. */
static bool user_is_wrong(struct setup *s)
{
    struct setup_proof p;
    if (took_sandbox(s))
        return true;
    if (s->cli->offline || !setup_prove_zone(s, &p))
        return false;
    setup_proof_print(&p);
    /* that Autotask cannot be reached says nothing about the user */
    bool wrong = p.result == REFUTED && (p.code == ERR_CREDENTIALS || p.code == ERR_REJECTED);
    setup_proof_release(&p);
    return wrong;
}

static bool is_asked(const struct setup *s, enum setup_answer id)
{
    const struct setup_question *q = &setup_questions[id];
    if (id == A_CA)
        return s->certificate_refused || setup_get(s, A_CA)[0];
    if (id == A_TEMPLATES)
        return access(FD_TEMPLATE_DIR, R_OK) != 0;
    return q->asked && setup_holds(s, q->asked);
}

static int ask_one(struct setup *s, enum setup_answer id)
{
    char before[40];
    snprintf(before, sizeof(before), "%s", setup_get(s, A_PROVIDER));
    for (;;) {
        if (ask(s, id) != 0)
            return -1;
        if (id == A_PROVIDER && !setup_is(s, A_PROVIDER, before))
            forget_mail(s);
        if (id != A_AUTOTASK_USER || !user_is_wrong(s))
            return 0;
    }
}

/* Is the question one whose answer may be to blame? A refused login says that the server is the right one. */
static bool concerns(enum setup_answer id, enum err_code why)
{
    bool login = why == ERR_CREDENTIALS || why == ERR_LOGIN || why == ERR_PERMISSION || why == ERR_MAILBOX;
    bool place = why == ERR_CONNECT || why == ERR_TLS || why == ERR_TIMEOUT || why == ERR_PROTOCOL;
    bool about_place = id == A_IMAP || id == A_CA;
    if (why == ERR_NONE || setup_questions[id].step != STEP_MAIL_IN)
        return true;
    if (id == A_PROVIDER || id == A_ADDRESS)
        return false;
    return place ? about_place : !login || !about_place;
}

/* `why`: what the last proof failed with; ERR_NONE: all is asked. */
static int ask_step(struct setup *s, enum setup_step step, enum err_code why)
{
    for (size_t i = 0; i < SETUP_ANSWERS; i++) {
        enum setup_answer id = (enum setup_answer)i;
        const struct setup_question *q = &setup_questions[i];
        if (q->step != step || !setup_holds(s, q->when) || !concerns(id, why))
            continue;
        if (is_asked(s, id)) {
            if (ask_one(s, id) != 0)
                return -1;
        } else if (!q->optional) {
            struct buf preset = BUF_INIT(5000);
            setup_preset(s, id, &preset);
            setup_set(s, id, preset.data);
            buf_release(&preset);
        }
    }
    return 0;
}

/* After a step that failed. -1: input ended. */
enum go { ENDED = -1, GO_ON, AGAIN, ALL_AGAIN };

static enum go ask_how(void)
{
    static const struct {
        const char *word;
        enum go go;
    } words[] = {{"", AGAIN}, {"all", ALL_AGAIN}, {"skip", GO_ON}};
    char line[LINE_BYTES];
    for (;;) {
        printf("  Enter asks again what may be wrong, all asks this part again, skip leaves it to doctor: ");
        if (!read_line(line, false)) {
            printf("\n");
            return ENDED;
        }
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (strcmp(line, words[i].word) == 0)
                return words[i].go;
        }
    }
}

static int do_step(struct setup *s, enum setup_step step)
{
    enum go go = ALL_AGAIN;
    for (enum err_code why = ERR_NONE; go > GO_ON;) {
        struct setup_proof p;
        if (ask_step(s, step, go == ALL_AGAIN ? ERR_NONE : why) != 0)
            return -1;
        if (!setup_prove(s, step, &p))
            return 0;
        setup_proof_print(&p);
        why = p.code;
        go = p.result == REFUTED || p.worth_asking ? ask_how() : GO_ON;
        setup_proof_release(&p);
    }
    return go == ENDED ? -1 : 0;
}

int setup_talk(struct setup *s)
{
    static const struct {
        enum setup_step step;
        const char *title; /* NULL: belongs to the one before */
    } steps[] = {{STEP_FIRM, "The firm"},     {STEP_MAIL_IN, "The mailbox"},
                 {STEP_MAIL_OUT, NULL},       {STEP_TRUST, NULL},
                 {STEP_AUTOTASK, "Autotask"}, {STEP_TICKET, "New tickets"},
                 {STEP_BOOKS, "QuickBooks"},  {STEP_HERE, NULL}};
    cli_printf(
        "This asks what frontdesk needs, proves each answer, and writes %s.\n"
        "Enter takes what stands in brackets, - leaves out what may be left out, ? explains a question.\n"
        "Ctrl-C ends it. Nothing is written before the end.\n",
        s->conf_path);
    for (size_t i = 0, n = 0; i < ARRAY_LEN(steps); i++) {
        if (steps[i].title)
            printf("\n%zu of 5  %s\n", ++n, steps[i].title);
        if (do_step(s, steps[i].step) != 0)
            return -1;
    }
    return 0;
}
