/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subjects: CPU time of one mail of 20 KB from its bytes to the decision, with 500 technicians: reading it
 * (reader_read), then subject and text to a command (command_read). Prints microseconds a mail for each kind
 * of subject and the worst of them; the goal is under 1,000. subjects [ROUNDS]
 */
#include "frontdesk/command.h"
#include "frontdesk/message.h"

enum { TECHNICIANS = 500, MAIL_BYTES = 20 * 1024, ROUNDS = 2000 };

static const char *const firsts[] = {"Sarah", "Shana",  "Mike",  "Will",  "Grace", "Dana",  "Omar",
                                     "Priya", "Wei",    "Jonas", "Petra", "Luis",  "Marta", "Ivan",
                                     "Chloe", "Anders", "Noor",  "Tomas", "Keiko", "Bruno", "Helga",
                                     "Rosa",  "Emre",   "Linh",  "Yusuf"};
static const char *const lasts[] = {"Klein",  "Ortiz", "Chen",  "Turner", "Park", "Reed",  "Haddad",
                                    "Nair",   "Zhang", "Weber", "Novak",  "Vega", "Silva", "Petrov",
                                    "Dubois", "Holm",  "Aziz",  "Kral",   "Sato", "Conti"};

static const char *const subjects[] = {
    "Sarah Klein: reset MFA for Bob at Acme",
    "will the backup run tonight, or may we wait until the grace period has ended?",
    "Shnaa: call Tomas Silva back about the printer on the second floor",
    "Qwertz: nobody is called like this, and every name has to be compared",
    "@Qwertz @Asdfgh @Yxcvbn @Poiuzt @Lkjhgf @Mnbvcx @Tzuiop @Ghjkle: as many unknown names as are looked at",
    "help",
};

static struct directory *hire(struct pool *pool)
{
    struct directory_resource *r = pool_array(pool, TECHNICIANS, sizeof(*r));
    static const char *const none[] = {NULL};
    for (size_t i = 0; i < TECHNICIANS; i++) {
        const char *first = firsts[i % ARRAY_LEN(firsts)], *last = lasts[i / ARRAY_LEN(firsts)];
        r[i] = (struct directory_resource){.id = (int64_t)i + 1,
                                           .role_id = 9,
                                           .first = pool_printf(pool, "%s%s", first, i % 3 ? "" : "ine"),
                                           .last = last,
                                           .user = pool_printf(pool, "%s.%s%zu", first, last, i),
                                           .email = "",
                                           .assignable = true,
                                           .why_not = "",
                                           .nicknames = none};
    }
    struct directory values = {.resources = r, .n_resources = TECHNICIANS, .web_url = ""};
    return directory_build(&values);
}

static void write_mail(struct buf *out, const char *subject)
{
    buf_printf(out,
               "From: Dana Reed <dana@northwind.example>\r\nTo: newticket@desk.example\r\n"
               "Message-ID: <bench@northwind.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 -0500\r\n"
               "Subject: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
               subject);
    while (out->len < MAIL_BYTES)
        buf_puts(out, "The printer on the second floor is down again, and caf=C3=A9 guests wait.\r\n");
}

static double cpu_us(void)
{
    struct timespec t;
    ENSURE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

struct spent {
    double reading, deciding;
};

static struct spent one_subject(const char *subject, long rounds, const struct directory *d,
                                const struct command_names *names)
{
    struct buf mail = BUF_INIT(1 << 20);
    struct spent sum = {0};
    write_mail(&mail, subject);
    for (long i = 0; i < rounds; i++) {
        struct message m;
        struct command c;
        struct err e = ERR_INIT;
        struct pool *pool = pool_new(1 << 24);
        double begin = cpu_us();
        ENSURE(reader_read(&m, buf_view(&mail), false, &message_limits_default, &e) == 0);
        double read = cpu_us();
        command_read(&c, message_str(&m, m.subject), message_str(&m, m.text), d, names, pool);
        double decided = cpu_us();
        sum.reading += read - begin;
        sum.deciding += decided - read;
        message_release(&m);
        pool_free(&pool);
    }
    buf_release(&mail);
    return (struct spent){sum.reading / (double)rounds, sum.deciding / (double)rounds};
}

int main(int argc, char **argv)
{
    uint64_t rounds = ROUNDS;
    if (argc > 1 && !slice_to_u64(slice_of(argv[1]), 1, 1000000, &rounds))
        return 2;
    struct pool *pool = pool_new(1 << 24);
    struct directory *d = hire(pool);
    struct command_names *names = names_index_new(d);
    double worst = 0;
    printf("%d technicians, mails of %d KB, %llu rounds; microseconds of CPU a mail\n", TECHNICIANS,
           MAIL_BYTES / 1024, (unsigned long long)rounds);
    for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
        struct spent s = one_subject(subjects[i], (long)rounds, d, names);
        double both = s.reading + s.deciding;
        worst = both > worst ? both : worst;
        printf("  reading %6.1f  deciding %6.1f  together %6.1f  %.40s\n", s.reading, s.deciding, both,
               subjects[i]);
    }
    printf("worst %.1f us (goal: under 1000)\n", worst);
    names_index_free(&names);
    directory_unref(&d);
    pool_free(&pool);
    return worst < 1000 ? 0 : 1;
}
