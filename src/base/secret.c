/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secret: one line out of a file, with a fingerprint, wiped when released. See secret.h. */
#include "frontdesk/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX = 8192, STACK_BYTES = 32768 };

static char own_folder[4000]; /* see secret_folder */
static bool own_first;

void secret_folder(const char *path, bool first)
{
    snprintf(own_folder, sizeof(own_folder), "%s", path);
    own_first = first;
}

/* "cred:NAME" is a systemd credential, of a service (*is_cred then), or lies in the folder that stands in for
 * them. */
static int resolve_path(const char *path, char *out, size_t size, bool *is_cred, struct err *e)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    bool named = slice_starts(slice_of(path), SLICE("cred:"));
    bool ours = named && own_folder[0] && (own_first || !folder) && access(own_folder, F_OK) == 0;
    *is_cred = named && !ours;
    if (ours)
        folder = own_folder;
    if (named && !folder)
        return err_set(
            e, ERR_CONFIG,
            "%s is a systemd credential, and there are none here (CREDENTIALS_DIRECTORY is not set): "
            "start frontdesk as the service that has LoadCredential=%s; by hand put the files into the "
            "folder "
            "credentials beside the settings, set CREDENTIALS_DIRECTORY to their folder, or name a file",
            path, path + 5);
    snprintf(out, size, "%s%s%s", named ? folder : "", named ? "/" : "", named ? path + 5 : path);
    return 0;
}

static int read_whole(int fd, const char *path, char *into, size_t *len, struct err *e)
{
    *len = 0;
    for (;;) {
        ssize_t n = read(fd, into + *len, SECRET_MAX + 1 - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(e, errno, "cannot read the secret file %s", path);
        if (n == 0)
            return 0;
        *len += (size_t)n;
        if (*len > SECRET_MAX)
            return err_set(e, ERR_CONFIG,
                           "the secret file %s is longer than %d bytes: only the secret may stand there",
                           path, SECRET_MAX);
    }
}

/* systemd gives its credentials to the service's user by an ACL, which shows as group read; the folder around
 * them is closed. */
static int check_mode(int fd, const char *path, bool is_cred, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set_errno(e, errno, "cannot look at the secret file %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_CONFIG,
                       "the secret file %s is not an ordinary file: put the secret on one line of a file",
                       path);
    if (st.st_mode & (is_cred ? 037 : 077))
        return err_set(e, ERR_CONFIG, "the secret file %s can be read by others: chmod 600 %s", path, path);
    return 0;
}

static int take_line(struct secret *s, const char *raw, size_t len, const char *path, struct err *e)
{
    struct slice line = slice_trim(slice_from(raw, len));
    if (line.len == 0)
        return err_set(e, ERR_CONFIG, "the secret file %s is empty: put the secret on one line of it", path);
    for (size_t i = 0; i < line.len; i++) {
        if ((unsigned char)line.ptr[i] < 0x20 || line.ptr[i] == 0x7f)
            return err_set(e, ERR_CONFIG,
                           "the secret file %s holds more than one line or a control character: only the "
                           "secret may stand there",
                           path);
    }
    s->value = mem_alloc(line.len + 1);
    memcpy(s->value, line.ptr, line.len);
    s->len = line.len;
    secret_fingerprint(line, s->fingerprint);
    return 0;
}

/* The file as it stands, and where that is. */
static int load_raw(const char *path, char real[4096], char raw[SECRET_MAX + 1], size_t *len, struct err *e)
{
    bool is_cred;
    if (resolve_path(path, real, 4096, &is_cred, e) != 0)
        return -1;
    int fd = open(real, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        char why[100];
        return err_set(e, ERR_CONFIG,
                       "cannot open the secret file %s: %s; put the secret there on one line, mode 0600",
                       real, strerror_r(errno, why, sizeof(why)));
    }
    int rc = check_mode(fd, real, is_cred, e);
    if (rc == 0)
        rc = read_whole(fd, real, raw, len, e);
    close(fd);
    return rc;
}

int secret_load(struct secret *s, const char *path, struct err *e)
{
    char real[4096], raw[SECRET_MAX + 1];
    size_t len = 0;
    *s = (struct secret){0};
    int rc = load_raw(path, real, raw, &len, e);
    if (rc == 0)
        rc = take_line(s, raw, len, real, e);
    explicit_bzero(raw, sizeof(raw));
    secret_wipe_stack();
    return rc;
}

int secret_load_text(struct buf *out, const char *path, struct err *e)
{
    char real[4096], raw[SECRET_MAX + 1];
    size_t len = 0;
    int rc = load_raw(path, real, raw, &len, e);
    if (rc == 0)
        buf_put(out, raw, len);
    explicit_bzero(raw, sizeof(raw));
    return rc;
}

void secret_release(struct secret *s)
{
    if (s->value) {
        explicit_bzero(s->value, s->len);
        free(s->value);
    }
    *s = (struct secret){0};
}

void secret_fingerprint(struct slice value, char out[17])
{
    unsigned char digest[32];
    struct buf hex = BUF_INIT(64);
    /* salted with a constant so that the print is of no use in a table of common passwords' plain hashes */
    struct buf salted = BUF_INIT(value.len + 256);
    buf_puts(&salted, "frontdesk secret ");
    buf_slice(&salted, value);
    ENSURE(gnutls_hash_fast(GNUTLS_DIG_SHA256, salted.data, salted.len, digest) == 0);
    buf_put_hex(&hex, digest, 8);
    snprintf(out, 17, "%s", hex.data);
    buf_wipe(&salted);
    buf_release(&hex);
}

/* Digests and libraries work on the stack, and clear nothing. */
__attribute__((noinline)) void secret_wipe_stack(void)
{
    char below[STACK_BYTES];
    explicit_bzero(below, sizeof(below));
}

void secret_guard_process(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    /* the leak check of a sanitizer looks into its own process as a debugger does */
#ifndef FD_SANITIZED
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}
