/**
 * @file purge.h  What is forgotten after a time, in pieces that keep nobody waiting
 *
 * How long calls and the audit log are kept is the tenant's to say (settings.h, in days; 0 is for
 * ever). Each function deletes at most `limit` rows and tells how many. On the store's writer.
 */
#ifndef CARILLON_PURGE_H
#define CARILLON_PURGE_H

#include "tenant.h"

/** Names in a tenant's settings */
#define PURGE_CALLS "keepCallsDays"
#define PURGE_AUDIT "keepAuditDays"
#define PURGE_FAXES "keepFaxesDays"

enum { PURGE_DAYS_MAX = 3650, PURGE_AUDIT_MIN = 30 };

int purge_calls(unsigned *n, struct db *db, int64_t tenant, int64_t before, unsigned limit);
int purge_audit(unsigned *n, struct db *db, int64_t tenant, int64_t before, unsigned limit);
int purge_schedule(struct db *db, int64_t now);

#endif
