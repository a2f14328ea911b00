/**
 * @file emergency.c  Whom a tenant's people call for help, where it comes to, and who hears of it
 */
#include <errno.h>
#include <string.h>
#include "emergency.h"
#include "inside.h"
#include "phone.h"

struct emergency_work {
	struct request *rq;
	struct emergency help;
	struct field_errors fe;
};

static void emergency_reply(struct reply *rp, const struct emergency_work *x)
{
	const struct tenant_row *t = &who_of(x->rq)->row;
	char numbers[EMERGENCY_SIZE];
	json_t *o = json_object();

	emergency_numbers(numbers, t);
	put_words(o, "numbers", numbers);
	put_words(o, "usual", phone_emergency(t->country));
	put_text(o, "address", x->help.address);
	put_words(o, "notify", x->help.notify);
	reply_json(rp, 200, o);
}

static int show_fn(struct db *db, void *obj)
{
	struct emergency_work *x = obj;

	return emergency_read(&x->help, db, who_of(x->rq)->tenant);
}

/** GET /emergency-numbers */
void emergency_get(struct request *rq, struct reply *rp)
{
	struct emergency_work x = {.rq = rq};
	int err = who_of(rq)->admin ? store_read(api_of(rq)->conf.store, show_fn, &x) : ENOENT;

	if (err)
		answer_error(rp, err);
	else
		emergency_reply(rp, &x);
}

/** Takes an address out of the body, if it is there; whoever writes it keeps and checks it */
void emergency_address_take(const struct request *rq, const char *name,
			    char address[EMERGENCY_ADDRESS], struct field_errors *fe)
{
	text_take(rq, name, address, EMERGENCY_ADDRESS, fe);
	emergency_address_tidy(address);
}

static int numbers_change(struct emergency_work *x, struct db *db)
{
	struct tenant_row *t = &who_of(x->rq)->row;
	char numbers[EMERGENCY_SIZE];
	int err;

	if (!request_has(x->rq, "numbers"))
		return 0;
	words_take(x->rq, "numbers", numbers, sizeof(numbers), &x->fe);
	err = x->fe.count ? 0 : emergency_check(&x->fe, db, t->id, numbers);
	if (err || x->fe.count)
		return err;
	return emergency_set(t, numbers) ? 0 : EOVERFLOW;
}

static int help_change(struct emergency_work *x, struct db *db)
{
	struct emergency *help = &x->help;
	int err = emergency_read(help, db, who_of(x->rq)->tenant);

	if (err)
		return err;
	emergency_address_take(x->rq, "address", help->address, &x->fe);
	emergency_address_check(&x->fe, "address", help->address);
	emails_take(x->rq, "notify", help->notify, sizeof(help->notify), &x->fe);
	emails_check(&x->fe, "notify", help->notify);
	return x->fe.count ? 0 : emergency_write(db, who_of(x->rq)->tenant, help);
}

static int change_fn(struct db *db, void *obj)
{
	struct emergency_work *x = obj;
	struct tenant_row *t = &who_of(x->rq)->row;
	char numbers[EMERGENCY_SIZE];
	int err = tenant_get(t, db, who_of(x->rq)->tenant);

	if (!err)
		err = numbers_change(x, db);
	if (!err)
		err = help_change(x, db);
	if (err || x->fe.count)
		return err ? err : EINVAL;
	err = tenant_change(db, t);
	emergency_numbers(numbers, t);
	if (!err)
		audit_note(db, x->rq, "emergency.change", "", numbers);
	return err;
}

/** PATCH /emergency-numbers: what is left out stays; no numbers are the country's again */
void emergency_patch(struct request *rq, struct reply *rp)
{
	struct emergency_work x = {.rq = rq};
	int err = who_of(rq)->admin ? store_write_wait(api_of(rq)->conf.store, change_fn, &x)
				    : ENOENT;

	if (answer_fields(rp, &x.fe))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, who_of(rq)->tenant);
	tell(who_of(rq)->tenant, NULL, "settings.changed", json_pack("{s:s}", "what", "emergency"));
	emergency_reply(rp, &x);
}

static int own_fn(struct db *db, void *obj)
{
	struct emergency_work *x = obj;
	const struct who *w = who_of(x->rq);

	return emergency_address_of(x->help.address, db, w->tenant, w->extension.emergency_address);
}

/** GET /phone/emergency: what one's own phones call for help, and where it would come to */
void phone_emergency_get(struct request *rq, struct reply *rp)
{
	struct emergency_work x = {.rq = rq};
	char numbers[EMERGENCY_SIZE];
	json_t *o;
	int err = who_of(rq)->extension.id[0] ? store_read(api_of(rq)->conf.store, own_fn, &x)
					      : ENOENT;

	if (err) {
		answer_error(rp, err);
		return;
	}
	o = json_object();
	emergency_numbers(numbers, &who_of(rq)->row);
	put_words(o, "numbers", numbers);
	put_text(o, "address", x.help.address);
	reply_json(rp, 200, o);
}
