/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mustache: what the specification asks of its required modules (comments, delimiters, interpolation,
 * inverted, partials, sections), in cases of our own, a row each. With MUSTACHE_SPEC=FOLDER the published
 * cases are run besides, from the JSON files of that folder (github.com/mustache/spec, specs/).
 *
 * Letters are stricter on purpose (template.c; tested in test_reply): an unknown name and a missing partial
 * stop the start, and unescaped values do not exist.
 */
#include "../../src/reply/mustache.h"
#include "frontdesk/json.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MOST_PARTIALS = 8 };

struct named {
    char name[64];
    struct mustache text;
};

struct set {
    struct named v[MOST_PARTIALS];
    size_t n;
    char problem[400];
};

static void on_problem(void *self, unsigned line, const char *text)
{
    struct set *s = self;
    if (!s->problem[0])
        snprintf(s->problem, sizeof(s->problem), "%u: %s", line, text);
}

static const struct mustache *find(void *self, struct slice name)
{
    struct set *s = self;
    for (size_t i = 0; i < s->n; i++) {
        if (slice_eq(slice_of(s->v[i].name), name))
            return &s->v[i].text;
    }
    return NULL;
}

static void add(struct set *s, const char *name, const char *text)
{
    assert_true(s->n < MOST_PARTIALS);
    snprintf(s->v[s->n].name, sizeof(s->v[0].name), "%s", name);
    mustache_cut(&s->v[s->n].text, mem_copy(text), on_problem, s);
    s->n++;
}

static int render(struct set *partials, const char *text, const char *json, bool html, struct buf *out,
                  struct err *e)
{
    struct pool *pool = pool_new(1 << 20);
    struct view *v = view_new(pool);
    struct mustache m;
    mustache_cut(&m, mem_copy(text), on_problem, partials);
    view_read_json(v, json);
    const struct mustache_rendering r = {
        .name = "a case", .html = html, .lenient = true, .partial = find, .self = partials};
    int rc = mustache_render(&m, &r, v, out, e);
    mustache_release(&m);
    pool_free(&pool);
    return rc;
}

static void release(struct set *s)
{
    for (size_t i = 0; i < s->n; i++)
        mustache_release(&s->v[i].text);
}

/* --- our cases --- */

#define LETTER                                                                                               \
    "{\"to\":\"Dana\",\"firm\":{\"name\":\"Acme & Sons\",\"at\":{\"town\":\"York\"}},\"n\":3,\"half\":0.5}"

