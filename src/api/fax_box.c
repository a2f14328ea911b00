/**
 * @file fax_box.c  What an extension has done with its faxes: for its owner and for administrators
 */
#include <errno.h>
#include <string.h>
#include "did.h"
#include "fax_box.h"
#include "inside.h"
#include "text.h"

struct box_work {
	struct request *rq;
	struct fax_box b;
	struct field_errors fe;
	json_t *numbers;
};

static int number_h(const struct did *d, void *arg)
{
	if (d->active)
		json_array_append_new(arg, json_string(d->number));
	return 0;
}

static int box_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;

	return fax_box_get(&x->b, db, who_of(x->rq)->tenant, x->rq->ids[0]);
}

static int show_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	struct dest own = {.kind = DEST_fax};
	int err = box_fn(db, x);

	str_ncpy(own.target, x->b.number, sizeof(own.target));
	return err ? err : did_list(db, x->b.tenant, &own, NULL, NULL, 0, number_h, x->numbers);
}

static void box_reply(struct box_work *x, struct reply *rp)
{
	int err;
	json_t *o;

	x->numbers = json_array();
	err = store_read(api_of(x->rq)->conf.store, show_fn, x);
	if (err) {
		json_decref(x->numbers);
		answer_error(rp, err);
		return;
	}
	o = json_object();
	json_object_set_new(o, "numbers", x->numbers);
	put_words(o, "emails", x->b.emails);
	put_text(o, "result", fax_result_mail_name(x->b.result));
	put_bool(o, "ecm", x->b.ecm);
	put_int(o, "rate", x->b.rate);
	put_bool(o, "detect", x->b.detect);
	put_text(o, "quality", x->b.fine ? "fine" : "standard");
	put_bool(o, "header", x->b.header);
	put_text(o, "stationName", x->b.station);
	answer_etag(rp, x->b.version);
	reply_json(rp, 200, o);
}

/** GET /extensions/{id}/fax */
void fax_box_show(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};

	if (extension_allowed(rq, rp, rq->ids[0]))
		box_reply(&x, rp);
}

static int change_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	const char *result = request_text(x->rq, "result");
	const char *quality = request_text(x->rq, "quality");
	const char *station = request_text(x->rq, "stationName");
	int err = box_fn(db, x);

	if (err)
		return err;
	if (!version_matches(x->rq, x->b.version))
		return ESTALE;
	emails_take(x->rq, "emails", x->b.emails, sizeof(x->b.emails), &x->fe);
	if (result)
		(void)fax_result_mail_parse(&x->b.result, result);
	x->b.ecm = request_bool(x->rq, "ecm", x->b.ecm);
	x->b.rate = request_int(x->rq, "rate", x->b.rate);
	x->b.detect = request_bool(x->rq, "detect", x->b.detect);
	if (quality)
		x->b.fine = !strcmp(quality, "fine");
	x->b.header = request_bool(x->rq, "header", x->b.header);
	if (station)
		text_printf(x->b.station, sizeof(x->b.station), "%s", station);
	fax_box_check(&x->fe, &x->b);
	if (x->fe.count)
		return EINVAL;
	err = fax_box_change(db, &x->b);
	if (!err)
		audit_note(db, x->rq, "fax_box.change", x->b.extension_id, x->b.number);
	return err;
}

/** PATCH /extensions/{id}/fax: addresses only with the permission to have faxes mailed */
void fax_box_patch(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};
	int err;

	if (!extension_allowed(rq, rp, rq->ids[0]))
		return;
	if (request_has(rq, "emails") && !who_may(who_of(rq), "fax_to_email")) {
		reply_problem(rp, 403,
			      "Ask your administrator for the permission \"fax_to_email\".");
		return;
	}
	err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);
	if (answer_refused(rp, &x.fe, err))
		return;
	tenant_changed(rq, x.b.tenant);
	box_reply(&x, rp);
}
