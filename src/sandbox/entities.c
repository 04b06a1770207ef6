/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entities: the tables that exist, with their fields (autotask-rest.md section 5). Validation, queries and
 * metadata all follow from these rows. To add an entity: its fields, and a row in kinds[].
 */
#include "sandbox.h"

enum {
    RO = READ_ONLY,
    REQ = REQUIRED,
    P = PICKLIST,
    NQ = NOT_QUERYABLE,
};

/* clang-format off */
static const struct field tickets[] = {
    {"id", T_LONG, 0, RO},
    {"ticketNumber", T_TEXT, 50, RO},
    {"companyID", T_LONG, 0, REQ, "Company"},
    {"title", T_TEXT, 255, REQ},
    {"status", T_LONG, 0, REQ | P},
    {"priority", T_LONG, 0, REQ | P},
    {"description", T_TEXT, 8000},
    {"queueID", T_LONG, 0, P},
    {"assignedResourceID", T_LONG, 0, ASSIGNED, "Resource"},
    {"assignedResourceRoleID", T_LONG, 0, 0, "Role"},
    {"dueDateTime", T_TIME},
    {"ticketCategory", T_LONG, 0, P},
    {"ticketType", T_LONG, 0, P},
    {"issueType", T_LONG, 0, P},
    {"subIssueType", T_LONG, 0, P, "issueType"},
    {"source", T_LONG, 0, P},
    {"companyLocationID", T_LONG, 0, 0, "CompanyLocation"},
    {"contactID", T_LONG, 0, 0, "Contact"},
    {"configurationItemID", T_LONG, 0, 0, "ConfigurationItem"},
    {"contractID", T_LONG, 0, 0, "Contract"},
    {"projectID", T_LONG, 0, 0, "Project"},
    {"opportunityID", T_LONG, 0, 0, "Opportunity"},
    {"problemTicketId", T_LONG, 0, 0, "Ticket"},
    {"contractServiceID", T_LONG},
    {"contractServiceBundleID", T_LONG},
    {"billingCodeID", T_LONG, 0, 0, "BillingCode"},
    {"serviceLevelAgreementID", T_LONG, 0, P},
    {"estimatedHours", T_DECIMAL},
    {"hoursToBeScheduled", T_DECIMAL},
    {"resolution", T_TEXT, 32000},
    {"purchaseOrderNumber", T_TEXT, 50},
    {"externalID", T_TEXT, 50},
    {"rmmAlertID", T_TEXT, 50},
    {"createdByContactID", T_LONG, 0, 0, "Contact"},
    {"apiVendorID", T_LONG, 0, P},
    {"creatorResourceID", T_LONG, 0, RO, "Resource"},
    {"impersonatorCreatorResourceID", T_LONG, 0, RO, "Resource"},
    {"creatorType", T_LONG, 0, RO | NQ},
    {"createDate", T_TIME, 0, RO},
    {"completedDate", T_TIME, 0, RO},
    {"completedByResourceID", T_LONG, 0, RO, "Resource"},
    {"lastActivityDate", T_TIME, 0, RO},
    {"lastActivityPersonType", T_LONG, 0, RO | NQ},
    {"lastActivityResourceID", T_LONG, 0, RO, "Resource"},
    {"lastTrackedModificationDateTime", T_TIME, 0, RO},
};

static const struct field ticket_notes[] = {
    {"id", T_LONG, 0, RO},
    {"ticketID", T_LONG, 0, REQ, "Ticket"},
    {"title", T_TEXT, 250},
    {"description", T_TEXT, 32000, REQ},
    {"noteType", T_LONG, 0, REQ | P},
    {"publish", T_LONG, 0, REQ | P},
    {"creatorResourceID", T_LONG, 0, RO, "Resource"},
    {"impersonatorCreatorResourceID", T_LONG, 0, RO, "Resource"},
    {"createdByContactID", T_LONG, 0, RO, "Contact"}, /* metadata says writable; the value is ignored */
    {"createDateTime", T_TIME, 0, RO},
    {"lastActivityDate", T_TIME, 0, RO},
};

