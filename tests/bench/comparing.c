/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * comparing: CPU that the comparison of `check mapping` takes, without any reading. Usage: comparing [CODES].
 * As many codes as items; one in ten differs from its item by a dash, one in ten has none, one in ten is not
 * ASCII. Prints the best and the worst of ten runs, and peak memory.
 */
#include "frontdesk/check.h"

#include <sys/resource.h>

enum { RUNS = 10 };

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static void fill(struct check_rows *rows, struct pool *pool, size_t n)
{
    rows->autotask.codes.v = pool_array(pool, n, sizeof(*rows->autotask.codes.v));
    rows->items.v = pool_array(pool, n, sizeof(*rows->items.v));
    rows->accounts.v = pool_array(pool, 1, sizeof(*rows->accounts.v));
    rows->accounts.n = 1;
    rows->accounts.v[0] = (struct quickbooks_account){
        .id = "1", .name = "Sales", .full_name = "", .type = "Income", .active = true};
    for (size_t i = 0; i < n; i++) {
        char *name =
            pool_printf(pool, i % 10 == 3 ? "Caf\u00e9 Support %zu level %zu" : "Remote Labor %zu level %zu",
                        i, i * 7 % 1000);
        char *other = i % 10 == 1   ? pool_printf(pool, "Remote-Labor %zu level %zu", i, i * 7 % 1000)
                      : i % 10 == 2 ? pool_printf(pool, "Something else %zu", i)
                                    : name;
        rows->autotask.codes.v[i] = (struct autotask_code){.id = (int64_t)i + 1,
                                                           .kind = AT_CODE_WORK_TYPE,
                                                           .name = name,
                                                           .external_number = "",
                                                           .ledger_name = "",
                                                           .active = true};
        rows->items.v[i] = (struct quickbooks_item){.id = pool_printf(pool, "%zu", i + 1),
                                                    .name = other,
                                                    .full_name = other,
                                                    .type = QB_ITEM_SERVICE,
                                                    .type_name = "Service",
                                                    .income_account_id = "1",
                                                    .active = true};
    }
    rows->autotask.codes.n = rows->items.n = n;
}

int main(int argc, char **argv)
{
    uint64_t n = 5000;
    if (argc > 1 && !slice_to_u64(slice_of(argv[1]), 1, 100000, &n))
        return 64;
    struct conf conf = {.firm = {.integration = CONF_QBO_APP, .look_back_days = 14}};
    struct check_rows rows = {.conf = &conf, .argument = "", .online = true};
    struct pool *world = pool_new(1U << 30);
    double best = 1e9, worst = 0;
    size_t findings = 0;
    fill(&rows, world, n);
    for (int i = 0; i < RUNS; i++) {
        struct pool *pool = pool_new(1U << 30);
        struct report report;
        double before = cpu_ms();
        check_compare(&report, pool, check_find(SLICE("mapping")), &rows);
        double took = cpu_ms() - before;
        best = took < best ? took : best;
        worst = took > worst ? took : worst;
        findings = report.n;
        report_release(&report);
        pool_free(&pool);
    }
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("%llu codes x %llu items: %zu findings, %.1f to %.1f ms CPU, peak memory %ld MB\n",
           (unsigned long long)n, (unsigned long long)n, findings, best, worst, use.ru_maxrss / 1024);
    pool_free(&world);
    return 0;
}
