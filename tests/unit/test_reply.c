/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reply: golden letters, template errors, and text of strangers in headers and HTML.
 * FRONTDESK_GOLDEN_WRITE=1 writes the golden files anew: look at the difference before you commit it. */
#include "frontdesk/conf.h"
#include "frontdesk/message.h"
#include "frontdesk/reply.h"
#include "frontdesk/reply_sentence.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "shipped.h"

static void compare(const char *name, const char *ending, const struct buf *got)
{
    char path[4300], below[200];
    struct buf want = BUF_INIT(1 << 20);
    snprintf(below, sizeof(below), "tests/golden/%s.%s", name, ending);
    source_path(path, sizeof(path), below);
    bool write_it = getenv("FRONTDESK_GOLDEN_WRITE") != NULL;
    FILE *f = fopen(path, write_it ? "we" : "re");
    assert_non_null(f);
    if (write_it) {
        fwrite(got->data, 1, got->len, f);
    } else {
        char chunk[4096];
        for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
            buf_put(&want, chunk, n);
        assert_string_equal(got->data, want.data);
    }
    fclose(f);
    buf_release(&want);
}

static void render_and_compare(struct templates *t, const char *template, const char *golden, struct view *v)
{
    struct buf subject = BUF_INIT(2000), text = BUF_INIT(1 << 20), html = BUF_INIT(1 << 20),
               all = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    assert_int_equal(templates_render(t, template, v, &subject, &text, &html, &e), 0);
    buf_printf(&all, "Subject: %s\n\n%s", subject.data, text.data);
    compare(golden, "txt", &all);
    compare(golden, "html", &html);
    buf_release(&subject);
    buf_release(&text);
    buf_release(&html);
    buf_release(&all);
}

static void letters_are_as_agreed(void **state)
{
    (void)state;
    struct templates *t = shipped_templates();
    size_t n = 0;
    for (const char *const *name = templates_names(t); *name; name++, n++) {
        struct pool *pool = pool_new(4 << 20);
        render_and_compare(t, *name, *name, templates_sample(*name, pool));
        pool_free(&pool);
    }
    assert_int_equal(n, 29);
    templates_free(&t);
}

/* Outcomes that the samples do not show: golden NAME-VARIANT. Facts: "name=text", "+flag", "-flag", and an
 * item of a list as "list: name=text | name=text". */
#define TICKET                                                                                               \
    "+ticket\n+made\ntitle=printer down\npriority=Medium\ndue=Wed 25 Nov 17:00\n"                            \
    "to_example=to Mike Chen\nadd_example=+Mike Chen\npriority_example=High\ndue_example=due fri\n"
#define LINK                                                                                                 \
    "link=https://ww3.autotask.net/Autotask/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=50311\n"