static const struct row {
    const char *what, *json, *text, *wanted;
    const char *partials[4]; /* name, text, name, text */
} rows[] = {
    /* interpolation */
    {"text alone", "{}", "{to} and }} stay\n", "{to} and }} stay\n", {0}},
    {"a value", LETTER, "Hello {{to}}!", "Hello Dana!", {0}},
    {"blanks within a tag", LETTER, "[{{  to\t}}][{{{ to }}}][{{& to }}]", "[Dana][Dana][Dana]", {0}},
    {"escaped", LETTER, "{{firm.name}}", "Acme &amp; Sons", {0}},
    {"all that is escaped",
     "{\"x\":\"<a href=\\\"'&\\\">\"}",
     "{{x}}",
     "&lt;a href=&quot;&#39;&amp;&quot;&gt;",
     {0}},
    {"three braces", LETTER, "{{{firm.name}}}", "Acme & Sons", {0}},
    {"ampersand", LETTER, "{{&firm.name}}", "Acme & Sons", {0}},
    {"numbers", LETTER, "{{n}} {{{n}}} {{&half}}", "3 3 0.5", {0}},
    {"nothing of that name", LETTER, "({{nobody}}{{{nobody}}}{{&nobody}})", "()", {0}},
    {"null is nothing", "{\"x\":null}", "({{x}}{{&x}})", "()", {0}},
    {"dotted", LETTER, "{{firm.at.town}}={{#firm}}{{#at}}{{town}}{{/at}}{{/firm}}", "York=York", {0}},
    {"a chain that breaks", LETTER, "({{firm.in.town}}{{to.town}})", "()", {0}},
    {"a chain does not go back",
     "{\"a\":{\"b\":{}},\"c\":{\"x\":\"wrong\"},\"x\":\"wrong\"}",
     "({{a.b.c.x}}{{a.b.x}})",
     "()",
     {0}},
    {"the first part is looked for around",
     LETTER,
     "{{#firm}}{{#at}}{{firm.at.town}}{{/at}}{{/firm}}",
     "York",
     {0}},
    {"the nearest first part counts",
     "{\"a\":{\"b\":{}},\"b\":{\"c\":\"wrong\"}}",
     "({{#a}}{{b.c}}{{/a}})",
     "()",
     {0}},
    {"blanks around a value stay", LETTER, "  {{to}} \n | {{{to}}} |", "  Dana \n | Dana |", {0}},
    {"a value alone on its line", LETTER, "a\n  {{to}}\nb\n", "a\n  Dana\nb\n", {0}},
    {"a value is no template", "{\"x\":\"{{to}}\",\"to\":\"wrong\"}", "{{x}}", "{{to}}", {0}},
    /* sections */
    {"on, off, not there",
     "{\"on\":true,\"off\":false,\"no\":null}",
     "{{#on}}1{{/on}}{{#off}}2{{/off}}{{#no}}3{{/no}}{{#none}}4{{/none}}",
     "1",
     {0}},
    {"a record is a place", LETTER, "{{#firm}}{{name}} of {{to}}{{/firm}}", "Acme &amp; Sons of Dana", {0}},
    {"the inner name counts",
     "{\"x\":\"out\",\"s\":{\"x\":\"in\"}}",
     "{{x}} {{#s}}{{x}}{{/s}} {{x}}",
     "out in out",
     {0}},
    {"a text is a list of one", LETTER, "{{#to}}{{.}} is {{to}}{{/to}}", "Dana is Dana", {0}},
    {"around stands where the section is",
     "{\"a\":{\"x\":1,\"z\":3},\"b\":{\"y\":2}}",
     "{{#a}}{{#b}}{{x}}{{y}}{{z}}{{/b}}{{/a}}{{#b}}({{x}}){{/b}}",
     "123()",
     {0}},
    {"a list", "{\"l\":[{\"x\":1},{\"x\":2},{\"x\":3}]}", "{{#l}}<{{x}}>{{/l}}", "<1><2><3>", {0}},
    {"an empty list", "{\"l\":[]}", "a{{#l}}x{{/l}}b", "ab", {0}},
    {"lists in lists",
     "{\"l\":[{\"m\":[{\"x\":1},{\"x\":2}],\"y\":\"a\"},{\"m\":[{\"x\":3}],\"y\":\"b\"}]}",
     "{{#l}}{{#m}}{{y}}{{x}} {{/m}}{{/l}}",
     "a1 a2 b3 ",
     {0}},
    {"the same twice", "{\"on\":true}", "{{#on}}1{{/on}} 2 {{#on}}3{{/on}}", "1 2 3", {0}},
    {"one in itself",
     "{\"on\":true,\"off\":false}",
     "{{#on}}a{{#on}}b{{/on}}c{{/on}}{{#off}}d{{#off}}e{{/off}}{{/off}}",
     "abc",
     {0}},
    {"of a dotted name",
     "{\"a\":{\"b\":{\"yes\":true,\"no\":false}}}",
     "{{#a.b.yes}}1{{/a.b.yes}}{{#a.b.no}}2{{/a.b.no}}{{#a.x.yes}}3{{/a.x.yes}}",
     "1",
     {0}},
    {"texts, one by one", "{\"l\":[\"a\",\"<\"]}", "{{#l}}({{.}}{{{.}}}{{&.}}){{/l}}", "(aaa)(&lt;<<)", {0}},
    {"numbers, one by one", "{\"l\":[1,2.5]}", "{{#l}}({{.}}){{/l}}", "(1)(2.5)", {0}},
    {"lists, one by one", "{\"l\":[[1,2],[\"x\"]]}", "{{#l}}({{#.}}{{.}};{{/.}}){{/l}}", "(1;2;)(x;)", {0}},
    {"a list at the top", "[{\"x\":1},{\"x\":2}]", "{{#.}}<{{x}}>{{/.}}", "<1><2>", {0}},
    {"blanks within a section's tags", "{\"on\":true}", "{{# on }}x{{/ on }}", "x", {0}},
    {"blanks around stay", "{\"on\":true}", " | {{#on}} x {{/on}} | \n", " |  x  | \n", {0}},
    {"tags alone take their lines along", "{\"on\":true}", "a\n{{#on}}\nb\n{{/on}}\nc\n", "a\nb\nc\n", {0}},
    {"also when they are indented", "{\"on\":true}", "a\n  {{#on}}\nb\n\t{{/on}} \nc\n", "a\nb\nc\n", {0}},
    {"with CRLF", "{\"on\":true}", "a\r\n{{#on}}\r\nb\r\n{{/on}}\r\nc", "a\r\nb\r\nc", {0}},
    {"in the first line and in the last", "{\"on\":true}", "  {{#on}}\na\n  {{/on}}", "a\n", {0}},
    {"two in a line do not stand alone",
     "{\"on\":true}",
     " {{#on}}x{{/on}}\n {{#on}}y{{/on}}\n",
     " x\n y\n",
     {0}},
    /* inverted */
    {"the other way round",
     "{\"on\":true,\"off\":false,\"no\":null,\"l\":[],\"m\":[{}],\"r\":{}}",
     "{{^on}}1{{/on}}{{^off}}2{{/off}}{{^no}}3{{/no}}{{^l}}4{{/l}}{{^m}}5{{/m}}{{^r}}6{{/r}}{{^none}}7{{/"
     "none}}",
     "2347",
     {0}},
    {"inverted, of a dotted name",
     "{\"a\":{\"yes\":true,\"no\":false}}",
     "{{^a.yes}}1{{/a.yes}}{{^a.no}}2{{/a.no}}{{^a.b.c}}3{{/a.b.c}}",
     "23",
     {0}},
    {"inverted, alone on its line", "{}", "a\n {{^x}}\nb\n {{/x}}\nc", "a\nb\nc", {0}},
    /* comments */
    {"a comment", "{\"x\":1}", "a{{! x }}b{{!x}}c", "abc", {0}},
    {"of several lines, alone", "{}", "a\n  {{! one\n  two }}\nb\n", "a\nb\n", {0}},
    {"alone with CRLF", "{}", "a\r\n{{! x }}\r\nb", "a\r\nb", {0}},
    {"not alone", "{}", "  a {{! x }}\n", "  a \n", {0}},
    {"in the last line", "{}", "a\n {{! x }}", "a\n", {0}},
    /* delimiters */
    {"other delimiters", LETTER, "{{=<% %>=}}<%to%> {{to}} <%={{ }}=%>{{to}}", "Dana {{to}} Dana", {0}},
    {"signs with a meaning elsewhere",
     LETTER,
     "{{=[ ]=}}[to] [#firm][name][/firm]",
     "Dana Acme &amp; Sons",
     {0}},
    {"set within a section", LETTER, "{{#firm}}{{=| |=}}|at.town||/firm||to|", "YorkDana", {0}},
    {"unescaped with other delimiters", LETTER, "{{=<% %>=}}<%&firm.name%>", "Acme & Sons", {0}},
    {"blanks around and within", "{}", "a {{=  @   @  =}} b", "a  b", {0}},
    {"set alone on a line", "{}", "a\n  {{=@ @=}}\nb\r\n@={{ }}=@\r\nc", "a\nb\r\nc", {0}},
    {"a partial does not inherit them", LETTER, "{{=| |=}}|>p| |to|", "Dana Dana", {"p", "{{to}}"}},
    {"nor give them on", LETTER, "{{>p}} {{to}} |to|", "Dana Dana |to|", {"p", "{{=| |=}}|to|"}},
    /* partials */
    {"a partial", LETTER, "[{{>p}}][{{> p }}]", "[Dana][Dana]", {"p", "{{to}}"}},
    {"that is not there", "{}", "[{{>p}}]", "[]", {0}},
    {"in the place where it stands",
     LETTER,
     "{{#firm}}{{>p}}{{/firm}}",
     "Acme &amp; Sons",
     {"p", "{{name}}"}},
    {"that calls itself",
     "{\"x\":1,\"l\":[{\"x\":2,\"l\":[{\"x\":3,\"l\":[]}]}]}",
     "{{>p}}",
     "1<2<3<>>>",
     {"p", "{{x}}<{{#l}}{{>p}}{{/l}}>"}},
    {"a partial in a partial", LETTER, "{{>p}}", "(Dana)", {"p", "({{>q}})", "q", "{{to}}"}},
    {"within a line it is not indented", "{}", "  a {{>p}} b\n", "  a x\ny b\n", {"p", "x\ny"}},
    {"alone it is indented, and its line ends with it",
     "{}",
     "a\n  {{>p}}\nb\n",
     "a\n  x\n  y\nb\n",
     {"p", "x\ny\n"}},
    {"in the first line and in the last, indented", "{}", "  {{>p}}\n>", "  x\n  y>", {"p", "x\ny"}},
    {"indented twice", "{}", " {{>p}}\n", " a\n   b\n   c\n d\n", {"p", "a\n  {{>q}}\nd\n", "q", "b\nc\n"}},
    {"what a value holds is not indented",
     "{\"x\":\"1\\n2\"}",
     " {{>p}}\nb",
     " a\n 1\n2\n c\nb",
     {"p", "a\n{{{x}}}\nc\n"}},
    {"empty lines of it stay empty", "{}", "  {{>p}}\n", "  a\n\n  b\n", {"p", "a\n\nb\n"}},
    {"alone with CRLF, a partial", "{}", "a\r\n{{>p}}\r\nb", "a\r\nxb", {"p", "x"}},
};

