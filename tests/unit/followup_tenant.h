/* SPDX-License-Identifier: GPL-2.0-or-later */
/* followup_tenant: the people, labels and companies of the firm in test_followup and fuzz_followup. */
#ifndef FRONTDESK_TESTS_FOLLOWUP_TENANT_H
#define FRONTDESK_TESTS_FOLLOWUP_TENANT_H

#include "frontdesk/autotask_directory.h"

static const char *const none[] = {NULL};
static const struct directory_resource staff[] = {
    {1, 9, "Sarah", "Klein", "sarah.klein", "", true, "", none},
    {2, 9, "Shana", "Ortiz", "shana.ortiz", "", true, "", none},
    {3, 9, "Mike", "Chen", "mike.chen", "", true, "", none},
    {4, 9, "Alex", "Berg", "alex.berg", "", true, "", none},
    {5, 9, "Alex", "Temp", "temp7", "", true, "", none},
    {6, 9, "Will", "Turner", "will.turner", "", true, "", none},
    {7, 9, "Dana", "Reed", "dana.reed", "", true, "", none},
    {8, 0, "Tom", "Hale", "tom.hale", "", false, "inactive", none},
};

static const struct directory_label
    queues[] = {{1, "Help Desk", NULL},
                {2, "Triage", NULL},
                {4, "Projects", NULL},
                {5, "Sales and Marketing", NULL}},
    statuses[] = {{1, "New", NULL}, {5, "Complete", NULL}, {6, "Done", NULL}, {9, "Waiting Customer", NULL}},
    priorities[] = {{11, "Critical", NULL}, {12, "High", NULL}, {14, "Medium", NULL}, {15, "Low", NULL}},
    categories[] = {{3, "Standard", NULL}, {4, "RMA", NULL}},
    types[] = {{1, "Service Request", NULL}, {2, "Incident", NULL}};
static const struct directory_company companies[] = {
    {0, "Northwind IT Services", "northwind.example", NULL},
    {301, "Acme", "acme.example", NULL},
    {302, "North Harbor", "", NULL},
    {303, "North Star", "", NULL},
    {304, "Printer Works", "", NULL},
};
static const struct directory tenant = {
    .resources = staff,
    .n_resources = ARRAY_LEN(staff),
    .lists = {[LIST_QUEUE] = queues,
              [LIST_STATUS] = statuses,
              [LIST_PRIORITY] = priorities,
              [LIST_CATEGORY] = categories,
              [LIST_TYPE] = types},
    .n_lists = {[LIST_QUEUE] = ARRAY_LEN(queues),
                [LIST_STATUS] = ARRAY_LEN(statuses),
                [LIST_PRIORITY] = ARRAY_LEN(priorities),
                [LIST_CATEGORY] = ARRAY_LEN(categories),
                [LIST_TYPE] = ARRAY_LEN(types)},
    .companies = companies,
    .n_companies = ARRAY_LEN(companies),
    .web_url = "",
};

#endif