#define ASK   "title=printer down\nqueue=Triage\nhold=Thu 26 Nov 08:30\n"
#define TWO   "suggestions: n=1 | name=Mike Alvarez | +first\nsuggestions: n=2 | name=Mike Chen\n"
#define WATCH "watched=sync\nschedule=hourly\nlast=Tue 24 Nov 07:00\nnext=Tue 24 Nov 08:00\n"
static const struct {
    const char *golden, *facts;
} variants[] = {
    {"watch_first-clean", WATCH "compared: line=412 names of Autotask against 389 items of QuickBooks.\n"},
    {"watch_change-gone", WATCH "gone_count=1\nknown=1\n+one\n"
                                "gone: line=No item of this name: Remote Labor (work type 29680302)\n"},
    {"watch_change-none",
     WATCH "gone_count=1\ngone: line=No item of this name: Remote Labor (work type 29680302)\n"},
    {"watch_still-clean", WATCH},
    {"watch_answer-denied", WATCH "+denied\n"},
    {"watch_answer-nothing", WATCH "+nothing\nknown=2\n"},
    {"watch_answer-undo", WATCH "+undo\nknown=2\n"},
    {"watch_answer-late", WATCH "+ack\n"},
    {"created-all",
     TICKET LINK "number=T20261124.0007\ngreeting=Dana\nassignee=Sarah Klein\nqueue=Help Desk\n"
                 "company=Acme Dental\ncontact=Bob Stone\n+note\n"
                 "remarks: line=There is no priority \"urgent\"; nearest: Critical. It has Medium.\n"
                 "remarks: line=Due: 24 Nov is over. It is due Wed 25 Nov 17:00.\n"
                 "+has_files\nfiles: name=log.txt | size=98 KB\n"
                 "+has_left_out\nleft_out: line=empty.txt: it is empty\n"},
    {"created-bare", TICKET "+warning\nid=50311\nassignee=Sarah Klein\nqueue=Help Desk\n"},
    {"triage-expired", TICKET LINK "+expired\nnumber=T20261124.0007\nqueue=Triage\n"},
    {"triage-bare", TICKET "+nobody_named\nid=50311\nqueue=Triage\n"},
    {"ask-nobody", ASK "+nobody_named\n"},
    {"ask-several", ASK TWO "+several_mentioned\n"},
    {"ask-shared", ASK TWO "+shared_name\nword=Mike\n"},
    {"ask-absent",
     ASK TWO "+absent\nword=Tom\n"
             "absent_why=Tom Hale is not active in Autotask and cannot be given tickets.\n"
             "remarks: line=There is no company \"Acmee\"; nearest: Acme Dental. It has none.\n"},
    {"ask-absent-bare", ASK TWO "+absent\nword=Pat\n"},
    {"ask_again-bare", "hold=15:40\n"},
    {"amended-nothing", "id=50311\n+nothing\nto_example=to Mike Chen\nadd_example=+Mike "
                        "Chen\npriority_example=High\ndue_example=due fri\n"
                        "remarks: line=Sarah Klein has it already.\n"},
    {"amended-note", TICKET LINK "number=T20261124.0007\ntarget_title=printer down\n+note\n"},
    {"again-waiting", "first_ref=7KQ1\n"},
    {"alert-well", "topic=credentials\ntext=Autotask takes frontdesk's login again\n"},
    {"files-bare", "remarks: line=tool.exe: Autotask does not take files of this kind\n"},
    {"diverted-bare", "title=printer down\ndiverted_to=T20261120.0003\n"},
    {"explain-nothing", ""},
    {"show-unknown", "+unknown\nfirst_ref=ZZZ2\n"},
    {"wish-denied", "+denied\nverb=show\nfirst_ref=7KQ1\n"},
    {"wish-by-hand", "+by_hand\nverb=discard\nfirst_ref=7KQ1\n"},
    {"wish-unknown", "+unknown\nfirst_ref=ZZZ2\n"},
    {"wish-nothing", "+nothing\nverb=retry\nfirst_ref=7KQ1\nreason=done: ticket\n"},
    {"trouble-made", "+made\nid=50311\nreason=Autotask answered 500: The note could not be saved\n"},
    {"trouble-check", "check=check mapping\nreason=frontdesk lacks a right in the other system.\n"},
    {"trouble-amended",
     LINK "number=T20261124.0007\ntarget_title=printer down\nreason=Autotask answered 500: Data violation\n"},
    {"diagnosis-ticket", TICKET LINK
     "number=T20261124.0007\ngreeting=Dana\nassignee=Sarah Klein\nqueue=Help Desk\n+several\nmore=2\n"
     "answers: meaning=A line goes to a category. | +is_refuted | verdict=No line does now. | +has_steps\n"
     "records: what=invoice | name=1042 | +is_refuted\nrecords: what=invoice | name=777 | "
     "-is_refuted | +is_unchecked\nsteps: n=1 | step=Rename it.\nunseen: line=No currency is told.\n"},
    {"diagnosis-bare", TICKET "id=50311\nqueue=Triage\n+news\nanswers: meaning=It is there. | +is_solved\n"
                              "records: what=invoice | name=1042\n"},
    {"diagnosis-unknown", "unmatched=The flux of invoice 1042 failed.\ntyped=1042\n"},
    {"diagnosis-unknown-bare", "unmatched=The flux failed.\n"},
    {"diagnosis-asks",
     "+asks_invoice\nanswers: title=the amount is zero | meaning=It is 0. | quote=came over as 0 | +weak\n"},
    {"working-diagnosis", ""},
    {"queued-bare", "reason=Autotask cannot be reached at present.\n"},
    {"help-small", "people: name=Sarah Klein | example=Sarah: reset the password\n"
                   "brackets_example=Sarah: renew the certificate [High, due friday]\n"},
};

