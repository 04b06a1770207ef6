/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confirm_child: asks the books of a firm whether errors are so, and prints the answers as JSON.
 *
 *   confirm_child CONF RULE [NAME=VALUE ...] [-- RULE ...]      the errors of one mail, in order
 *   confirm_child --rules TEMPLATES                             what each rule is confirmed by
 */
#include "../../src/desk.h"
#include "frontdesk/diagnose.h"
#include "frontdesk/journal.h"

#include <stdio.h>

static struct diagnose_rules *load(const char *templates)
{
    char folder[4200];
    const char *const folders[] = {folder, NULL};
    struct diagnose_rules *rules = NULL;
    struct buf problems = BUF_INIT(100000);
    struct err e = ERR_INIT;
    snprintf(folder, sizeof(folder), "%s/en/diagnose", templates);
    if (diagnose_rules_load(&rules, folders, NULL, diagnose_checks(), diagnose_kinds(), &problems, &problems,
                            &e) != 0)
        fprintf(stderr, "%s%s\n", problems.data ? problems.data : "", e.text);
    buf_release(&problems);
    return rules;
}

/* --- printing --- */

static void put_text(cJSON *to, const char *name, const char *text)
{
    cJSON_AddStringToObject(to, name, text ? text : "NULL");
}

static cJSON *finding_json(const struct report *r, const struct report_finding *f)
{
    cJSON *one = cJSON_CreateObject(), *evidence = cJSON_AddArrayToObject(one, "evidence"),
          *facts = cJSON_AddObjectToObject(one, "facts");
    put_text(one, "kind", r->kinds[f->kind].key);
    put_text(one, "subject", f->subject);
    for (unsigned i = 0; i < f->n_evidence; i++) {
        char text[200];
        snprintf(text, sizeof(text), "%s %s %s", f->evidence[i].system, f->evidence[i].what,
                 f->evidence[i].id);
        cJSON_AddItemToArray(evidence, cJSON_CreateString(text));
    }
    for (unsigned i = 0; i < f->n_facts; i++)
        put_text(facts, f->facts[i].name, f->facts[i].text);
    return one;
}

static void put_findings(cJSON *to, const char *name, const struct report *r)
{
    cJSON *list = cJSON_AddArrayToObject(to, name);
    for (size_t i = 0; i < r->n; i++)
        cJSON_AddItemToArray(list, finding_json(r, &r->findings[i]));
}

static void put_looks(cJSON *to, const struct diagnose_answer *a)
{
    cJSON *list = cJSON_AddArrayToObject(to, "looks");
    for (size_t i = 0; i < a->n_looks; i++) {
        const struct diagnose_look *look = &a->looks[i];
        cJSON *one = cJSON_CreateObject();
        put_text(one, "what", look->what);
        put_text(one, "said", look->said);
        put_text(one, "name", look->name);
        put_text(one, "id", look->id);
        put_text(one, "company", look->company);
        put_text(one, "date", look->date);
        put_text(one, "total", look->total);
        put_text(one, "verdict", diagnose_verdict_name(look->verdict));
        put_text(one, "why", look->why);
        cJSON_AddNumberToObject(one, "findings", look->n_findings);
        cJSON_AddItemToArray(list, one);
    }
}

static void put_sentences(cJSON *to, const struct report *r)
{
    cJSON *list = cJSON_AddArrayToObject(to, "sentences");
    for (int sort = 0; sort < REPORT_SORTS; sort++) {
        for (unsigned i = 0; i < r->n_sentences[sort]; i++)
            cJSON_AddItemToArray(list, cJSON_CreateString(r->sentences[sort][i].key));
    }
}

static cJSON *answer_json(const struct diagnose_answer *a, const struct templates *t)
{
    cJSON *one = cJSON_CreateObject();
    struct buf text = BUF_INIT(100000);
    struct err e = ERR_INIT;
    put_text(one, "id", a->diagnosis->rule->id);
    put_text(one, "verdict", diagnose_verdict_name(a->verdict));
    put_text(one, "why", a->why);
    put_text(one, "failure", a->failure.text);
    cJSON_AddBoolToObject(one, "later", a->later);
    cJSON_AddBoolToObject(one, "searched", a->searched);
    cJSON_AddNumberToObject(one, "in_error", (double)a->in_error);
    cJSON_AddNumberToObject(one, "more_looks", (double)a->more_looks);
    diagnose_mark(a, &text);
    put_text(one, "mark", text.data);
    buf_clear(&text);
    put_text(one, "said", report_verdict(&a->report, t, &text, &e) == 0 ? text.data : e.text);
    put_looks(one, a);
    put_sentences(one, &a->report);
    put_findings(one, "findings", &a->report);
    put_findings(one, "others", &a->others);
    buf_clear(&text);
    /* every word of it is there */
    put_text(one, "json", report_json(&a->report, t, &text, &e) == 0 ? "" : e.text);
    buf_clear(&text);
    put_text(one, "json_others", report_csv(&a->others, t, &text, &e) == 0 ? "" : e.text);
    buf_release(&text);
    return one;
}

