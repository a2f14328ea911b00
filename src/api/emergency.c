/**
 * @file emergency.c  The numbers that a tenant's people call for help, for administrators
 */
#include <errno.h>
#include "emergency.h"
#include "inside.h"
#include "phone.h"

struct emergency_work {
	struct request *rq;
	struct field_errors fe;
};

static void emergency_reply(struct reply *rp, const struct tenant_row *t)
{
	char numbers[EMERGENCY_SIZE];
	json_t *o = json_object();

	emergency_numbers(numbers, t);
	put_words(o, "numbers", numbers);
	put_words(o, "usual", phone_emergency(t->country));
	reply_json(rp, 200, o);
}

/** GET /emergency-numbers */
void emergency_get(struct request *rq, struct reply *rp)
{
	if (who_of(rq)->admin)
		emergency_reply(rp, &who_of(rq)->row);
	else
		answer_error(rp, ENOENT);
}

static int change_fn(struct db *db, void *obj)
{
	struct emergency_work *x = obj;
	struct tenant_row *t = &who_of(x->rq)->row;
	char numbers[EMERGENCY_SIZE];
	int err = tenant_get(t, db, who_of(x->rq)->tenant);

	if (err)
		return err;
	emergency_numbers(numbers, t);
	words_take(x->rq, "numbers", numbers, sizeof(numbers), &x->fe);
	err = x->fe.count ? 0 : emergency_check(&x->fe, db, t->id, numbers);
	if (err || x->fe.count)
		return err ? err : EINVAL;
	err = emergency_set(t, numbers) ? tenant_change(db, t) : EOVERFLOW;
	if (!err)
		audit_note(db, x->rq, "emergency.change", "", numbers);
	return err;
}

/** PATCH /emergency-numbers: none are the country's again */
void emergency_patch(struct request *rq, struct reply *rp)
{
	struct emergency_work x = {.rq = rq};
	int err = who_of(rq)->admin ? store_write_wait(api_of(rq)->conf.store, change_fn, &x)
				    : ENOENT;

	if (answer_fields(rp, &x.fe))
		return;
	if (!err)
		tenant_changed(rq, who_of(rq)->tenant);
	if (err)
		answer_error(rp, err);
	else
		emergency_reply(rp, &who_of(rq)->row);
}