static const struct field ticket_attachments[] = {
    {"id", T_LONG, 0, RO},
    {"ticketID", T_LONG, 0, REQ, "Ticket"},
    {"parentID", T_LONG, 0, RO},
    {"attachmentType", T_TEXT, 50, REQ},
    {"title", T_TEXT, 255, REQ},
    {"fullPath", T_TEXT, 255, REQ},
    {"publish", T_LONG, 0, REQ | P},
    {"data", T_TEXT, 0, NQ | NOT_LISTED},
    {"contentType", T_TEXT, 100, RO},
    {"fileSize", T_LONG, 0, RO | NQ},
    {"attachDate", T_TIME, 0, RO},
    {"attachedByResourceID", T_LONG, 0, RO, "Resource"},
    {"attachedByContactID", T_LONG, 0, RO, "Contact"},
    {"impersonatorCreatorResourceID", T_LONG, 0, RO, "Resource"},
    {"creatorType", T_LONG, 0, RO | NQ},
};

static const struct field ticket_secondary_resources[] = {
    {"id", T_LONG, 0, RO},
    {"ticketID", T_LONG, 0, REQ, "Ticket"},
    {"resourceID", T_LONG, 0, REQ | ASSIGNED, "Resource"},
    {"roleID", T_LONG, 0, REQ, "Role"},
};

static const struct field ticket_categories[] = {
    {"id", T_LONG, 0, RO}, {"name", T_TEXT, 30, REQ},       {"nickname", T_TEXT, 3},
    {"isActive", T_BOOL},  {"isApiOnly", T_BOOL},           {"isGlobalDefault", T_BOOL},
};

static const struct field category_defaults[] = {
    {"id", T_LONG, 0, RO},      {"ticketCategoryID", T_LONG}, {"title", T_TEXT, 255},
    {"description", T_TEXT, 8000}, {"status", T_LONG},        {"priority", T_LONG},
    {"queueID", T_LONG},        {"sourceID", T_LONG},         {"issueTypeID", T_LONG},
    {"subIssueTypeID", T_LONG}, {"ticketTypeID", T_LONG},     {"workTypeID", T_LONG},
};

static const struct field resources[] = {
    {"id", T_LONG, 0, RO},
    {"firstName", T_TEXT, 50, REQ},
    {"lastName", T_TEXT, 50, REQ},
    {"middleName", T_TEXT, 50},
    {"title", T_TEXT, 50},
    {"initials", T_TEXT, 32},
    {"userName", T_TEXT, 32, REQ},
    {"email", T_TEXT, 254, REQ},
    {"email2", T_TEXT, 254},
    {"email3", T_TEXT, 254},
    {"isActive", T_BOOL},
    {"licenseType", T_LONG, 0, P},
    {"resourceType", T_TEXT, 50},
    {"userType", T_LONG, 0, P},
    {"locationID", T_LONG},
    {"defaultServiceDeskRoleID", T_LONG, 0, NQ, "Role"},
    {"officePhone", T_TEXT, 25},
    {"mobilePhone", T_TEXT, 25},
    {"hireDate", T_TIME},
    {"internalCost", T_DECIMAL, 0, COST},
};

static const struct field roles[] = {
    {"id", T_LONG, 0, RO},        {"name", T_TEXT, 200, REQ},        {"description", T_TEXT, 200},
    {"hourlyRate", T_DECIMAL, 0, REQ}, {"hourlyFactor", T_DECIMAL, 0, REQ}, {"isActive", T_BOOL, 0, REQ},
    {"isSystemRole", T_BOOL, 0, RO}, {"roleType", T_LONG},
};

static const struct field service_desk_roles[] = {
    {"id", T_LONG, 0, RO},
    {"resourceID", T_LONG, 0, REQ, "Resource"},
    {"roleID", T_LONG, 0, REQ, "Role"},
    {"isActive", T_BOOL},
    {"isDefault", T_BOOL},
};

static const struct field role_departments[] = {
    {"id", T_LONG, 0, RO},
    {"resourceID", T_LONG, 0, REQ, "Resource"},
    {"roleID", T_LONG, 0, REQ, "Role"},
    {"departmentID", T_LONG},
    {"isActive", T_BOOL},
    {"isDefault", T_BOOL},
    {"isDepartmentLead", T_BOOL},
};

static const struct field resource_roles[] = {
    {"id", T_LONG, 0, RO},
    {"resourceID", T_LONG, 0, RO, "Resource"},
    {"roleID", T_LONG, 0, RO, "Role"},
    {"departmentID", T_LONG, 0, RO},
    {"queueID", T_LONG, 0, RO},
    {"isActive", T_BOOL, 0, RO},
};

