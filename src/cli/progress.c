/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress: the line at the bottom of a terminal that says what is going on: a bar where it is known how much
 * there is to do, else something that moves; and how long it takes already. See cli.h.
 *
 * A thread of its own draws it, so that a slow server or a long list does not stop it. The same thread hears
 * the signals that end a command (from a terminal: Ctrl-C), takes the line away, and lets them do what they
 * do; the other threads have them blocked meanwhile.
 */
#include "cli.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

enum {
    AFTER_MS = 1000, /* what is done before is not worth a word */
    TICK_MS = 100,
    WHAT_BYTES = 400,
    LINE_BYTES = 4000,
    LEAST_CELLS = 12, /* a narrower terminal has none */
    LEAST_WHAT = 8,
    LEAST_BAR = 6,
    MOST_BAR = 30
};

static struct {
    pthread_mutex_t lock;
    pthread_t thread;
    bool runs;        /* the thread does */
    bool failed;      /* it could not be started */
    bool set;         /* there is something to be drawn: not between a step and the next one */
    bool drawn;       /* the line stands on the terminal */
    bool held;        /* the signals are blocked by us */
    int end, signals; /* descriptors */
    sigset_t before;
    char what[WHAT_BYTES], line[LINE_BYTES]; /* `line`: as it was drawn */
    size_t done, total;
    int64_t began_ms;
    unsigned turn;
} p = {.lock = PTHREAD_MUTEX_INITIALIZER, .end = -1, .signals = -1};

static bool silent;     /* --quiet */
static bool to_program; /* --json */

void cli_silence(void)
{
    silent = true;
    log_set_level(LOG_ERROR);
}

void cli_no_progress(void)
{
    to_program = true;
}

/* A terminal that only prints (dumb) cannot take a line back. */
bool cli_is_watched(void)
{
    const char *term = getenv("TERM");
    return !silent && !to_program && isatty(STDERR_FILENO) && term && term[0] && strcmp(term, "dumb") != 0;
}

bool cli_is_silent(void)
{
    return silent;
}

/* --- the line --- */

/* The last one stays empty, since some terminals begin a new line behind it. */
size_t cli_cells(int fd)
{
    struct winsize size = {.ws_col = 0};
    uint64_t columns = 0;
    const char *said = getenv("COLUMNS");
    size_t n = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    if (said && slice_to_u64(slice_of(said), 1, 10000, &columns) && (columns < n || !size.ws_col))
        n = (size_t)columns;
    return n - 1;
}

static bool knows_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = getenv(names[i]);
        if (value && value[0])
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

/* At most so many cells of it. A sign that is not ASCII may be two cells wide. */
static size_t put_words(struct buf *b, const char *text, size_t most)
{
    size_t cells = 0, whole = 0;
    for (const char *c = text; *c; c++)
        whole += ((unsigned char)*c & 0xc0) == 0x80 ? 0 : (unsigned char)*c >= 0x80 ? 2 : 1;
    size_t room = whole > most ? most - strlen("...") : most;
    for (const char *c = text; *c;) {
        size_t bytes = 1;
        while (((unsigned char)c[bytes] & 0xc0) == 0x80)
            bytes++;
        size_t wide = bytes > 1 ? 2 : 1;
        if (cells + wide > room)
            break;
        buf_put(b, c, bytes);
        cells += wide;
        c += bytes;
    }
    if (whole > most)
        buf_puts(b, "...");
    return cells + (whole > most ? strlen("...") : 0);
}

static void put_elapsed(int64_t ms, char out[32])
{
    long long s = (long long)ms / 1000;
    if (s < 120)
        snprintf(out, 32, "%lld s", s);
    else
        snprintf(out, 32, "%lld min %02lld s", s / 60, s % 60);
}

static void put_coloured(struct buf *b, const struct buf *text)
{
    bool colour = log_may_colour(STDERR_FILENO);
    buf_printf(b, "%s%s%s", colour ? "\033[32m" : "", text->data, colour ? "\033[0m" : "");
}

/* "#####.....  3/11 " or "|"; how many cells. */
static size_t put_head(struct buf *b, size_t cells)
{
    static const char *const turning[2][10] = {{"|", "/", "-", "\\"},
                                               {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}};
    struct buf head = BUF_INIT(400);
    bool utf8 = knows_utf8();
    size_t bar = cells / 4 < LEAST_BAR ? LEAST_BAR : cells / 4 > MOST_BAR ? MOST_BAR : cells / 4, wide = 1;
    if (p.total) {
        char count[60];
        for (size_t i = 0; i < bar; i++)
            buf_puts(&head, i < bar * p.done / p.total ? (utf8 ? "█" : "#") : utf8 ? "░" : ".");
        put_coloured(b, &head);
        snprintf(count, sizeof(count), " %zu/%zu", p.done, p.total);
        buf_puts(b, count);
        wide = bar + strlen(count);
    } else {
        buf_puts(&head, turning[utf8][p.turn++ % (utf8 ? 10 : 4)]);
        put_coloured(b, &head);
    }
    buf_release(&head);
    return wide;
}