static void put_fact(struct view *v, struct slice fact)
{
    char name[40];
    fact = slice_trim(fact);
    bool off = slice_starts(fact, SLICE("-")), flag = off || slice_starts(fact, SLICE("+"));
    long eq = slice_find_char(fact, '=');
    assert_true(flag || eq > 0);
    struct slice key = flag ? slice_skip(fact, 1) : slice_cut(fact, (size_t)eq);
    snprintf(name, sizeof(name), "%.*s", SLICE_ARG(key));
    if (flag)
        view_flag(v, name, !off);
    else
        view_set(v, name, slice_skip(fact, (size_t)eq + 1));
}

static void put_facts(struct view *v, const char *facts)
{
    struct scan lines = scan_of(slice_of(facts));
    while (!scan_end(&lines)) {
        char list[40];
        struct slice line = scan_line(&lines);
        long colon = slice_find(line, SLICE(": ")), eq = slice_find_char(line, '=');
        struct view *target = v;
        if (colon > 0 && colon < eq) {
            snprintf(list, sizeof(list), "%.*s", (int)colon, line.ptr);
            target = view_item(v, list);
            line = slice_skip(line, (size_t)colon + 2);
        }
        struct scan c = scan_of(line);
        while (!scan_end(&c)) {
            put_fact(target, target == v ? scan_rest(&c) : scan_until(&c, "|"));
            if (target == v || !scan_char(&c, '|'))
                break;
        }
    }
}

static void other_outcomes_are_as_agreed(void **state)
{
    (void)state;
    struct templates *t = shipped_templates();
    for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
        struct pool *pool = pool_new(4 << 20);
        struct view *v = view_new(pool);
        char template[40];
        snprintf(template, sizeof(template), "%.*s", (int)strcspn(variants[i].golden, "-"),
                 variants[i].golden);
        put_facts(v, "subject=Sarah: printer down\nfirm=Northwind IT Services\nref=7KQ2\n");
        put_facts(v, variants[i].facts);
        render_and_compare(t, template, variants[i].golden, v);
        pool_free(&pool);
    }
    templates_free(&t);
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/en/%s", dir, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static char folder[40];

/* The sentences that are shipped. */
static void read_words(struct buf *out)
{
    char path[4200], chunk[4096];
    source_path(path, sizeof(path), "templates/en/words.txt");
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
        buf_put(out, chunk, n);
    fclose(f);
}

/* Languages en and de: no letters and how-tos, but sentences in English. */
static void make_folder(void)
{
    static const char *const below[] = {"en", "en/reply", "en/help", "de", "de/reply"};
    char path[100];
    struct buf words = BUF_INIT(1 << 20);
    snprintf(folder, sizeof(folder), "/tmp/fd-templates-XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < ARRAY_LEN(below); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, below[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    read_words(&words);
    write_file(folder, "words.txt", words.data);
    buf_release(&words);
}

static void remove_folder(void)
{
    static const char *const all[] = {"en/reply/x.txt",
                                      "en/reply/x.html",
                                      "en/reply/y.txt",
                                      "en/help/x-y.txt",
                                      "en/words.txt",
                                      "de/words.txt",
                                      "de/reply/x.txt",
                                      "en/reply",
                                      "en/help",
                                      "en",
                                      "de/reply",
                                      "de",
                                      ""};
    char path[100];
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, all[i]);
        remove(path);
    }
}

