/**
 * @file retention.c  How long a tenant keeps its calls, its faxes and its audit log
 */
#include <errno.h>
#include "inside.h"
#include "purge.h"
#include "settings.h"

static void retention_reply(struct reply *rp, const struct tenant_row *t)
{
	json_t *o = json_object();

	put_int(o, "callDays", settings_number(t->settings, PURGE_CALLS, 0));
	put_int(o, "faxDays", settings_number(t->settings, PURGE_FAXES, 0));
	put_int(o, "auditDays", settings_number(t->settings, PURGE_AUDIT, 0));
	reply_json(rp, 200, o);
}

/** GET /retention */
void retention_get(struct request *rq, struct reply *rp)
{
	if (who_of(rq)->admin)
		retention_reply(rp, &who_of(rq)->row);
	else
		answer_error(rp, ENOENT);
}

static bool days_set(struct tenant_row *t, const struct request *rq, const char *name,
		     const char *setting)
{
	return !request_has(rq, name) || settings_set_number(t->settings, sizeof(t->settings),
							     setting, request_int(rq, name, 0));
}

static int change_fn(struct db *db, void *obj)
{
	struct request *rq = obj;
	struct tenant_row *t = &who_of(rq)->row;
	int err = tenant_get(t, db, who_of(rq)->tenant);
	bool fits;

	if (err)
		return err;
	fits = days_set(t, rq, "callDays", PURGE_CALLS) &&
	       days_set(t, rq, "faxDays", PURGE_FAXES) && days_set(t, rq, "auditDays", PURGE_AUDIT);
	err = fits ? tenant_change(db, t) : EOVERFLOW;
	if (!err)
		audit_note(db, rq, "retention.change", "", "");
	return err;
}

/** PATCH /retention: takes effect in the coming night */
void retention_patch(struct request *rq, struct reply *rp)
{
	int64_t days = request_has(rq, "auditDays") ? request_int(rq, "auditDays", 0) : 0;
	int err;

	if (!who_of(rq)->admin) {
		answer_error(rp, ENOENT);
		return;
	}
	if (days && days < PURGE_AUDIT_MIN) {
		reply_field(rp, "auditDays", "must be 0 (for ever) or at least %d",
			    PURGE_AUDIT_MIN);
		return;
	}
	err = store_write_wait(api_of(rq)->conf.store, change_fn, rq);
	if (err)
		answer_error(rp, err);
	else
		retention_reply(rp, &who_of(rq)->row);
}
