/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnoses: CPU time of matching texts against all rules: a mail of 100 KB (the goal is under 5 ms), and
 * texts made to be slow, of 100 KB, 1 MB and 5 MB in pieces as large as are read: time grows as length does.
 * diagnoses [ROUNDS [TEXTS]]: so many texts are made at random too
 */
#include "frontdesk/diagnose_match.h"

#include <stdlib.h>
#include <time.h>

enum { MAIL_BYTES = 100 * 1024, ROUNDS = 20 };

static struct diagnose_rules *load(void)
{
    struct diagnose_rules *rules;
    const char *src = getenv("FRONTDESK_SRC");
    char path[4300];
    const char *ours[] = {path, NULL};
    struct buf problems = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    snprintf(path, sizeof(path), "%s/templates/en/diagnose", src ? src : ".");
    if (diagnose_rules_load(&rules, ours, NULL, NULL, NULL, &problems, &problems, &e) != 0) {
        fprintf(stderr, "%s\n%s", e.text, problems.data);
        exit(1);
    }
    buf_release(&problems);
    return rules;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Mean of the rounds; *found: how many errors. */
static double match_ms(const struct diagnose_rules *rules, struct slice text, bool own, unsigned rounds,
                       size_t *found)
{
    struct diagnoses *d = mem_alloc(sizeof(*d));
    struct diagnose_text texts[DIAGNOSE_TEXTS];
    size_t n = 0;
    for (; n < DIAGNOSE_TEXTS && text.len; n++) {
        struct slice piece = slice_cut_utf8(text, DIAGNOSE_TEXT);
        texts[n] = (struct diagnose_text){.where = "", .text = piece, .own = own};
        text = slice_skip(text, piece.len);
    }
    double began = now_ms();
    for (unsigned i = 0; i < rounds; i++) {
        struct pool *pool = pool_new(64 << 20);
        diagnose_match(rules, texts, n, pool, d);
        pool_free(&pool);
    }
    *found = d->n;
    free(d);
    return (now_ms() - began) / rounds;
}

static void repeat(struct buf *out, const char *piece, size_t bytes)
{
    buf_clear(out);
    while (out->len + strlen(piece) <= bytes)
        buf_puts(out, piece);
}

static void print_mail(const struct diagnose_rules *rules, const char *name, const char *line, bool own,
                       unsigned rounds)
{
    struct buf b = BUF_INIT(1 << 20);
    size_t found;
    repeat(&b, line, MAIL_BYTES / 2);
    size_t half = b.len;
    buf_puts(&b, "\n\nInvoice Number: 10233\nCompany: Acme Dental\nReason: There was an error. 400 Invalid "
                 "Reference Id : An "
                 "item in this transaction is set up as a category instead of a product or service.\n\n");
    while (b.len < 2 * half)
        buf_puts(&b, line);
    double ms = match_ms(rules, buf_view(&b), own, rounds, &found);
    printf("%-34s %8zu KB  %8.2f ms  %zu found\n", name, b.len / 1024, ms, found);
    buf_release(&b);
}

/* Repeated; half of them are the beginnings of words that are looked for. */
static const struct {
    const char *name, *piece;
} slow[] = {
    {"beginnings of needles", "invalid reference t invalid custom fiel there was an error when s "},
    {"a needle again and again", "QuickBooks object not found "},
    {"an error in each paragraph", "QuickBooks says No Name Provided for invoice 12 (Acme)\n\n"},
    {"labels", "Company: Invoice: Company: Invoice ID: Customer: "},
    {"labels and names", "Invoice 12 for Acme Of The Acme And Acme, Invoice 13 - Acme "},
    {"quotes of a pattern",
     "There is an invalid reference to QuickBooks Item \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"patterns that nearly match",
     "DocNumber= TxnType= TxnId= Min: Max: Supplied length: duplicate document number "},
    {"lines of fields", "From: a\n"},
    {"addresses of fields", "To: a@b\n"},
    {"signatures", "--\n"},
    {"blank lines", "a\n\n\n"},
    {"table rows", "12 | Acme | QuickBooks no name provided\n"},
    {"quote marks", "> > > > > > > > "},
    {"equals signs", "=\n=3D=20"},
    {"ampersands", "&amp;amp;amp;amp;"},
    {"spaces", "                "},
    {"no line end", "x"},
    {"sentences of staff", "The terms are blank in QuickBooks. Invoice number. "},
    {"numbers", "QuickBooks Online error 6140 error 6000 code 2500 "},
    {"legal words", "confidential in error received please delete "},
};

static void print_slow(const struct diagnose_rules *rules)
{
    static const size_t sizes[] = {100 * 1024, 1024 * 1024, 5 * 1024 * 1024};
    struct buf b = BUF_INIT(8 << 20);
    printf("\n%-34s %10s %10s %10s   ns a byte\n", "made to be slow", "100 KB", "1 MB", "5 MB");
    for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
        double ms = 0;
        printf("%-34s", slow[i].name);
        double each[3];
        for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
            size_t found;
            repeat(&b, slow[i].piece, sizes[k]);
            ms = match_ms(rules, buf_view(&b), true, 1, &found);
            each[k] = ms * 1e6 / (double)b.len;
            printf(" %7.1f ms", ms);
        }
        printf("   %.0f %.0f %.0f\n", each[0], each[1], each[2]);
    }
    buf_release(&b);
}