static void expect_problem(size_t i, const char *expect)
{
    struct templates *t = NULL;
    struct buf problems = BUF_INIT(65536);
    assert_int_equal(templates_load(&t, folder, NULL, "en", &problems), -1);
    if (!strstr(problems.data, expect))
        fail_msg("case %zu: %s", i, problems.data);
    buf_release(&problems);
}

static void broken_templates_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expect;
    } cases[] = {
        {"Subject: x\n{{titel}}\n", "x.txt:2: there is no variable \"titel\"; did you mean \"title\"?"},
        {"Subject: x\n\n{{#ticket}}\n", "x.txt:3: {{#ticket}} is not closed"},
        {"Subject: x\n{{/ticket}}\n", "x.txt:2: {{/ticket}} closes nothing"},
        {"Subject: x\n{{{title}}}\n", "x.txt:2: {{{title}}} is not allowed"},
        {"Subject: x\n{{title\n", "x.txt:2: a tag is not closed"},
        {"Subject: x\n{{> nothing}}\n", "x.txt:2: there is no template \"nothing\""},
        {"Hello\n", "x.txt:1: the first line must be"},
    };
    make_folder();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        write_file(folder, "reply/x.txt", cases[i].text);
        expect_problem(i, cases[i].expect);
    }
    remove_folder();
}

static void broken_howtos_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expect;
    } cases[] = {
        {"keywords: a\n\ntext\n", "x-y.txt:1: the title is missing"},
        {"title: T\n\n", "x-y.txt:1: there is no text"},
        {"title: T\ntext\n\ntext\n", "x-y.txt:2: allowed here: \"title: ...\""},
        {"title: T\n\nCall {nmae}.\n\nmore\n", "x-y.txt:3: there is no {nmae}; did you mean {name}?"},
        {"title: T\n\n@ sah, hub\nx\n",
         "x-y.txt:3: there is no integration \"hub\": qbo-app, sah, qbd, 3rd, or all"},
        {"title: T\n\n@ sah,\nx\n", "x-y.txt:3: there is no integration \"\""},
        {"title: T\nkeywords: 0123456789012345678901234567890123456789012345678901234567890\n\nx\n",
         "x-y.txt:2: a keyword is longer than 60 bytes"},
    };
    make_folder();
    write_file(folder, "reply/x.txt", "Subject: x\n");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        write_file(folder, "help/x-y.txt", cases[i].text);
        expect_problem(i, cases[i].expect);
    }
    struct buf large = BUF_INIT(1 << 20);
    buf_puts(&large, "title: T\n\n");
    for (size_t i = 0; i < 101; i++)
        buf_puts(&large, "text\n\n");
    write_file(folder, "help/x-y.txt", large.data);
    expect_problem(100, "more than 100 paragraphs");
    while (large.len < 40000)
        buf_puts(&large, "and so on ");
    write_file(folder, "help/x-y.txt", large.data);
    expect_problem(101, "x-y.txt:1: is larger than 32 KB");
    buf_release(&large);
    remove_folder();
}

/* A section too many, one too few, and a fact that nobody gives. */
static void broken_sentences_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expect;
    } cases[] = {
        {"\n[value-non]\ntext: none\n",
         "words.txt:2: frontdesk says nothing of the name [value-non]; did you mean [value-none]?"},
        {"[something]\ntext: x\n", "words.txt:1: frontdesk says nothing of the name [something]\n"},
        {"[does-nothing]\ntext: {siad}\n", "words.txt:2: there is no {siad}; did you mean {said}?"},
        {"[value-none]\ntext: {said}\n", "words.txt:2: there is no {said}\n"},
        {"[value-none]\ntitle: x\n", "words.txt:2: allowed here: text"},
        {"[value-none]\ntext sah: x\n", "words.txt:2: allowed here: text"},
        {"[value-none]\ntext: {id\n", "words.txt:2: a { is not closed"},
        {"[value-none]\ntext: a\n[value-none]\ntext: b\n", "words.txt:3: [value-none] is there twice"},
        {"[value-none]\n", "/en/words.txt: [value-none] is missing, or has no text\n"},
        {"", "/en/words.txt: [error-busy] is missing, or has no text\n"},
    };
    char path[100];
    make_folder();
    write_file(folder, "reply/x.txt", "Subject: x\n");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        write_file(folder, "words.txt", cases[i].text);
        expect_problem(i, cases[i].expect);
    }
    snprintf(path, sizeof(path), "%s/en/words.txt", folder);
    unlink(path);
    expect_problem(ARRAY_LEN(cases), "/en/words.txt: No such file or directory\n");
    remove_folder();
}