static const struct field role_queues[] = {
    {"id", T_LONG, 0, RO},
    {"resourceID", T_LONG, 0, REQ, "Resource"},
    {"queueID", T_LONG, 0, REQ},
};

static const struct field companies[] = {
    {"id", T_LONG, 0, RO},
    {"companyName", T_TEXT, 100, REQ},
    {"companyType", T_LONG, 0, REQ | P},
    {"companyNumber", T_TEXT, 50},
    {"phone", T_TEXT, 25, REQ},
    {"ownerResourceID", T_LONG, 0, REQ, "Resource"},
    {"isActive", T_BOOL},
    {"parentCompanyID", T_LONG, 0, 0, "Company"},
    {"webAddress", T_TEXT, 255},
    {"address1", T_TEXT, 128},
    {"address2", T_TEXT, 128},
    {"city", T_TEXT, 30},
    {"state", T_TEXT, 40},
    {"postalCode", T_TEXT, 10},
    {"isTaxExempt", T_BOOL},
    {"taxID", T_TEXT, 50},
    {"taxRegionID", T_LONG, 0, 0, "TaxRegion"},
    {"currencyID", T_LONG},
    {"invoiceTemplateID", T_LONG, 0, 0, "InvoiceTemplate"},
    {"invoiceMethod", T_LONG, 0, P},
    {"invoiceEmailMessageID", T_LONG},
    {"lastActivityDate", T_TIME, 0, RO},
};

static const struct field company_locations[] = {
    {"id", T_LONG, 0, RO},
    {"companyID", T_LONG, 0, REQ, "Company"},
    {"name", T_TEXT, 100, REQ},
    {"isActive", T_BOOL},
};

static const struct field company_todos[] = {
    {"id", T_LONG, 0, RO},
    {"companyID", T_LONG, 0, REQ, "Company"},
    {"actionType", T_LONG, 0, REQ | P},
    {"assignedToResourceID", T_LONG, 0, REQ | ASSIGNED, "Resource"},
    {"startDateTime", T_TIME, 0, REQ},
    {"endDateTime", T_TIME, 0, REQ},
    {"activityDescription", T_TEXT, 32000},
    {"contactID", T_LONG, 0, 0, "Contact"},
    {"contractID", T_LONG, 0, 0, "Contract"},
    {"opportunityID", T_LONG, 0, 0, "Opportunity"},
    {"ticketID", T_LONG, 0, 0, "Ticket"},
    {"completedDate", T_TIME},
    {"creatorResourceID", T_LONG, 0, RO, "Resource"},
    {"impersonatorCreatorResourceID", T_LONG, 0, RO, "Resource"},
    {"createDateTime", T_TIME, 0, RO},
    {"lastModifiedDate", T_TIME, 0, RO},
};

static const struct field contacts[] = {
    {"id", T_LONG, 0, RO},
    {"companyID", T_LONG, 0, REQ, "Company"},
    {"firstName", T_TEXT, 50, REQ},
    {"lastName", T_TEXT, 50, REQ},
    {"isActive", T_LONG, 0, REQ}, /* an integer here, a boolean everywhere else */
    {"emailAddress", T_TEXT, 254},
    {"emailAddress2", T_TEXT, 254},
    {"emailAddress3", T_TEXT, 254},
    {"phone", T_TEXT, 25},
    {"mobilePhone", T_TEXT, 25},
    {"title", T_TEXT, 50},
    {"externalID", T_TEXT, 50},
    {"primaryContact", T_BOOL},
    {"receivesEmailNotifications", T_BOOL},
    {"companyLocationID", T_LONG, 0, 0, "CompanyLocation"},
};

static const struct field configuration_items[] = {
    {"id", T_LONG, 0, RO},
    {"companyID", T_LONG, 0, REQ, "Company"},
    {"referenceTitle", T_TEXT, 255},
    {"serialNumber", T_TEXT, 100},
    {"isActive", T_BOOL},
};

static const struct field contracts[] = {
    {"id", T_LONG, 0, RO},           {"companyID", T_LONG, 0, REQ, "Company"}, {"contractName", T_TEXT, 100, REQ},
    {"contractType", T_LONG, 0, P}, {"status", T_LONG, 0, P},                 {"startDate", T_DAY},
    {"endDate", T_DAY},
};

