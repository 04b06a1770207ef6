/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * typos: a wrong letter never gives the ticket to anybody. 500 slips of the keyboard over the names of 60
 * people, in every place where people are addressed, with and without another technician in the sentence:
 * each is a question, and who was meant is among its first two suggestions in at least 95 of 100. The slips
 * are drawn with a fixed seed; a slip that makes somebody else's name is no slip that anybody could see, and
 * is drawn again.
 */
#include "frontdesk/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { PEOPLE = 60, TYPOS = 500, SEED = 20261124 };

/* Common names of the trade's countries, neighbours among them on purpose: Dan and Dana, Eric and Erica, Jon
 * and John, Kristen and Kirsten, Mark and Marc; nine are words of every day. */
static const char *const people[PEOPLE][2] = {
    {"Sarah", "Klein"},    {"Shana", "Ortiz"},     {"Mike", "Chen"},      {"Will", "Turner"},
    {"Grace", "Park"},     {"Mark", "Stone"},      {"Marc", "Dubois"},    {"Dan", "Foster"},
    {"Dana", "Reed"},      {"Daniela", "Rossi"},   {"Eric", "Lund"},      {"Erica", "Voss"},
    {"Jon", "Pike"},       {"John", "Adler"},      {"Joan", "Whitby"},    {"Kristen", "Moe"},
    {"Kirsten", "Holm"},   {"Bill", "Novak"},      {"Rob", "Ellis"},      {"Chase", "Morgan"},
    {"Jack", "Burke"},     {"Frank", "Weber"},     {"Hope", "Diaz"},      {"Miles", "Sutton"},
    {"Elizabeth", "Hart"}, {"Katherine", "Bloom"}, {"Jonathan", "Crane"}, {"Christopher", "Ng"},
    {"Alexandra", "Fay"},  {"Priya", "Nair"},      {"Rajesh", "Iyer"},    {"Mohammed", "Aziz"},
    {"Fatima", "Saleh"},   {"Omar", "Rahman"},     {"Wei", "Zhang"},      {"Hiroshi", "Sato"},
    {"Yuki", "Mori"},      {"Carlos", "Vega"},     {"Miguel", "Santos"},  {"Lucia", "Romero"},
    {"José", "Núñez"},     {"Zoë", "Schröder"},    {"Björn", "Åkesson"},  {"Łukasz", "Wójcik"},
    {"Siobhán", "Byrne"},  {"François", "Petit"},  {"Jürgen", "Vogt"},    {"Agnieszka", "Lis"},
    {"Giulia", "Conti"},   {"Dmitri", "Orlov"},    {"Thomas", "Gray"},    {"Patricia", "Mendez"},
    {"Stephanie", "Cole"}, {"Nicholas", "Dunn"},   {"Rebecca", "Shaw"},   {"Timothy", "Webb"},
    {"Vanessa", "Quinn"},  {"Gregory", "Stokes"},  {"Harriet", "Lowe"},   {"Olivia", "Marsh"},
};

/* Where people are addressed; the second %s is somebody else who is merely mentioned, or a thing. */
static const char *const places[] = {
    "%s: printer down%s",
    "%s - call %s back",
    "%s: call %s back",
    "call %s back - \x01",
    "the printer is down (\x01)%s",
    "@%s call %s back",
    "Hi %s, please call %s back",
    "%s, call %s back",
    "%s printer down%s",
    "%s call %s back",
    "assign to %s: call %s back",
    "printer down, assign to \x01%s",
};

static uint32_t state = SEED;

static uint32_t draw(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(state >> 8) * below) >> 24);
}

/* The key beside a letter on its row of the keyboard. */
static char neighbour(char c)
{
    static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
    char low = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        const char *at = low ? strchr(rows[r], low) : NULL;
        if (!at)
            continue;
        bool right = at == rows[r] || (at[1] && draw(2));
        return (char)((right ? at[1] : at[-1]) - (low == c ? 0 : 32));
    }
    return 'x';
}

enum slip { DELETED, SWAPPED, NEIGHBOUR, DOUBLED, SLIPS };

/* One slip somewhere in the name, on its folded letters: people with accents in their names are typed
 * without. */