static void cases_are_rendered(void **state)
{
    unsigned failed = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct set partials = {.n = 0};
        struct buf out = BUF_INIT(100000);
        struct err e = ERR_INIT;
        for (size_t k = 0; k + 1 < ARRAY_LEN(rows[i].partials) && rows[i].partials[k]; k += 2)
            add(&partials, rows[i].partials[k], rows[i].partials[k + 1]);
        int rc = render(&partials, rows[i].text, rows[i].json, true, &out, &e);
        if (rc != 0 || partials.problem[0] || strcmp(out.data, rows[i].wanted) != 0) {
            print_error("%s: \"%s\" %s%s\n", rows[i].what, out.data, partials.problem, rc ? e.text : "");
            failed++;
        }
        buf_release(&out);
        release(&partials);
    }
    assert_int_equal(failed, 0);
}

/* --- what cannot be read --- */

static void faults_have_their_line(void **state)
{
    static const struct {
        const char *text, *problem;
    } wrong[] = {
        {"a\n{{x", "2: a tag is not closed with }}"},
        {"{{{x}}", "1: a tag is not closed with }}"},
        {"{{=<% %>=}}\n<%x", "2: a tag is not closed with %>"},
        {"\n{{#a}}x", "2: {{#a}} is not closed"},
        {"x\n\n{{/a}}", "3: {{/a}} closes nothing"},
        {"{{#a}}\n{{#b}}\n{{/a}}{{/b}}", "3: {{/a}} closes nothing"},
        {"{{=x=}}", "1: delimiters are set by {{=<% %>=}}: two words of at most 8 signs"},
        {"{{=a b c=}}", "1: delimiters are set"},
        {"\n{{=123456789 x=}}", "2: delimiters are set"},
        {"{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}\n{{#a}}",
         "2: sections are nested deeper than 12"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct set s = {.n = 0};
        add(&s, "x", wrong[i].text);
        if (strncmp(s.problem, wrong[i].problem, strlen(wrong[i].problem)) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", wrong[i].text, s.problem, wrong[i].problem);
        release(&s);
    }
}

static void endless_partials_end(void **state)
{
    struct set s = {.n = 0};
    struct buf out = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    (void)state;
    add(&s, "p", "{{>q}}");
    add(&s, "q", "x\n  {{>p}}\n");
    assert_int_equal(render(&s, "{{>p}}", "{}", false, &out, &e), -1);
    assert_non_null(strstr(e.text, "nested too deep"));
    buf_release(&out);
    release(&s);
}

/* --- the published cases --- */

static void published_case(const char *file, const cJSON *c, unsigned *ran, unsigned *failed)
{
    const cJSON *p, *data = cJSON_GetObjectItem(c, "data");
    const char *wanted = cJSON_GetStringValue(cJSON_GetObjectItem(c, "expected"));
    char *json = cJSON_PrintUnformatted(data);
    struct set partials = {.n = 0};
    struct buf out = BUF_INIT(100000);
    struct err e = ERR_INIT;
    cJSON_ArrayForEach(p, cJSON_GetObjectItem(c, "partials")) add(&partials, p->string, p->valuestring);
    int rc =
        render(&partials, cJSON_GetStringValue(cJSON_GetObjectItem(c, "template")), json, true, &out, &e);
    ++*ran;
    if (rc != 0 || partials.problem[0] || strcmp(out.data, wanted) != 0) {
        print_error("%s: %s: \"%s\" instead of \"%s\" %s\n", file,
                    cJSON_GetStringValue(cJSON_GetObjectItem(c, "name")), out.data, wanted, partials.problem);
        ++*failed;
    }
    cJSON_free(json);
    buf_release(&out);
    release(&partials);
}

static void published_cases_pass(void **state)
{
    static const char *const modules[] = {"comments", "delimiters", "interpolation",
                                          "inverted", "partials",   "sections"};
    const char *folder = getenv("MUSTACHE_SPEC");
    unsigned ran = 0, failed = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(modules); i++) {
        char path[4300], *text = mem_alloc(1 << 20);
        const cJSON *c;
        snprintf(path, sizeof(path), "%s/%s.json", folder, modules[i]);
        FILE *f = fopen(path, "re");
        assert_non_null(f);
        text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
        fclose(f);
        cJSON *all = cJSON_Parse(text);
        cJSON_ArrayForEach(c, cJSON_GetObjectItem(all, "tests")) published_case(modules[i], c, &ran, &failed);
        cJSON_Delete(all);
        free(text);
    }
    print_message("%u published cases, %u failed\n", ran, failed);
    assert_true(ran > 0);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_rendered),
        cmocka_unit_test(faults_have_their_line),
        cmocka_unit_test(endless_partials_end),
    };
    const struct CMUnitTest published[] = {cmocka_unit_test(published_cases_pass)};
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    return getenv("MUSTACHE_SPEC") ? rc + cmocka_run_group_tests(published, NULL, NULL) : rc;
}