static const struct field action_types[] = {
    {"id", T_LONG, 0, RO},   {"name", T_TEXT, 32, REQ},           {"isActive", T_BOOL, 0, REQ},
    {"view", T_LONG, 0, P}, {"isSystemActionType", T_BOOL, 0, RO},
};

static const struct field billing_codes[] = {
    {"id", T_LONG, 0, RO},
    {"name", T_TEXT, 200, RO},
    {"description", T_TEXT, 500, RO},
    {"externalNumber", T_TEXT, 100, RO},
    {"generalLedgerAccount", T_LONG, 0, RO | P},
    {"useType", T_LONG, 0, RO | P},
    {"billingCodeType", T_LONG, 0, RO | P},
    {"isActive", T_BOOL, 0, RO},
    {"department", T_LONG, 0, RO},
    {"unitCost", T_DECIMAL, 0, RO | COST},
    {"unitPrice", T_DECIMAL, 0, RO},
    {"markupRate", T_DECIMAL, 0, RO},
    {"afterHoursWorkType", T_LONG, 0, RO, "BillingCode"},
    {"taxCategoryID", T_LONG, 0, RO},
    {"isExcludedFromNewContracts", T_BOOL, 0, RO},
};

static const struct field time_entries[] = {
    {"id", T_LONG, 0, RO},
    {"resourceID", T_LONG, 0, REQ, "Resource"},
    {"ticketID", T_LONG, 0, 0, "Ticket"},
    {"taskID", T_LONG, 0, 0, "Task"},
    {"internalBillingCodeID", T_LONG, 0, 0, "BillingCode"},
    {"roleID", T_LONG, 0, 0, "Role"},
    {"billingCodeID", T_LONG, 0, 0, "BillingCode"},
    {"startDateTime", T_TIME},
    {"endDateTime", T_TIME},
    {"dateWorked", T_DAY},
    {"hoursWorked", T_DECIMAL},
    {"hoursToBill", T_DECIMAL, 0, RO},
    {"offsetHours", T_DECIMAL},
    {"summaryNotes", T_TEXT, 32000},
    {"internalNotes", T_TEXT, 32000},
    {"isNonBillable", T_BOOL},
    {"showOnInvoice", T_BOOL},
    {"contractID", T_LONG, 0, 0, "Contract"},
    {"timeEntryType", T_LONG, 0, RO | P},
    {"creatorResourceID", T_LONG, 0, RO, "Resource"},
    {"impersonatorCreatorResourceID", T_LONG, 0, RO, "Resource"},
    {"createDateTime", T_TIME, 0, RO},
};

static const struct field services[] = {
    {"id", T_LONG, 0, RO},
    {"name", T_TEXT, 150, REQ},
    {"billingCodeID", T_LONG, 0, REQ, "BillingCode"},
    {"periodType", T_LONG, 0, REQ | P},
    {"unitPrice", T_DECIMAL, 0, REQ},
    {"unitCost", T_DECIMAL, 0, COST},
    {"markupRate", T_DECIMAL},
    {"description", T_TEXT, 400},
    {"invoiceDescription", T_TEXT, 1000},
    {"isActive", T_BOOL},
    {"vendorCompanyID", T_LONG, 0, 0, "Company"},
    {"serviceLevelAgreementID", T_LONG},
};

static const struct field service_bundles[] = {
    {"id", T_LONG, 0, RO},
    {"name", T_TEXT, 150, REQ},
    {"billingCodeID", T_LONG, 0, REQ, "BillingCode"},
    {"periodType", T_LONG, 0, REQ | P},
    {"unitPrice", T_DECIMAL},
    {"unitDiscount", T_DECIMAL},
    {"percentageDiscount", T_DECIMAL},
    {"description", T_TEXT, 200},
    {"invoiceDescription", T_TEXT, 1000},
    {"isActive", T_BOOL},
};