static void mistype(char out[100], const char *name, enum slip slip)
{
    struct buf b = BUF_INIT(90);
    fold_into(&b, slice_of(name));
    size_t n = b.len, at = draw((uint32_t)(slip == SWAPPED ? n - 1 : n));
    snprintf(out, 100, "%s", b.data);
    buf_release(&b);
    switch (slip) {
    case DELETED:
        memmove(out + at, out + at + 1, n - at);
        break;
    case SWAPPED: {
        char c = out[at];
        out[at] = out[at + 1];
        out[at + 1] = c;
        break;
    }
    case NEIGHBOUR:
        out[at] = neighbour(out[at]);
        break;
    default:
        memmove(out + at + 1, out + at, n - at + 1);
    }
    if (draw(4) && out[0] >= 'a' && out[0] <= 'z')
        out[0] = (char)(out[0] - 32);
}

static bool is_somebody(const char *typed)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        if (fold_eq(slice_of(typed), slice_of(people[i][0])))
            return true;
    }
    return false;
}

/* `place` with the mistyped name at its first %s or at \x01, and somebody else or nothing at the other one.
 */
static void put_together(struct buf *out, const char *place, const char *typed, const char *other)
{
    bool marked = strchr(place, '\x01') != NULL, first = !marked;
    for (const char *p = place; *p; p++) {
        if (*p == '\x01') {
            buf_puts(out, typed);
        } else if (*p == '%') {
            bool in_sentence = p > place && p[-1] == ' ';
            buf_puts(out, first ? typed : in_sentence ? other : "");
            first = false;
            p++;
        } else {
            buf_putc(out, *p);
        }
    }
}

struct score {
    size_t given_away, unasked, first, first_two, redrawn;
};

static void judge(struct score *s, const struct command *c, const struct directory_resource *meant,
                  const char *subject)
{
    if (c->kind == COMMAND_TICKET && (c->n_resources != 1 || c->resources[0] != meant)) {
        print_error("given to %s: %s\n", c->resources[0]->first, subject);
        s->given_away++;
    }
    s->unasked += c->kind != COMMAND_ASK;
    bool first = c->n_suggestions > 0 && c->suggestions[0] == meant;
    bool second = c->n_suggestions > 1 && c->suggestions[1] == meant;
    s->first += first;
    s->first_two += first || second;
    if (!first && !second)
        print_message("# not among the first two: %s (%s), but %s, %s\n", subject, meant->first,
                      c->n_suggestions > 0 ? c->suggestions[0]->first : "-",
                      c->n_suggestions > 1 ? c->suggestions[1]->first : "-");
}

static void typos_are_asked_about(void **unused)
{
    (void)unused;
    static struct directory_resource staff[PEOPLE];
    static const char *const none[] = {NULL};
    for (size_t i = 0; i < PEOPLE; i++)
        staff[i] = (struct directory_resource){.id = (int64_t)i + 1,
                                               .role_id = 9,
                                               .first = people[i][0],
                                               .last = people[i][1],
                                               .user = "",
                                               .email = "",
                                               .assignable = true,
                                               .why_not = "",
                                               .nicknames = none};
    struct directory values = {.resources = staff, .n_resources = PEOPLE, .web_url = ""};
    struct directory *d = directory_build(&values);
    struct command_names *names = names_index_new(d);
    struct score s = {0};
    for (size_t i = 0; i < TYPOS; i++) {
        size_t who = draw(PEOPLE), other = (who + 1 + draw(PEOPLE - 1)) % PEOPLE;
        char typed[100];
        mistype(typed, people[who][0], (enum slip)(i % SLIPS));
        for (; is_somebody(typed); s.redrawn++)
            mistype(typed, people[who][0], (enum slip)(i % SLIPS));
        struct buf subject = BUF_INIT(1000);
        put_together(&subject, places[i / SLIPS % ARRAY_LEN(places)], typed, people[other][0]);
        struct pool *pool = pool_new(1 << 20);
        struct command c;
        command_read(&c, buf_view(&subject), SLICE_NONE, d, names, pool);
        judge(&s, &c, &d->resources[who], subject.data);
        pool_free(&pool);
        buf_release(&subject);
    }
    print_message(
        "# %d typos of %d names: %zu given to others, %zu without a question; the right name first in "
        "%.1f %%, among the first two in %.1f %%; %zu drawn again\n",
        TYPOS, PEOPLE, s.given_away, s.unasked, 100.0 * (double)s.first / TYPOS,
        100.0 * (double)s.first_two / TYPOS, s.redrawn);
    names_index_free(&names);
    directory_unref(&d);
    assert_int_equal(s.given_away, 0);
    assert_true(s.first_two * 100 >= 95 * TYPOS);
    /* the same name twice is drawn again; more would be a sign that the slips are none */
    assert_true(s.redrawn < TYPOS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(typos_are_asked_about)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
