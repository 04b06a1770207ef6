/* SPDX-License-Identifier: GPL-2.0-or-later */
/* runprogram: see base_program.h. Both pipes are ours and do not block; the end is seen by asking for it, so
 * that a child of the program that keeps its output open cannot hold us. */
#include "frontdesk/base_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 20, PIECE = 4096, MOST_PIECES = 16, MOST_OUTPUT = 1 << 20 };

struct running {
    pid_t pid;
    int in, out; /* our ends; -1: closed */
    struct slice left;
    size_t kept, came;
};

void program_begins(posix_spawnattr_t *how, short flags)
{
    sigset_t none, usual;
    sigemptyset(&none);
    sigfillset(&usual);
    posix_spawnattr_init(how);
    posix_spawnattr_setsigmask(how, &none);
    posix_spawnattr_setsigdefault(how, &usual);
    posix_spawnattr_setflags(how, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags));
}

static int spawn(const struct program *p, struct running *r, int child_in, int child_out)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    posix_spawn_file_actions_init(&files);
    program_begins(&how, POSIX_SPAWN_SETSID);
    int rc = posix_spawn_file_actions_adddup2(&files, child_in, STDIN_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&files, child_out, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&files, child_out, STDERR_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    if (rc == 0)
        rc = posix_spawn_file_actions_addchdir_np(&files, "/");
    if (rc == 0)
        rc = posix_spawn(&r->pid, p->argv[0], &files, &how, p->argv, p->env);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Descriptors above 2 whatever is open, so that none of them is overwritten before it is copied. */
static int high_pipe(int fds[2])
{
    int low[2];
    if (pipe2(low, O_CLOEXEC) != 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        fds[i] = fcntl(low[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        close(low[i]);
    }
    return fds[0] < 0 || fds[1] < 0 ? -1 : 0;
}

static int start(const struct program *p, struct running *r, struct err *e)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, rc = 0;
    if (high_pipe(in) != 0 || high_pipe(out) != 0)
        rc = errno;
    if (rc == 0)
        rc = spawn(p, r, in[0], out[1]);
    shut(&in[0]);
    shut(&out[1]);
    if (rc != 0) {
        shut(&in[1]);
        shut(&out[0]);
        return err_set_errno(e, rc, "cannot start %s", p->argv[0]);
    }
    r->in = in[1];
    r->out = out[0];
    fcntl(r->in, F_SETFL, O_NONBLOCK);
    fcntl(r->out, F_SETFL, O_NONBLOCK);
    return 0;
}

static void give(struct running *r)
{
    ssize_t n = r->left.len ? write(r->in, r->left.ptr, r->left.len) : 0;
    if (n > 0)
        r->left = slice_skip(r->left, (size_t)n);
    else if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0 || r->left.len == 0)
        shut(&r->in);
}

/* Keeps the beginning; the rest is read too, or the program would wait. At most MOST_PIECES at a time:
 * time is looked at in between. */
static void take(struct running *r, struct program_end *end)
{
    char piece[PIECE];
    for (int i = 0; i < MOST_PIECES && r->out >= 0; i++) {
        ssize_t n = read(r->out, piece, sizeof(piece));
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            shut(&r->out);
        if (n <= 0)
            return;
        r->came += (size_t)n;
        size_t room = sizeof(end->output) - 1 - r->kept, k = (size_t)n < room ? (size_t)n : room;
        memcpy(end->output + r->kept, piece, k);
        r->kept += k;
        end->output[r->kept] = '\0';
    }
}

/* It stays a zombie until all is killed: its number is nobody else's before that. */
static bool has_ended(const struct running *r)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == r->pid;
}

static void go_on(struct running *r, struct program_end *end)
{
    struct pollfd fds[] = {{.fd = r->out, .events = POLLIN}, {.fd = r->in, .events = POLLOUT}};
    if (r->in < 0 && r->out < 0)
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    else
        poll(fds, ARRAY_LEN(fds), LOOK_MS);
    if (r->in >= 0 && fds[1].revents)
        give(r);
    if (r->out >= 0 && fds[0].revents)
        take(r, end);
}

static int wait_for_end(const struct program *p, struct running *r, struct program_end *end)
{
    int64_t deadline = deadline_in(p->timeout_ms);
    int status = -1;
    while (!has_ended(r) && !end->late && r->came <= MOST_OUTPUT) {
        end->late = deadline_left(deadline) == 0;
        if (!end->late)
            go_on(r, end);
    }
    kill(-r->pid, SIGKILL); /* also what it left behind in its session */
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR) {
    }
    take(r, end);
    return status;
}

static int judge(const struct program *p, struct program_end *end, int status, size_t came, struct err *e)
{
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : -1;
    if (came > MOST_OUTPUT)
        return err_set(e, ERR_IO, "%s wrote more than %d KB and was killed", p->argv[0], MOST_OUTPUT >> 10);
    if (end->late)
        return err_set(e, ERR_TIMEOUT, "%s did not end within %u s and was killed", p->argv[0],
                       p->timeout_ms / 1000);
    if (WIFSIGNALED(status))
        return err_set(e, ERR_IO, "%s was ended by signal %d", p->argv[0], WTERMSIG(status));
    if (end->status != 0)
        return err_set(e, ERR_IO, "%s ended with status %d%s%.200s", p->argv[0], end->status,
                       end->output[0] ? ": " : "", end->output);
    return 0;
}

int program_run(const struct program *p, struct program_end *end, struct err *e)
{
    struct running r = {.in = -1, .out = -1, .left = p->input};
    int64_t begin_ms = clock_mono_ms();
    *end = (struct program_end){.status = -1};
    if (start(p, &r, e) != 0)
        return -1;
    int status = wait_for_end(p, &r, end);
    shut(&r.in);
    shut(&r.out);
    slice_clean_text(end->output);
    end->ms = clock_mono_ms() - begin_ms;
    return judge(p, end, status, r.came, e);
}