static void howtos_are_read(void **state)
{
    (void)state;
    static const enum howto_kind kinds[] = {HOWTO_TEXT, HOWTO_HEADING, HOWTO_TEXT,    HOWTO_STEP,  HOWTO_STEP,
                                            HOWTO_ITEM, HOWTO_WARNING, HOWTO_SUBJECT, HOWTO_ANSWER};
    struct templates *t;
    struct buf problems = BUF_INIT(65536);
    size_t n;
    make_folder();
    write_file(folder, "reply/x.txt", "Subject: x\n");
    write_file(
        folder, "help/x-y.txt",
        "title: On X\nkeywords: Ex, two words\n\none\ntwo\n\n# head\nbelow\n1. first\n  goes on\n12. last\n"
        "- item\n@ sah, qbd\n! careful\n> {name}: do it\n@ all\n< due fri\n");
    if (templates_load(&t, folder, NULL, "en", &problems) != 0)
        fail_msg("%s", problems.data);
    const struct howto *h = templates_howtos(t, &n);
    assert_int_equal(n, 1);
    assert_string_equal(h->name, "x y");
    assert_string_equal(h->title, "On X");
    assert_string_equal(h->keywords[0], "x y");
    assert_string_equal(h->keywords[1], "ex");
    assert_string_equal(h->keywords[2], "two words");
    assert_null(h->keywords[3]);
    assert_int_equal(h->n_blocks, ARRAY_LEN(kinds));
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        assert_int_equal(h->blocks[i].kind, kinds[i]);
    assert_string_equal(h->blocks[0].text, "one two");
    assert_string_equal(h->blocks[3].text, "first goes on");
    assert_int_equal(h->blocks[3].number, 1);
    assert_int_equal(h->blocks[4].number, 12);
    assert_int_equal(h->blocks[5].only, 0);
    assert_int_equal(h->blocks[6].only, 1U << CONF_SAH | 1U << CONF_QBD);
    assert_int_equal(h->blocks[7].only, h->blocks[6].only);
    assert_int_equal(h->blocks[8].only, 0);
    templates_free(&t);
    buf_release(&problems);
    remove_folder();
}