static const struct field products[] = {
    {"id", T_LONG, 0, RO},
    {"name", T_TEXT, 1000, REQ},
    {"productBillingCodeID", T_LONG, 0, REQ, "BillingCode"},
    {"chargeBillingCodeID", T_LONG, 0, 0, "BillingCode"},
    {"isActive", T_BOOL, 0, REQ},
    {"isSerialized", T_BOOL, 0, REQ},
    {"description", T_TEXT, 2000},
    {"sku", T_TEXT, 50},
    {"externalProductID", T_TEXT, 50},
    {"internalProductID", T_TEXT, 50},
    {"vendorProductNumber", T_TEXT, 50},
    {"manufacturerName", T_TEXT, 100},
    {"manufacturerProductName", T_TEXT, 50},
    {"unitCost", T_DECIMAL, 0, COST},
    {"unitPrice", T_DECIMAL},
    {"msrp", T_DECIMAL},
    {"productCategory", T_LONG, 0, P},
    {"defaultVendorID", T_LONG, 0, 0, "Company"},
};

/* what is known of them (sync-integration.md 3) */
static const struct field contract_milestones[] = {
    {"id", T_LONG, 0, RO},
    {"title", T_TEXT},
    {"billingCodeID", T_LONG, 0, 0, "BillingCode"},
};

static const struct field invoices[] = {
    {"id", T_LONG, 0, RO},
    {"companyID", T_LONG, 0, 0, "Company"},
    {"invoiceNumber", T_TEXT, 100},
    {"invoiceDateTime", T_TIME, 0, REQ},
    {"invoiceTotal", T_DECIMAL},
    {"totalTaxValue", T_DECIMAL},
    {"paymentTerm", T_LONG, 0, P},
    {"dueDate", T_TIME, 0, NQ},
    {"orderNumber", T_TEXT, 20},
    {"comments", T_TEXT, 2000},
    {"fromDate", T_TIME},
    {"toDate", T_TIME},
    {"paidDate", T_DAY},
    {"isVoided", T_BOOL},
    {"voidedDate", T_TIME},
    {"voidedByResourceID", T_LONG, 0, 0, "Resource"},
    {"batchID", T_LONG},
    {"invoiceEditorTemplateID", T_LONG, 0, 0, "InvoiceTemplate"},
    {"taxRegionID", T_LONG, 0, NQ},
    {"taxRegionName", T_TEXT, 200},
    {"creatorResourceID", T_LONG, 0, RO, "Resource"},
    {"createDateTime", T_TIME, 0, RO},
    {"webServiceDate", T_TIME},
};

static const struct field billing_items[] = {
    {"id", T_LONG, 0, RO},
    {"invoiceID", T_LONG, 0, 0, "Invoice"},
    {"companyID", T_LONG, 0, 0, "Company"},
    {"billingItemType", T_LONG, 0, REQ | P},
    {"subType", T_LONG, 0, REQ | P},
    {"itemName", T_TEXT, 255},
    {"description", T_TEXT, 2000},
    {"quantity", T_DECIMAL},
    {"rate", T_DECIMAL},
    {"extendedPrice", T_DECIMAL},
    {"totalAmount", T_DECIMAL},
    {"taxDollars", T_DECIMAL},
    {"ourCost", T_DECIMAL, 0, COST},
    {"nonBillable", T_LONG},
    {"billingCodeID", T_LONG, 0, 0, "BillingCode"},
    {"roleID", T_LONG, 0, 0, "Role"},
    {"itemDate", T_DAY},
    {"postedDate", T_DAY},
    {"postedOnTime", T_TIME},
    {"timeEntryID", T_LONG, 0, 0, "TimeEntry"},
    {"ticketID", T_LONG, 0, 0, "Ticket"},
    {"taskID", T_LONG},
    {"projectID", T_LONG},
    {"contractID", T_LONG, 0, 0, "Contract"},
    {"ticketChargeID", T_LONG, 0, 0, "TicketCharge"},
    {"projectChargeID", T_LONG},
    {"contractChargeID", T_LONG, 0, 0, "ContractCharge"},
    {"serviceID", T_LONG, 0, 0, "Service"},
    {"serviceBundleID", T_LONG, 0, 0, "ServiceBundle"},
    {"contractServiceID", T_LONG},
    {"contractServiceBundleID", T_LONG},
    {"contractServiceAdjustmentID", T_LONG},
    {"contractBlockID", T_LONG},
    {"milestoneID", T_LONG, 0, 0, "ContractMilestone"},
    {"expenseItemID", T_LONG},
    {"configurationItemID", T_LONG},
    {"vendorID", T_LONG},
    {"lineItemID", T_LONG},
    {"lineItemFullDescription", T_TEXT, 0, NQ},
    {"lineItemGroupDescription", T_TEXT, 0, NQ},
    {"organizationalLevelAssociationID", T_LONG},
    {"purchaseOrderNumber", T_TEXT, 50},
    {"webServiceDate", T_TIME},
};