static void print(const cJSON *value)
{
    char *text = cJSON_Print(value);
    puts(text);
    cJSON_free(text);
}

static void print_rules(const char *templates)
{
    struct diagnose_rules *rules = load(templates);
    size_t n;
    const struct diagnose_rule *list = diagnose_rules_list(rules, &n);
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++) {
        cJSON *one = cJSON_CreateObject(), *kinds = cJSON_AddArrayToObject(one, "confirmed_by");
        put_text(one, "id", list[i].id);
        put_text(one, "emitter", list[i].emitter);
        put_text(one, "check", list[i].check);
        put_text(one, "unconfirmable", list[i].unconfirmable);
        for (const char *const *k = list[i].confirmed_by; k && *k; k++)
            cJSON_AddItemToArray(kinds, cJSON_CreateString(*k));
        cJSON_AddItemToArray(all, one);
    }
    print(all);
    cJSON_Delete(all);
    diagnose_rules_free(&rules);
}

/* --- what is asked --- */

static bool read_words(struct diagnoses *found, const struct diagnose_rules *rules, char **words, int n)
{
    struct diagnosis *d = NULL;
    for (int i = 0; i < n; i++) {
        char *is = strchr(words[i], '=');
        if (strcmp(words[i], "--") == 0) {
            d = NULL;
            continue;
        }
        if (!d) {
            const struct diagnose_rule *rule = diagnose_rule_find(rules, slice_of(words[i]));
            if (!rule || found->n == DIAGNOSE_MOST) {
                fprintf(stderr, "no rule %s\n", words[i]);
                return false;
            }
            d = &found->found[found->n++];
            *d = (struct diagnosis){.rule = rule, .where = "the mail", .quote = ""};
        } else if (is && d->n_values < DIAGNOSE_VALUES) {
            *is = '\0';
            d->values[d->n_values++] = (struct diagnose_value){.name = words[i], .text = is + 1};
        }
    }
    return true;
}

static int ask(const char *path, char **words, int n)
{
    struct err e = ERR_INIT;
    struct buf problems = BUF_INIT(100000);
    struct conf *conf = NULL;
    struct desk desk;
    static struct diagnoses found;
    static struct diagnose_answers answers;
    if (conf_load(path, &conf, &problems) != 0) {
        fprintf(stderr, "%s%s\n", problems.data ? problems.data : "", e.text);
        return 2;
    }
    struct desk_options o = {.conf = conf, .stop_fd = -1, .with_books = conf->firm.integration != CONF_QBD};
    int rc = desk_open(&desk, &o, &problems, &e);
    struct diagnose_rules *rules = rc == 0 ? load(conf->templates) : NULL;
    if (rules && read_words(&found, rules, words, n)) {
        struct check_sources sources = {.conf = conf,
                                        .autotask = desk.autotask,
                                        .quickbooks = desk.accounting ? desk.accounting->qb : NULL};
        cJSON *all = cJSON_CreateArray();
        diagnose_confirm(&answers, &found, &sources);
        for (size_t i = 0; i < answers.n; i++)
            cJSON_AddItemToArray(all, answer_json(&answers.v[i], desk.templates));
        print(all);
        cJSON_Delete(all);
        diagnose_release(&answers);
    } else {
        fprintf(stderr, "%s%s\n", problems.data ? problems.data : "", e.text);
        rc = 2;
    }
    diagnose_rules_free(&rules);
    desk_close(&desk);
    conf_free(&conf);
    buf_release(&problems);
    return rc;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--rules") == 0) {
        print_rules(argv[2]);
        return 0;
    }
    return argc < 3 ? 64 : ask(argv[1], argv + 2, argc - 2);
}