/* What texts that are made at random are made of. */
static const char *const pieces[] = {
    "invalid reference to quickbooks ",
    "there was an error when ",
    "an error occurred when connecting to quickbook",
    "qbwc1",
    "QBWC1039: ",
    "0x80040408 ",
    "0x8004",
    "errorcode=003",
    "statusCode=\"3140\" ",
    "Reason: ",
    "There was an error. 400 ",
    "Invoice ",
    "Invoice ID: ",
    "IDs 1, 2 and ",
    "Company: ",
    "Customer \"",
    "Acme ",
    "12345",
    " for ",
    ", ",
    " - ",
    "(",
    ")",
    "\"",
    "DocNumber=",
    "TxnId=",
    "Min:0 Max:21 supported. Supplied length:",
    "QuickBooks ",
    "Autotask ",
    "the terms are ",
    "blank ",
    "zero ",
    "error ",
    "code 6140 ",
    "no name provided ",
    "object not found ",
    "\n",
    "\n",
    "\n\n",
    "> ",
    "--\n",
    "-----x-----\n",
    "From: a@b\n",
    "a: b\n",
    " | ",
    "\t",
    "=\n",
    "=3D",
    "=20",
    "&amp;",
    "&#39;",
    "&quot;",
    "\xc2\xa0",
    "\xe2\x80\x99",
    "\xff",
    " ",
    "                    ",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "confidential ",
    "in error ",
    "- ",
    "1. ",
    "2026-11-24 10:00 ",
    ".",
    ". ",
    "T20260101.0001 "};

static unsigned draw(uint64_t *state, unsigned n)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(*state >> 33) % n;
}

/* Texts of up to twelve pieces again and again: the slowest by the byte, at three sizes. */
static void search(const struct diagnose_rules *rules, uint64_t texts)
{
    static const size_t sizes[] = {20 * 1024, 200 * 1024, 2 * 1024 * 1024};
    struct buf b = BUF_INIT(8 << 20);
    double worst[3] = {0}, growth = 0;
    uint64_t state = 1;
    for (uint64_t i = 0; i < texts; i++) {
        char piece[1200] = "";
        size_t len = 0, found;
        for (unsigned k = 1 + draw(&state, 12); k > 0; k--)
            len += (size_t)snprintf(piece + len, sizeof(piece) - len, "%s",
                                    pieces[draw(&state, ARRAY_LEN(pieces))]);
        double each[3];
        for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
            repeat(&b, piece, sizes[k]);
            each[k] = match_ms(rules, buf_view(&b), true, 1, &found) * 1e6 / (double)b.len;
            worst[k] = each[k] > worst[k] ? each[k] : worst[k];
        }
        growth = each[2] / each[1] > growth ? each[2] / each[1] : growth;
        if (each[2] > 3 * each[1])
            printf("grows: %.0f %.0f %.0f ns a byte: %s\n", each[0], each[1], each[2], piece);
    }
    printf("%llu texts at random; the slowest, ns a byte: %.0f at 20 KB, %.0f at 200 KB, %.0f at 2 MB; ten "
           "times the "
           "length never took more than %.1f times the time a byte\n",
           (unsigned long long)texts, worst[0], worst[1], worst[2], growth);
    buf_release(&b);
}

int main(int argc, char **argv)
{
    uint64_t rounds = ROUNDS, texts = 0;
    if (argc > 1 && !slice_to_u64(slice_of(argv[1]), 1, 100000, &rounds))
        return 2;
    if (argc > 2 && !slice_to_u64(slice_of(argv[2]), 0, 1000000, &texts))
        return 2;
    double began = now_ms();
    struct diagnose_rules *rules = load();
    size_t n;
    (void)diagnose_rules_list(rules, &n);
    printf("%zu rules read in %.1f ms\n\n", n, now_ms() - began);
    print_mail(rules, "a mail with one error",
               "Please look at the printer on the second floor, it is down again today.\n", true,
               (unsigned)rounds);
    print_mail(rules, "the same in short paragraphs",
               "The printer is down. QuickBooks is slow, invoice 12 is open.\n\n", true, (unsigned)rounds);
    print_mail(rules, "a log", "2026-11-24 10:00:00 INFO invoice 12 of Acme went to QuickBooks\n", false,
               (unsigned)rounds);
    print_slow(rules);
    if (texts)
        search(rules, texts);
    diagnose_rules_free(&rules);
    return 0;
}