static void draw(int64_t elapsed_ms)
{
    size_t cells = cli_cells(STDERR_FILENO);
    char elapsed[32];
    struct buf b = BUF_INIT(LINE_BYTES);
    put_elapsed(elapsed_ms, elapsed);
    buf_puts(&b, "\r");
    size_t used = put_head(&b, cells), room = cells - used;
    size_t behind = strlen(elapsed) + 2;
    bool timed = used + behind <= cells;
    room -= timed ? behind : 0;
    if (timed && room > LEAST_WHAT) {
        buf_puts(&b, " ");
        (void)put_words(&b, p.what, room - 1);
    }
    buf_printf(&b, "%s%s\033[K", timed ? "  " : "", timed ? elapsed : "");
    bool stands = p.drawn && strcmp(p.line, b.data) == 0;
    if (cells >= LEAST_CELLS && used <= cells && !stands)
        p.drawn = write(STDERR_FILENO, b.data, b.len) > 0 || p.drawn;
    snprintf(p.line, sizeof(p.line), "%s", b.data);
    buf_release(&b);
}

static void erase(void)
{
    static const char gone[] = "\r\033[K";
    if (p.drawn && write(STDERR_FILENO, gone, sizeof(gone) - 1) > 0)
        p.drawn = false;
}

/* Not of a job in the background: the terminal is somebody else's then. */
static bool is_ours(void)
{
    pid_t holder = tcgetpgrp(STDERR_FILENO);
    return holder < 0 || holder == getpgrp();
}

static void tick(void)
{
    pthread_mutex_lock(&p.lock);
    int64_t elapsed = clock_mono_ms() - p.began_ms;
    if (p.set && elapsed >= AFTER_MS && is_ours())
        draw(elapsed);
    pthread_mutex_unlock(&p.lock);
}

/* --- the thread --- */

static void obey(int number)
{
    sigset_t one;
    pthread_mutex_lock(&p.lock);
    erase();
    sigemptyset(&one);
    sigaddset(&one, number);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    raise(number == SIGTSTP ? SIGSTOP : number);
    pthread_sigmask(SIG_BLOCK, &one, NULL); /* it was one that stopped us, and we go on */
    pthread_mutex_unlock(&p.lock);
}

static void *draw_main(void *self)
{
    struct pollfd fds[] = {{.fd = p.end, .events = POLLIN}, {.fd = p.signals, .events = POLLIN}};
    struct signalfd_siginfo info;
    (void)self;
    for (;;) {
        int n = poll(fds, ARRAY_LEN(fds), TICK_MS);
        if (n > 0 && fds[0].revents)
            return NULL;
        if (n > 0 && fds[1].revents && read(p.signals, &info, sizeof(info)) == sizeof(info))
            obey((int)info.ssi_signo);
        tick();
    }
}

/* Those that would end or stop us: whoever handles them, or holds them back, goes on doing so. */
static void hold_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    sigset_t ours;
    sigemptyset(&ours);
    pthread_sigmask(SIG_SETMASK, NULL, &p.before);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct sigaction now;
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL &&
            !sigismember(&p.before, numbers[i]))
            sigaddset(&ours, numbers[i]);
    }
    p.signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
    p.held = p.signals >= 0;
    if (p.held)
        pthread_sigmask(SIG_BLOCK, &ours, NULL);
}

static void release_all(void)
{
    if (p.end >= 0)
        close(p.end);
    if (p.signals >= 0)
        close(p.signals);
    if (p.held)
        pthread_sigmask(SIG_SETMASK, &p.before, NULL);
    p.end = p.signals = -1;
    p.runs = p.set = p.held = false;
    p.total = 0;
}

/* A line of the log stands above it. */
static void put_log_line(const char *line, size_t n)
{
    pthread_mutex_lock(&p.lock);
    erase();
    ssize_t written = write(STDERR_FILENO, line, n);
    (void)written;
    pthread_mutex_unlock(&p.lock);
}

static void start(void)
{
    p.began_ms = clock_mono_ms();
    p.end = eventfd(0, EFD_CLOEXEC);
    hold_signals();
    p.runs = p.end >= 0 && pthread_create(&p.thread, NULL, draw_main, NULL) == 0;
    p.failed = !p.runs;
    if (p.runs)
        log_set_writer(put_log_line);
    else
        release_all();
}

static void end(void)
{
    static const uint64_t one = 1;
    if (!p.runs)
        return;
    if (write(p.end, &one, sizeof(one)) == sizeof(one))
        pthread_join(p.thread, NULL);
    log_set_writer(NULL);
    erase();
    release_all();
}

/* --- what others call --- */

static void say(const char *what)
{
    if (!p.runs && !p.failed)
        start();
    pthread_mutex_lock(&p.lock);
    snprintf(p.what, sizeof(p.what), "%.*s", SLICE_ARG(slice_cut_utf8(slice_of(what), WHAT_BYTES - 1)));
    slice_clean_text(p.what);
    p.set = true;
    pthread_mutex_unlock(&p.lock);
}

void cli_progress(const char *what)
{
    if (!what)
        end();
    else if (cli_is_watched())
        say(what);
}

void cli_progress_of(const char *what, size_t done, size_t total)
{
    if (!cli_is_watched())
        return;
    pthread_mutex_lock(&p.lock);
    p.done = done < total ? done : total;
    p.total = total;
    pthread_mutex_unlock(&p.lock);
    say(what);
}

void cli_progress_hide(void)
{
    pthread_mutex_lock(&p.lock);
    p.set = false;
    erase();
    pthread_mutex_unlock(&p.lock);
}