/* What a language lacks is English, whole letters only; a language that is not there names those that are. */
static void languages_fall_back(void **state)
{
    (void)state;
    struct templates *t = NULL;
    struct buf problems = BUF_INIT(65536), english = BUF_INIT(1000), subject = BUF_INIT(1000),
               text = BUF_INIT(1000), html = BUF_INIT(1000);
    struct err e = ERR_INIT;
    struct pool *pool = pool_new(1 << 20);
    make_folder();
    write_file(folder, "reply/x.txt", "Subject: english\n\nenglish\n");
    write_file(folder, "reply/x.html", "<p>english</p>\n");
    write_file(folder, "reply/y.txt", "Subject: only\n\nenglish\n");
    write_file(folder, "help/x-y.txt", "title: T\n\ntext\n");
    write_file(folder, "../de/reply/x.txt", "Subject: deutsch\n\ndeutsch\n");
    write_file(folder, "../de/words.txt",
               "[value-none]\ntext: keine\n[is-already]\ntext: {have} ist {what} schon\n"
               "[error-busy]\ntext: beschäftigt\n");
    if (templates_load(&t, folder, NULL, "de", &problems) != 0)
        fail_msg("%s", problems.data);
    templates_english(t, &english);
    /* all but three; two errors are never told */
    assert_string_equal(english.data, pool_printf(pool, "y, help x y, %d of the sentences in words.txt",
                                                  SAY_ROWS + ERR_EXHAUSTED + 1 - 2 - 3));
    assert_string_equal(sentence(t, pool, SAY_VALUE_NONE, SAY_END), "keine");
    assert_string_equal(sentence(t, pool, SAY_IS_ALREADY, "what", "A", "have", "{what}", SAY_END),
                        "{what} ist A schon");
    assert_string_equal(sentence(t, pool, SAY_VALUE_NOBODY, SAY_END), "nobody");
    assert_string_equal(sentence_of_error(t, ERR_BUSY), "beschäftigt");
    assert_string_equal(sentence_of_error(t, ERR_NOT_FOUND), "The record is not there.");
    assert_string_equal(sentence_of_error(t, ERR_USAGE), "");
    assert_int_equal(templates_render(t, "x", view_new(pool), &subject, &text, &html, &e), 0);
    assert_string_equal(subject.data, "deutsch");
    assert_int_equal(html.len, 0);
    templates_free(&t);
    static const char *const unknown[] = {"fr", "..", "../en", "", "e n"};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        buf_clear(&problems);
        assert_int_equal(templates_load(&t, folder, NULL, unknown[i], &problems), -1);
        assert_non_null(strstr(problems.data, "firm.language: there is no language"));
        assert_non_null(strstr(problems.data, "de"));
        assert_non_null(strstr(problems.data, "en"));
    }
    buf_release(&problems);
    buf_release(&english);
    buf_release(&subject);
    buf_release(&text);
    buf_release(&html);
    pool_free(&pool);
    remove_folder();
}

static void values_cannot_break_out(void **state)
{
    (void)state;
    struct templates *t = shipped_templates();
    struct pool *pool = pool_new(4 << 20);
    struct buf subject = BUF_INIT(2000), text = BUF_INIT(1 << 20), html = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    struct view *v = templates_sample("created", pool);
    view_set(v, "title",
             SLICE("</td><script>alert(1)</script>\xe2\x80\xae"
                   "gnp.exe {{number}}"));
    assert_int_equal(templates_render(t, "created", v, &subject, &text, &html, &e), 0);
    assert_null(strstr(html.data, "<script>"));
    assert_non_null(strstr(html.data, "&lt;script&gt;"));
    assert_null(strstr(html.data, "\xe2\x80\xae"));
    assert_non_null(strstr(text.data, "{{number}}")); /* a value is not a template */
    buf_release(&subject);
    buf_release(&text);
    buf_release(&html);
    pool_free(&pool);
    templates_free(&t);
}

static size_t count_lines(const char *bytes, const char *start)
{
    size_t n = strncmp(bytes, start, strlen(start)) == 0;
    char needle[100];
    snprintf(needle, sizeof(needle), "\n%s", start);
    for (const char *p = bytes; (p = strstr(p, needle)) != NULL; p++)
        n++;
    return n;
}

static struct letter sample_letter(void)
{
    return (struct letter){.from_name = "Northwind",
                           .from = "desk@x.example",
                           .to = "dana@x.example",
                           .subject = SLICE("Re: x"),
                           .message_id = "<fd.1@x.example>",
                           .in_reply_to = SLICE("<a@b>"),
                           .date_ms = 1795536000000,
                           .timezone = "America/New_York",
                           .text = SLICE("text\n"),
                           .html = SLICE("<p>text</p>\n")};
}