static const struct field invoice_templates[] = {
    {"id", T_LONG, 0, RO},
    {"name", T_TEXT, 50},
    {"paymentTerms", T_LONG, 0, P},
    {"itemizeItemsInEachGroup", T_BOOL},
    {"itemizeServicesAndBundles", T_BOOL},
};

static const struct field payment_terms[] = {
    {"id", T_LONG, 0, RO},          {"name", T_TEXT, 100, REQ}, {"description", T_TEXT, 2000},
    {"paymentDueInDays", T_LONG},   {"isActive", T_BOOL},
};

static const struct field tax_categories[] = {
    {"id", T_LONG, 0, RO}, {"name", T_TEXT, 200}, {"description", T_TEXT, 200}, {"isActive", T_BOOL},
};

static const struct field tax_regions[] = {
    {"id", T_LONG, 0, RO}, {"name", T_TEXT, 200}, {"isActive", T_BOOL},
};

static const struct field taxes[] = {
    {"id", T_LONG, 0, RO},
    {"taxCategoryID", T_LONG, 0, 0, "TaxCategory"},
    {"taxRegionID", T_LONG, 0, 0, "TaxRegion"},
    {"taxName", T_TEXT, 100},
    {"taxRate", T_DECIMAL},
    {"isCompounded", T_BOOL},
};

static const struct field ticket_charges[] = {
    {"id", T_LONG, 0, RO},
    {"ticketID", T_LONG, 0, REQ, "Ticket"},
    {"name", T_TEXT, 100, REQ},
    {"datePurchased", T_DAY, 0, REQ},
    {"unitQuantity", T_DECIMAL, 0, REQ},
    {"chargeType", T_LONG, 0, REQ | P},
    {"billingCodeID", T_LONG, 0, 0, "BillingCode"},
    {"productID", T_LONG, 0, 0, "Product"},
    {"unitPrice", T_DECIMAL},
    {"unitCost", T_DECIMAL, 0, COST},
    {"isBillableToCompany", T_BOOL},
    {"isBilled", T_BOOL},
};

static const struct field contract_charges[] = {
    {"id", T_LONG, 0, RO},
    {"contractID", T_LONG, 0, REQ, "Contract"},
    {"name", T_TEXT, 100, REQ},
    {"datePurchased", T_DAY, 0, REQ},
    {"unitQuantity", T_DECIMAL, 0, REQ},
    {"chargeType", T_LONG, 0, REQ | P},
    {"billingCodeID", T_LONG, 0, 0, "BillingCode"},
    {"productID", T_LONG, 0, 0, "Product"},
    {"unitPrice", T_DECIMAL},
    {"unitCost", T_DECIMAL, 0, COST},
    {"isBillableToCompany", T_BOOL},
    {"isBilled", T_BOOL},
};

static const struct field currencies[] = {
    {"id", T_LONG, 0, RO},
    {"name", T_TEXT, 3, RO},
    {"description", T_TEXT, 100, RO},
    {"isActive", T_BOOL},
};