static void headers_cannot_be_injected(void **state)
{
    (void)state;
    static const struct slice subjects[] = {{"x\r\nBcc: eve@y.example", 21},
                                            {"x\nBcc: eve@y.example\n\nbody", 26},
                                            {"\xc3\xa4\r\nBcc: eve@y.example", 22},
                                            {"=?utf-8?Q?x=0D=0ABcc:_e?=", 25},
                                            {"a\0b\r\n\r\nbody", 11}};
    for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
        struct letter l = sample_letter();
        struct buf out = BUF_INIT(1 << 20);
        struct err e = ERR_INIT;
        char name[] = "N\r\nBcc: e@y.example";
        l.subject = subjects[i];
        l.from_name = name;
        assert_int_equal(compose_letter(&l, &out, &e), 0);
        assert_int_equal(count_lines(out.data, "Bcc:"), 0);
        assert_int_equal(count_lines(out.data, "Subject:"), 1);
        for (size_t k = 0; k < out.len; k++)
            assert_true((unsigned char)out.data[k] < 0x7f &&
                        (out.data[k] >= 0x20 || strchr("\r\n", out.data[k])));
        buf_release(&out);
    }
}

static void a_letter_is_complete_and_always_the_same(void **state)
{
    (void)state;
    static const char *const needed[] = {"Date: Tue, 24 Nov 2026 11:00:00 -0500\r\n",
                                         "Auto-Submitted: auto-replied\r\n",
                                         "X-Auto-Response-Suppress: All\r\n",
                                         "Message-ID: <fd.1@x.example>\r\n",
                                         "In-Reply-To: <a@b>\r\n",
                                         "References: <r@s>\r\n <a@b>\r\n",
                                         "To: <dana@x.example>\r\n"};
    static const struct slice references[] = {{"<r@s>", 5}, {"<bad id@x>", 10}, {"no", 2}};
    struct letter l = sample_letter();
    struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    l.references = references;
    l.n_references = ARRAY_LEN(references);
    assert_int_equal(compose_letter(&l, &a, &e), 0);
    assert_int_equal(compose_letter(&l, &b, &e), 0);
    assert_string_equal(a.data, b.data);
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (!strstr(a.data, needed[i]))
            fail_msg("no %s in\n%s", needed[i], a.data);
    }
    l.to = "dana@x.example\r\nRCPT TO:<eve@y.example>";
    assert_int_equal(compose_letter(&l, &b, &e), -1);
    buf_release(&a);
    buf_release(&b);
}

/* Read back by what reads everybody else's mail. */
static void a_file_goes_with_a_letter(void **state)
{
    (void)state;
    struct letter_file file = {"check-mapping.csv", "text/csv", {"\xef\xbb\xbf\"a\",\"=_\"\r\n", 14}};
    struct letter l = sample_letter();
    struct buf out = BUF_INIT(1 << 20);
    struct message m;
    struct err e = ERR_INIT;
    l.file = &file;
    assert_int_equal(compose_letter(&l, &out, &e), 0);
    assert_int_equal(reader_read(&m, buf_view(&out), false, NULL, &e), 0);
    assert_int_equal(m.n_parts, 3);
    const struct message_part *part = &m.parts[2];
    assert_int_equal(part->kind, PART_ATTACHMENT);
    assert_int_equal(part->size, file.bytes.len);
    assert_true(slice_eq(message_str(&m, part->name), slice_of(file.name)));
    assert_true(slice_eq(message_str(&m, part->type), slice_of(file.type)));
    unsigned char wanted[32];
    assert_int_equal(gnutls_hash_fast(GNUTLS_DIG_SHA256, file.bytes.ptr, file.bytes.len, wanted), 0);
    assert_memory_equal(part->sha256, wanted, sizeof(wanted));
    message_release(&m);
    file.name = "a\".csv";
    assert_int_equal(compose_letter(&l, &out, &e), -1);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_as_agreed),
        cmocka_unit_test(other_outcomes_are_as_agreed),
        cmocka_unit_test(broken_templates_are_named),
        cmocka_unit_test(broken_howtos_are_named),
        cmocka_unit_test(broken_sentences_are_named),
        cmocka_unit_test(howtos_are_read),
        cmocka_unit_test(languages_fall_back),
        cmocka_unit_test(values_cannot_break_out),
        cmocka_unit_test(headers_cannot_be_injected),
        cmocka_unit_test(a_letter_is_complete_and_always_the_same),
        cmocka_unit_test(a_file_goes_with_a_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