#define FIELDS(table) table, ARRAY_LEN(table)
/* Which entities honour impersonation is not documented; here, those that record a creator. */
const struct kind kinds[] = {
    {"Tickets", "Ticket", CREATE | UPDATE | IMPERSONATE | USER_FIELDS, NULL, NULL, NULL, FIELDS(tickets)},
    {"TicketNotes", "TicketNote", CREATE | UPDATE | IMPERSONATE, "Tickets", "ticketID", "Notes", FIELDS(ticket_notes)},
    {"TicketAttachments", "TicketAttachment", CREATE | REMOVE | IMPERSONATE, "Tickets", "ticketID", "Attachments",
     FIELDS(ticket_attachments)},
    {"TicketSecondaryResources", "TicketSecondaryResource", CREATE | REMOVE, "Tickets", "ticketID", "SecondaryResources",
     FIELDS(ticket_secondary_resources)},
    {"TicketCategories", "TicketCategory", 0, NULL, NULL, NULL, FIELDS(ticket_categories)},
    {"TicketCategoryFieldDefaults", "TicketCategoryFieldDefault", 0, "TicketCategories", "ticketCategoryID",
     "FieldDefaults", FIELDS(category_defaults)},
    {"Resources", "Resource", UPDATE | USER_FIELDS, NULL, NULL, NULL, FIELDS(resources)},
    {"Roles", "Role", CREATE | UPDATE, NULL, NULL, NULL, FIELDS(roles)},
    {"ResourceServiceDeskRoles", "ResourceServiceDeskRole", 0, "Resources", "resourceID", "ServiceDeskRoles",
     FIELDS(service_desk_roles)},
    {"ResourceRoleDepartments", "ResourceRoleDepartment", 0, "Resources", "resourceID", "RoleDepartments",
     FIELDS(role_departments)},
    {"ResourceRoles", "ResourceRole", ACTIVE_ROWS_ONLY, "Resources", "resourceID", "Roles", FIELDS(resource_roles)},
    {"ResourceRoleQueues", "ResourceRoleQueue", 0, "Resources", "resourceID", "RoleQueues", FIELDS(role_queues)},
    {"Companies", "Company", CREATE | UPDATE | USER_FIELDS, NULL, NULL, NULL, FIELDS(companies)},
    {"CompanyLocations", "CompanyLocation", CREATE | UPDATE, "Companies", "companyID", "Locations",
     FIELDS(company_locations)},
    {"CompanyToDos", "CompanyToDo", CREATE | UPDATE | REMOVE | IMPERSONATE, "Companies", "companyID", "ToDos",
     FIELDS(company_todos)},
    {"Contacts", "Contact", CREATE | UPDATE | USER_FIELDS, "Companies", "companyID", "Contacts", FIELDS(contacts)},
    {"ConfigurationItems", "ConfigurationItem", CREATE | UPDATE | USER_FIELDS, NULL, NULL, NULL,
     FIELDS(configuration_items)},
    {"Contracts", "Contract", UPDATE | USER_FIELDS, NULL, NULL, NULL, FIELDS(contracts)},
    {"ActionTypes", "ActionType", CREATE | UPDATE, NULL, NULL, NULL, FIELDS(action_types)},
    {"BillingCodes", "BillingCode", 0, NULL, NULL, NULL, FIELDS(billing_codes)},
    {"TimeEntries", "TimeEntry", CREATE | UPDATE | REMOVE | IMPERSONATE, NULL, NULL, NULL, FIELDS(time_entries)},
    {"Services", "Service", CREATE | UPDATE, NULL, NULL, NULL, FIELDS(services)},
    {"ServiceBundles", "ServiceBundle", CREATE | UPDATE | REMOVE, NULL, NULL, NULL, FIELDS(service_bundles)},
    {"Products", "Product", CREATE | UPDATE | USER_FIELDS, NULL, NULL, NULL, FIELDS(products)},
    {"ContractMilestones", "ContractMilestone", 0, NULL, NULL, NULL, FIELDS(contract_milestones)},
    {"Invoices", "Invoice", UPDATE, NULL, NULL, NULL, FIELDS(invoices)},
    {"BillingItems", "BillingItem", UPDATE, NULL, NULL, NULL, FIELDS(billing_items)},
    {"InvoiceTemplates", "InvoiceTemplate", 0, NULL, NULL, NULL, FIELDS(invoice_templates)},
    {"PaymentTerms", "PaymentTerm", CREATE | UPDATE, NULL, NULL, NULL, FIELDS(payment_terms)},
    {"TaxCategories", "TaxCategory", 0, NULL, NULL, NULL, FIELDS(tax_categories)},
    {"TaxRegions", "TaxRegion", 0, NULL, NULL, NULL, FIELDS(tax_regions)},
    {"Taxes", "Tax", 0, NULL, NULL, NULL, FIELDS(taxes)},
    {"TicketCharges", "TicketCharge", 0, "Tickets", "ticketID", "Charges", FIELDS(ticket_charges)},
    {"Currencies", "Currency", 0, NULL, NULL, NULL, FIELDS(currencies)},
    {"ContractCharges", "ContractCharge", 0, "Contracts", "contractID", "Charges", FIELDS(contract_charges)},
};
/* clang-format on */
const size_t n_kinds = ARRAY_LEN(kinds);

const struct field *kind_field(const struct kind *k, const char *name)
{
    for (size_t i = 0; i < k->n_fields; i++) {
        if (strcasecmp(k->fields[i].name, name) == 0)
            return &k->fields[i];
    }
    return NULL;
}
